"""Django's name for the app."""

from django.apps import AppConfig


class JournalConfig(AppConfig):
    """The journal app."""

    name = "journal"
    default_auto_field = "django.db.models.BigAutoField"
