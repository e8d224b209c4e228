"""The integrations app."""

from django.apps import AppConfig


class IntegrationsConfig(AppConfig):
    """The outside world: partners in, ERP out."""

    name = "integrations"
    verbose_name = "Integrations"
