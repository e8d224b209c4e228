"""Sources and partners are reference data; messages are only looked at, and never here."""

from django.contrib import admin
from simple_history.admin import SimpleHistoryAdmin

from integrations.models import EdiPartner, Source


@admin.register(Source)
class SourceAdmin(SimpleHistoryAdmin):  # type: ignore[misc]
    """Everything of a source but its secrets, which no page shows."""

    exclude = ("secret", "previous_secret", "previous_secret_until", "poll_token")
    list_display = ("slug", "name", "dialect", "owner", "is_active")


admin.site.register(EdiPartner, SimpleHistoryAdmin)
