"""What the board can be narrowed by; the state lives in the address."""

from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import django_filters
from django import forms
from django.core.exceptions import BadRequest
from django.db.models import Q, QuerySet
from django.http import QueryDict

from accounts.models import Customer
from dispatch.models import Carrier, Load
from dispatch.queries.attention import at_risk, needing, unassigned
from dispatch.rules.attention import Attention
from web.lists.searching import matching_loads

RISK = "RISK"
# Words of what a load may need; RISK is any of those to act on now.
ATTENTION_WORDS = {
    RISK: "At risk",
    Attention.MISSED_PICKUP: "Missed pickup",
    Attention.DETENTION: "Detention running",
    Attention.LATE: "Late",
    Attention.NO_PING: "No ping",
    Attention.UNASSIGNED: "Unassigned",
    Attention.NO_POD: "Delivered, no POD",
}
LIVE = [
    choice
    for choice in Load.Status.choices
    if choice[0] not in (Load.Status.DECLINED, Load.Status.CANCELLED, Load.Status.TONU)
]


class BoardFilters(django_filters.FilterSet):  # type: ignore[misc]  # comes without types
    """The filters of the board; `at` and the zone of the reader's days come from the edge."""

    attention = django_filters.ChoiceFilter(
        choices=list(ATTENTION_WORDS.items()), method="by_attention", empty_label="Any",
        label="Attention",
    )  # fmt: skip
    status = django_filters.ChoiceFilter(choices=LIVE, empty_label="Any", label="Status")
    customer = django_filters.ModelChoiceFilter(
        queryset=Customer.objects.order_by("name"), empty_label="Any", label="Customer"
    )
    carrier = django_filters.ModelChoiceFilter(
        queryset=Carrier.objects.order_by("name"), empty_label="Any", label="Carrier"
    )
    equipment = django_filters.ChoiceFilter(
        choices=Load.Equipment.choices, empty_label="Any", label="Equipment"
    )
    origin = django_filters.CharFilter(
        field_name="origin_state", lookup_expr="iexact", label="From state"
    )
    destination = django_filters.CharFilter(
        field_name="destination_state", lookup_expr="iexact", label="To state"
    )
    pickup_from = django_filters.DateFilter(
        method="by_first_day", label="Pickup from",
        widget=forms.DateInput(attrs={"type": "date"}),
    )  # fmt: skip
    pickup_until = django_filters.DateFilter(
        method="by_last_day", label="Pickup until",
        widget=forms.DateInput(attrs={"type": "date"}),
    )  # fmt: skip
    q = django_filters.CharFilter(method="by_number", max_length=60, label="Starts with")

    def __init__(
        self, data: QueryDict, queryset: QuerySet[Load], *, at: datetime, zone: str
    ) -> None:
        super().__init__(data, queryset)
        self.at, self.zone = at, ZoneInfo(zone)

    def by_attention(self, loads: QuerySet[Load], _name: str, value: str) -> QuerySet[Load]:
        """Keep the loads that need somebody for this reason."""
        return loads.filter(attention_condition(value, at=self.at))

    def by_first_day(self, loads: QuerySet[Load], _name: str, value: date) -> QuerySet[Load]:
        """Keep the loads picked up on this day of the reader or later."""
        return loads.filter(pickup_from__gte=self._midnight(value))

    def by_last_day(self, loads: QuerySet[Load], _name: str, value: date) -> QuerySet[Load]:
        """Keep the loads picked up on this day of the reader or before."""
        return loads.filter(pickup_from__lt=self._midnight(value + timedelta(days=1)))

    def by_number(self, loads: QuerySet[Load], _name: str, value: str) -> QuerySet[Load]:
        """Keep the loads whose number, reference or customer starts so."""
        return matching_loads(loads, value)

    def _midnight(self, day: date) -> datetime:
        return datetime.combine(day, time(), self.zone)

    @property
    def asked(self) -> dict[str, Any]:
        """Return the filters in force by name; raises BadRequest for one that cannot be read."""
        if not self.form.is_valid():
            raise BadRequest(f"Cannot read {', '.join(self.form.errors)}.")
        cleaned: dict[str, Any] = self.form.cleaned_data
        return {name: value for name, value in cleaned.items() if value not in (None, "")}


def attention_condition(value: str, *, at: datetime) -> Q:
    """Return the condition behind one choice of the filter.

    Who looks for unassigned loads wants those of next week too.
    """
    if value == RISK:
        return at_risk(at=at)
    if value == Attention.UNASSIGNED:
        return unassigned()
    return needing(Attention(value), at=at)
