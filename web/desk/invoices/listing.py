"""The list of issued invoices."""

from datetime import date

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_headers

from billing.models import Invoice, InvoiceState
from dispatch.models import Load
from web.access import desk, signed_in
from web.desk.invoices.filters import VIEWS, InvoiceFilters, asked_of_states, read_filters
from web.lists.addresses import Chip, Tab, address_with
from web.lists.counts import bounded_counts, shown
from web.lists.keyset import Ordering, paginate
from web.lists.standing import standing_of
from web.templatetags.clocks import in_zone

NEWEST_FIRST = Ordering("pk")


@desk()
@require_safe
@vary_on_headers("HX-Request")
def invoice_list(request: HttpRequest) -> HttpResponse:
    """Show a page of invoices, newest first."""
    user = signed_in(request)
    today = in_zone(timezone.now(), user.timezone).date()
    filters = read_filters(request.GET)
    invoices = Invoice.objects.for_user(user)
    rows = filters.narrow(invoices, loads=Load.objects.for_user(user), today=today)
    rows = rows.select_related("customer", "state", "document").defer("snapshot")
    page = paginate(rows, ordering=NEWEST_FIRST, cursor=filters.cleaned_data["after"])
    context = {
        "filters": filters,
        "tabs": tabs(request, filters, today=today),
        "chips": chips(request, filters),
        "rows": [(invoice, standing_of(invoice, today=today)) for invoice in page.rows],
        "next_href": address_with(request, after=page.next) if page.next else "",
        "previous_href": address_with(request, after=page.previous) if page.previous else "",
        "refresh_href": request.get_full_path(),
    }
    is_fragment = request.headers.get("HX-Request")
    template = "desk/invoices/list.html#rows" if is_fragment else "desk/invoices/list.html"
    return render(request, template, context)


def tabs(request: HttpRequest, filters: InvoiceFilters, *, today: date) -> list[Tab]:
    """Return the views of the list with their bounded counts, of one statement."""
    states = InvoiceState.objects.for_user(signed_in(request))
    counts = bounded_counts([states.filter(**asked_of_states(view, today=today)) for view in VIEWS])
    current = filters.cleaned_data["view"]
    return [
        Tab(
            words,
            shown(count),
            address_with(request, view=view),
            is_current=view == current,
            is_hot=is_hot,
        )
        for (view, (words, is_hot)), count in zip(VIEWS.items(), counts, strict=True)
    ]


def chips(request: HttpRequest, filters: InvoiceFilters) -> list[Chip]:
    """Return the filters in force, each with the address that drops it."""
    asked = filters.cleaned_data
    in_force = (
        ("customer", "Customer", asked["customer"] and asked["customer"].name),
        ("q", "Starts with", asked["q"]),
    )
    return [
        Chip(words, str(value), address_with(request, **{name: ""}))
        for name, words, value in in_force
        if value
    ]
