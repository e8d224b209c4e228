"""A window on sources and partners; messages are only looked at, and never here."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from simple_history.admin import SimpleHistoryAdmin

from integrations.models import EdiPartner, Source


class _Window(SimpleHistoryAdmin):  # type: ignore[misc]
    """Shows rows and their history; the settings pages change them, and tell of it."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Leave connecting to the settings."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Leave changing to the settings."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Keep what messages came from."""
        return False


@admin.register(Source)
class SourceAdmin(_Window):
    """Everything of a source but its secrets, which no page shows."""

    exclude = ("secret", "previous_secret", "previous_secret_until", "poll_token")
    list_display = ("slug", "name", "dialect", "owner", "is_active")


admin.site.register(EdiPartner, _Window)
