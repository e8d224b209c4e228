"""What the list of invoices can be narrowed by."""

from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import BadRequest
from django.db.models import QuerySet
from django.http import QueryDict

from accounts.models import Customer
from billing.models import Invoice, InvoiceState
from dispatch.models import Load
from web.lists.searching import matching_invoices
from web.lists.standing import OPEN_STATE, of_states

# Name in the address, words, and whether a count there asks for work.
VIEWS: dict[str, tuple[str, bool]] = {
    "": ("All", False),
    "open": ("Open", False),
    "overdue": ("Overdue", True),
    "unposted": ("Not in the ERP", True),
}


class InvoiceFilters(forms.Form):
    """The filters of the list, read from the address."""

    view = forms.ChoiceField(
        required=False, choices=[(key, words) for key, (words, _) in VIEWS.items()]
    )
    customer = forms.ModelChoiceField(
        Customer.objects.order_by("name"), required=False, empty_label="Any"
    )
    q = forms.CharField(required=False, max_length=60)
    after = forms.CharField(required=False, max_length=200)

    def narrow(
        self, invoices: QuerySet[Invoice], *, loads: QuerySet[Load], today: date
    ) -> QuerySet[Invoice]:
        """Return the invoices that pass every filter."""
        asked = self.cleaned_data
        invoices = invoices.filter(of_states(asked_of_states(asked["view"], today=today)))
        if asked["customer"]:
            invoices = invoices.filter(customer=asked["customer"])
        return matching_invoices(invoices, asked["q"], loads=loads) if asked["q"] else invoices


def asked_of_states(view: str, *, today: date) -> dict[str, Any]:
    """Return what a view asks of the states of its invoices; `today` is the reader's."""
    if view == "open":
        return OPEN_STATE
    if view == "overdue":
        return {**OPEN_STATE, "due_on__lt": today}
    if view == "unposted":
        return {"erp_status__in": InvoiceState.UNPOSTED}
    return {}


def read_filters(address: QueryDict) -> InvoiceFilters:
    """Read the filters; raises BadRequest when one of them is not among the choices."""
    filters = InvoiceFilters(address)
    if not filters.is_valid():
        raise BadRequest(f"Cannot read {', '.join(filters.errors)}.")
    return filters
