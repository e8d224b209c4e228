"""Django's `migrate`, as the owner, followed by the rights of the application's role."""

from typing import Any

from django.conf import settings
from django.core.management.base import CommandParser
from django.core.management.commands import migrate

from journal.operations.provisioning import provision


class Command(migrate.Command):
    """Migrate through the owner's connection, then grant and write the legal moves."""

    def add_arguments(self, parser: CommandParser) -> None:
        """Make the owner the default database."""
        super().add_arguments(parser)
        parser.set_defaults(database="owner")

    def handle(self, *args: Any, **options: Any) -> None:
        """Migrate, then provision unless only a part was migrated or only shown."""
        super().handle(*args, **options)
        partial = options["app_label"] or options["plan"] or options["check_unapplied"]
        if not partial:
            provision(owner=options["database"], role=settings.DATABASES["default"]["USER"])
