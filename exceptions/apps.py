"""Django's name for the app."""

from importlib import import_module

from django.apps import AppConfig


class ExceptionsConfig(AppConfig):
    """The exceptions app."""

    name = "exceptions"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Register the check of the resolutions."""
        import_module("exceptions.checks")
