"""Django's name for the app."""

from django.apps import AppConfig


class ExceptionsConfig(AppConfig):
    """The exceptions app."""

    name = "exceptions"
    default_auto_field = "django.db.models.BigAutoField"
