"""Django's name for the app."""

from django.apps import AppConfig


class RatingConfig(AppConfig):
    """The rating app."""

    name = "rating"
    default_auto_field = "django.db.models.BigAutoField"
