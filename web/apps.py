"""Web holds every page: the desk for staff, the portal for customers."""

from django.apps import AppConfig


class WebConfig(AppConfig):
    """Pages compose what lies below them and make one domain call per action."""

    name = "web"
