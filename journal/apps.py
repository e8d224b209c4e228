"""Django's name for the app."""

from importlib import import_module

from django.apps import AppConfig


class JournalConfig(AppConfig):
    """The journal app."""

    name = "journal"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Register the check of the routing table."""
        import_module("journal.checks")
