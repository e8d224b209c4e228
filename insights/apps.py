"""Django's name for the app."""

from django.apps import AppConfig


class InsightsConfig(AppConfig):
    """The insights app."""

    name = "insights"
    default_auto_field = "django.db.models.BigAutoField"
