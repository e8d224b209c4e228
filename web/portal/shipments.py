"""A customer's shipments: where they are, and the papers they left."""

from django import forms
from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from billing.models import Invoice, InvoiceLine
from dispatch.models import Load
from web.access import portal, signed_in
from web.lists.addresses import address_with
from web.lists.keyset import Ordering, paginate
from web.lists.searching import matching_loads
from web.lookups import find_or_404
from web.portal.invoices import papers_by_load
from web.portal.tracking import shipment_of, visits_of

NEWEST_FIRST = Ordering("pk")


class ShipmentFilters(forms.Form):
    """The search of the list, read from the address."""

    q = forms.CharField(required=False, max_length=60)
    after = forms.CharField(required=False, max_length=200)


@portal
@require_safe
def shipment_list(request: HttpRequest) -> HttpResponse:
    """Show a page of the customer's shipments, newest first."""
    filters = ShipmentFilters(request.GET)
    if not filters.is_valid():
        raise BadRequest(f"Cannot read {', '.join(filters.errors)}.")
    asked = filters.cleaned_data
    loads = Load.objects.for_user(signed_in(request))
    kept = matching_loads(loads, asked["q"]) if asked["q"] else loads
    page = paginate(
        kept.prefetch_related("stops", "references"), ordering=NEWEST_FIRST, cursor=asked["after"]
    )
    papers = papers_by_load(page.rows)
    context = {
        "filters": filters,
        "shipments": [shipment_of(load, papers=papers[load.pk]) for load in page.rows],
        "next_href": address_with(request, after=page.next) if page.next else "",
        "previous_href": address_with(request, after=page.previous) if page.previous else "",
    }
    return render(request, "portal/shipments.html", context)


@portal
@require_safe
def shipment_page(request: HttpRequest, number: str) -> HttpResponse:
    """Show one shipment with its stops, papers and invoices."""
    rows = Load.objects.prefetch_related("stops", "references")
    load = find_or_404(request, rows, number=number)
    billing = InvoiceLine.objects.filter(load=load).values("invoice")
    invoices = Invoice.objects.for_user(signed_in(request)).filter(pk__in=billing)
    context = {
        "shipment": shipment_of(load, papers=papers_by_load([load])[load.pk]),
        "visits": visits_of(load),
        "invoices": invoices.select_related("state", "document").defer("snapshot").order_by("pk"),
    }
    return render(request, "portal/shipment.html", context)
