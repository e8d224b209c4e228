"""Django's name for the app."""

from django.apps import AppConfig


class DemoConfig(AppConfig):
    """The demonstration."""

    name = "demo"
