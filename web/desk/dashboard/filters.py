"""What the dashboard is asked for, as it stands in the address."""

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django import forms
from django.core.exceptions import BadRequest
from django.http import QueryDict
from django.urls import reverse
from django.utils.http import urlencode

from accounts.models import Customer
from insights.queries.houses import house_zone
from insights.rules.frames import BadPeriod, Frame, Period, Span, period_of

WORDS = {
    Span.WEEK: "This week",
    Span.MONTH: "This month",
    Span.QUARTER: "This quarter",
    Span.CUSTOM: "Days from and to",
}
LANE = re.compile(r"[A-Z]{0,3}-[A-Z]{0,3}")


class DayInput(forms.DateInput):
    """The browser's own picker of days."""

    input_type = "date"


class DashboardFilters(forms.Form):
    """Period, customer and lane."""

    period = forms.ChoiceField(
        required=False, choices=[(span.value, words) for span, words in WORDS.items()]
    )
    first_on = forms.DateField(required=False, widget=DayInput(format="%Y-%m-%d"))
    last_on = forms.DateField(required=False, widget=DayInput(format="%Y-%m-%d"))
    customer = forms.ModelChoiceField(
        Customer.objects.order_by("name"),
        required=False,
        empty_label="All customers",
        widget=forms.Select(attrs={"aria-label": "Customer"}),
    )
    lane = forms.RegexField(LANE, required=False, max_length=7)


@dataclass(frozen=True, slots=True)
class Asked:
    """A frame with the words for it, and the addresses that lead to parts of it."""

    frame: Frame
    customer: Customer | None

    @property
    def period(self) -> Period:
        """Return the days that are asked for."""
        return self.frame.period

    def address(self, view: str, *args: Any, **changes: Any) -> str:
        """Return an address of the dashboard for this frame with `changes` made to it."""
        query = urlencode({name: v for name, v in (self._query() | changes).items() if v})
        path = reverse(view, args=args)
        return f"{path}?{query}" if query else path

    def _query(self) -> dict[str, Any]:
        told: dict[str, Any] = {
            "period": "" if self.period.span is Span.MONTH else self.period.span.value,
            "customer": self.frame.customer_id,
            "lane": self.frame.lane,
        }
        return told | self._days() if self.period.span is Span.CUSTOM else told

    def _days(self) -> dict[str, str]:
        return {
            "first_on": self.period.first_on.isoformat(), "last_on": self.period.last_on.isoformat()
        }  # fmt: skip


def read_asked(address: QueryDict, *, at: datetime) -> tuple[Asked, DashboardFilters]:
    """Read what is asked for; raises BadRequest for what cannot be read.

    Days without a custom period are dropped: a form sends them along.
    """
    filters = DashboardFilters(address)
    if not filters.is_valid():
        raise BadRequest(f"Cannot read {', '.join(filters.errors)}.")
    told = filters.cleaned_data
    span = Span(told["period"] or Span.MONTH)
    days = {name: told[name] for name in ("first_on", "last_on")} if span is Span.CUSTOM else {}
    try:
        period = period_of(span, at=at, zone=house_zone(), **days)
    except BadPeriod as error:
        raise BadRequest(str(error)) from error
    customer = told["customer"]
    frame = Frame(period, at, customer.pk if customer else None, told["lane"])
    return Asked(frame, customer), filters
