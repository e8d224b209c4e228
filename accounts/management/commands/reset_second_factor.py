"""`manage.py reset_second_factor EMAIL --reason WHY`: for the last administrator's lost phone."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from accounts.models import User
from accounts.operations.scoping import staff_transaction
from accounts.operations.securing import NotResettable, reset_from_outside


class Command(BaseCommand):
    """Takes away a second factor without an administrator, from the machine's own console."""

    help = "Take away the second factor of somebody who lost the device, and say why."

    def add_arguments(self, parser: CommandParser) -> None:
        """Ask for the person and the reason."""
        parser.add_argument("email")
        parser.add_argument("--reason", required=True)

    def handle(self, *_args: Any, email: str, reason: str, **_options: Any) -> None:
        """Take it away, and say so."""
        person = User.objects.filter(email=email.lower()).first()
        if person is None:
            raise CommandError(f"Nobody signs in as {email}.")
        try:
            with staff_transaction():
                reset_from_outside(person, by="system:console", at=timezone.now(), reason=reason)
        except NotResettable as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"{person.name} signs in by password alone and sets it up again.")
