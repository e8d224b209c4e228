"""The search in the head: straight to the one hit, or a page of what starts with the words."""

from dataclasses import dataclass

from django import forms
from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from accounts.models import Customer
from billing.models import Invoice
from dispatch.models import Load
from exceptions.models import Case
from web.access import desk, signed_in
from web.lists.searching import matching_customers, matching_invoices, matching_loads

SHOWN = 20


class SearchForm(forms.Form):
    """What is looked for."""

    q = forms.CharField(required=False, max_length=60)


@desk()
@require_safe
def search(request: HttpRequest) -> HttpResponse:
    """Find loads, invoices, cases and customers by the start of their number or name."""
    form = SearchForm(request.GET)
    if not form.is_valid():
        raise BadRequest("The search cannot be read.")
    text = form.cleaned_data["q"]
    found = find_all(request, text) if text else Found([], [], [], [])
    if page := found.only_page:
        return redirect(*page)
    return render(request, "desk/search.html", {"search_text": text, "found": found})


@dataclass(frozen=True, slots=True)
class Found:
    """The first hits of each kind, newest first."""

    loads: list[Load]
    invoices: list[Invoice]
    cases: list[Case]
    customers: list[Customer]

    @property
    def only_page(self) -> tuple[str, str] | None:
        """Return view and number of the one hit, when there is just one."""
        hits = [
            *(("desk:load", load.number) for load in self.loads),
            *(("desk:invoice", invoice.number) for invoice in self.invoices),
            *(("desk:case", case.number) for case in self.cases),
        ]
        return hits[0] if len(hits) == 1 and not self.customers else None


def find_all(request: HttpRequest, text: str) -> Found:
    """Return what starts with `text`, of all that the person may see."""
    user = signed_in(request)
    loads = Load.objects.for_user(user)
    invoices = matching_invoices(Invoice.objects.for_user(user), text, loads=loads)
    cases = Case.objects.for_user(user).filter(number__startswith=text.upper())
    invoices = invoices.select_related("customer", "state").defer("snapshot")
    return Found(
        loads=list(matching_loads(loads, text).select_related("customer").order_by("-pk")[:SHOWN]),
        invoices=list(invoices.order_by("-pk")[:SHOWN]),
        cases=list(cases.select_related("load").order_by("-pk")[:SHOWN]),
        customers=list(matching_customers(text).order_by("name")[:SHOWN]),
    )
