"""What the portal's lists can be narrowed by."""

from typing import Any

from django import forms
from django.core.exceptions import BadRequest
from django.db.models import QuerySet
from django.http import QueryDict

from billing.models import Invoice, InvoiceState
from dispatch.models import Load
from web.lists.searching import matching_invoices
from web.lists.standing import OPEN_STATE, of_states

# The tabs of the invoice list: name in the address, words, and what they ask of the states.
VIEWS: dict[str, tuple[str, dict[str, Any]]] = {
    "": ("Open", OPEN_STATE),
    "paid": ("Paid", {"status": InvoiceState.Status.PAID}),
    "all": ("All", {}),
}


class InvoiceFilters(forms.Form):
    """The filters of the invoice list, read from the address."""

    view = forms.ChoiceField(
        required=False, choices=[(key, words) for key, (words, _) in VIEWS.items()]
    )
    q = forms.CharField(required=False, max_length=60)
    after = forms.CharField(required=False, max_length=200)

    def narrow(self, invoices: QuerySet[Invoice], *, loads: QuerySet[Load]) -> QuerySet[Invoice]:
        """Return the invoices that pass; a search looks through all of them, not only the open."""
        if text := self.cleaned_data["q"]:
            return matching_invoices(invoices, text, loads=loads)
        _, asked = VIEWS[self.cleaned_data["view"]]
        return invoices.filter(of_states(asked))


def read_filters(address: QueryDict) -> InvoiceFilters:
    """Read the filters; raises BadRequest when one of them is not among the choices."""
    filters = InvoiceFilters(address)
    if not filters.is_valid():
        raise BadRequest(f"Cannot read {', '.join(filters.errors)}.")
    return filters
