"""What the list of loads can be narrowed by; the state lives in the address."""

from typing import Any

from django import forms
from django.core.exceptions import BadRequest
from django.db.models import QuerySet
from django.http import QueryDict

from accounts.models import Customer
from billing.models import LoadBilling
from dispatch.models import Load
from web.lists.searching import matching_loads

ON_THE_ROAD = (
    Load.Status.DISPATCHED,
    Load.Status.AT_PICKUP,
    Load.Status.IN_TRANSIT,
    Load.Status.AT_DELIVERY,
)

# The tabs of the page: name in the address, words, and what they keep.
VIEWS: dict[str, tuple[str, dict[str, Any]]] = {
    "": ("All", {}),
    "road": ("On the road", {"status__in": ON_THE_ROAD}),
    "blocked": ("Delivered, blocked", {"billing__status": LoadBilling.Status.BLOCKED}),
    "review": ("To review", {"billing__status": LoadBilling.Status.REVIEW}),
    "ready": ("Ready to bill", {"billing__status": LoadBilling.Status.READY}),
    "invoiced": ("Invoiced", {"billing__status": LoadBilling.Status.INVOICED}),
}


class LoadFilters(forms.Form):
    """The filters of the list, read from the address."""

    view = forms.ChoiceField(
        required=False, choices=[(key, words) for key, (words, _) in VIEWS.items()]
    )
    status = forms.ChoiceField(required=False, choices=[("", "Any"), *Load.Status.choices])
    customer = forms.ModelChoiceField(
        Customer.objects.order_by("name"), required=False, empty_label="Any"
    )
    q = forms.CharField(required=False, max_length=60, label="Search")
    after = forms.CharField(required=False, max_length=200)

    def narrow(self, loads: QuerySet[Load]) -> QuerySet[Load]:
        """Return the loads that pass every filter."""
        asked = self.cleaned_data
        loads = loads.filter(**VIEWS[asked["view"]][1])
        if asked["status"]:
            loads = loads.filter(status=asked["status"])
        if asked["customer"]:
            loads = loads.filter(customer=asked["customer"])
        return matching_loads(loads, asked["q"]) if asked["q"] else loads


def read_filters(address: QueryDict) -> LoadFilters:
    """Read the filters; raises BadRequest when one of them is not among the choices."""
    filters = LoadFilters(address)
    if not filters.is_valid():
        raise BadRequest(f"Cannot read {', '.join(filters.errors)}.")
    return filters
