"""A window on cards, programmes, indexes and scales; they change through operations."""

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet
from django.forms import DateField, ModelForm
from django.http import HttpRequest
from django.utils import timezone
from simple_history.admin import SimpleHistoryAdmin

from rating.engine import tax_facts
from rating.models import DensityScale, FuelIndexSeries, FuelProgramme, RateCard, TaxRate
from rating.operations.taxing import RateSettled, change_rate, withdraw_rate
from rating.queries.translation import from_columns


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


class TaxRateForm(ModelForm):  # type: ignore[type-arg]
    """A rate to put on file; its constraints are checked before it is written."""

    effective_to = DateField(required=False)

    class Meta:
        model = TaxRate
        fields = (
            "jurisdiction", "area", "scheme", "code", "name", "rate", "effective_from",
            "effective_to", "is_within_only", "source",
        )  # fmt: skip

    def clean(self) -> dict[str, Any]:
        """Refuse a period in which another row holds, but the open one that this one follows."""
        told = super().clean() or {}
        since, until = told.get("effective_from"), told.get("effective_to")
        if since is None:
            return told
        others = TaxRate.objects.filter(
            Q(effective_to=None) | Q(effective_to__gte=since),
            withdrawn_at=None,
            jurisdiction=told.get("jurisdiction"),
            code=told.get("code"),
        )
        others = others.filter(effective_from__lte=until) if until else others
        others = others.exclude(effective_to=None, effective_from__lt=since)
        if row := others.order_by("effective_from").first():
            raise ValidationError(f"{row} holds on some of these days: withdraw that one first.")
        return told


@admin.register(TaxRate)
class TaxRateAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """The tax book: rows are added through the operation that tells of them, and never edited."""

    form = TaxRateForm
    list_display = ("name", "jurisdiction", "rate", "effective_from", "effective_to", "source")
    list_filter = ("area", "code")
    actions = ("withdraw",)

    @admin.action(description="Withdraw what was recorded by mistake", permissions=["add"])
    def withdraw(self, request: HttpRequest, rows: QuerySet[TaxRate]) -> None:
        """Take the rows back; what was billed under them stays as it was."""
        actor: Any = request.user
        for row in rows.order_by("pk"):
            try:
                withdraw_rate(row, reason="Recorded by mistake", by=actor.actor, at=timezone.now())
            except RateSettled as refusal:
                messages.error(request, str(refusal))

    def has_change_permission(self, *args: object) -> bool:
        """Nobody edits a rate."""
        return False

    def has_delete_permission(self, *args: object) -> bool:
        """Nobody removes a rate."""
        return False

    def save_model(
        self,
        request: HttpRequest,
        obj: TaxRate,
        form: "ModelForm[TaxRate]",
        change: bool,  # noqa: FBT001
    ) -> None:
        """Record the rate, end the one before it, and tell of both."""
        actor: Any = request.user
        rate = from_columns(tax_facts.TaxRate, obj)
        obj.pk = change_rate(rate, by=actor.actor, at=timezone.now()).pk
