"""What the list of rate cards and the lanes of a version can be narrowed by."""

from typing import Any

from django import forms
from django.core.exceptions import BadRequest
from django.db.models import Q, QuerySet
from django.http import QueryDict

from accounts.models import Customer
from rating.models import Lane, RateCard, RateCardVersion
from web.lists.searching import matching_customers

UNDER_WAY = [
    status
    for status in RateCardVersion.Status.values
    if status not in (RateCardVersion.Status.PUBLISHED, RateCardVersion.Status.RETIRED)
]

# The tabs of the list: name in the address, words, and what they keep.
VIEWS: dict[str, tuple[str, Q]] = {
    "": ("All", Q()),
    "drafts": (
        "Under way",
        Q(pk__in=RateCardVersion.objects.filter(status__in=UNDER_WAY).values("card")),
    ),
    "own": ("For one customer", Q(customer__isnull=False)),
    "general": ("For everybody", Q(customer__isnull=True)),
}


class CardFilters(forms.Form):
    """The filters of the list, read from the address."""

    view = forms.ChoiceField(
        required=False, choices=[(key, words) for key, (words, _) in VIEWS.items()]
    )
    customer = forms.ModelChoiceField(
        Customer.objects.order_by("name"), required=False, empty_label="Any"
    )
    q = forms.CharField(required=False, max_length=60, label="Search")
    after = forms.CharField(required=False, max_length=200)

    def narrow(self, cards: QuerySet[RateCard]) -> QuerySet[RateCard]:
        """Return the cards that pass every filter."""
        asked = self.cleaned_data
        cards = cards.filter(VIEWS[asked["view"]][1])
        if asked["customer"]:
            cards = cards.filter(customer=asked["customer"])
        if text := asked["q"].strip():
            named = Q(name__icontains=text) | Q(customer__in=matching_customers(text))
            cards = cards.filter(named)
        return cards


class LaneFilters(forms.Form):
    """The search among the lanes of a version."""

    origin = forms.CharField(required=False, max_length=40)
    destination = forms.CharField(required=False, max_length=40)
    after = forms.CharField(required=False, max_length=200)

    def narrow(self, lanes: QuerySet[Lane]) -> QuerySet[Lane]:
        """Return the lanes whose ends start with what was typed; a ZIP finds its ZIP3 too."""
        for end in ("origin", "destination"):
            if text := self.cleaned_data[end].strip():
                lanes = lanes.filter(_end_matches(end, text))
        return lanes


def read(kind: type[forms.Form], address: QueryDict) -> Any:
    """Read a form of filters; raises BadRequest when one of them cannot be read."""
    filters = kind(address)
    if not filters.is_valid():
        raise BadRequest(f"Cannot read {', '.join(filters.errors)}.")
    return filters


def _end_matches(end: str, text: str) -> Q:
    plain = text.removeprefix("Zone ").removeprefix("zone ")
    match = Q(**{f"{end}_value__istartswith": plain})
    if plain[:5].isdigit() and len(plain) >= 5:
        match |= Q(**{f"{end}_kind": "POSTAL3", f"{end}_value": plain[:3]})
    return match
