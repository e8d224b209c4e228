"""A window on cards, programmes, indexes and scales; they change through operations."""

from django.contrib import admin
from simple_history.admin import SimpleHistoryAdmin

from rating.models import DensityScale, FuelIndexSeries, FuelProgramme, RateCard


class WindowAdmin(SimpleHistoryAdmin):  # type: ignore[misc]  # untyped library
    """Rows and their history, to look at."""

    def has_add_permission(self, *args: object) -> bool:
        """Nobody adds here."""
        return False

    def has_change_permission(self, *args: object) -> bool:
        """Nobody changes here."""
        return False

    def has_delete_permission(self, *args: object) -> bool:
        """Nobody deletes here."""
        return False


admin.site.register([RateCard, FuelProgramme, FuelIndexSeries, DensityScale], WindowAdmin)
