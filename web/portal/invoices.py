"""A customer's invoices: the list, and each with its shipments, lines and proofs."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_headers

from billing.models import Invoice, InvoiceLine, InvoiceState
from billing.queries.documents import taxes_of_document
from dispatch.models import Document, Load, Reference
from dispatch.queries.papers import CUSTOMERS
from web.access import portal, signed_in
from web.lists.addresses import Tab, address_with, changed_address
from web.lists.counts import bounded_counts, shown
from web.lists.keyset import Ordering, paginate
from web.lists.standing import Standing, standing_of
from web.lookups import find_or_404
from web.portal.balances import balances
from web.portal.evidence import ProvenLine, lines_by_load
from web.portal.filters import VIEWS, InvoiceFilters, read_filters
from web.portal.tracking import Shipment, shipment_of
from web.templatetags.clocks import in_zone

NEWEST_FIRST = Ordering("pk")


@dataclass(frozen=True, slots=True)
class Row:
    """An invoice in the list: with its purchase orders and how it stands on the customer's day."""

    invoice: Invoice
    purchase_orders: tuple[str, ...]
    standing: Standing


@dataclass(frozen=True, slots=True)
class Billed:
    """A shipment of an invoice with the lines that bill it."""

    shipment: Shipment
    lines: list[ProvenLine]


@portal
@require_safe
def invoice_list(request: HttpRequest) -> HttpResponse:
    """Show a page of the customer's invoices, newest first."""
    user = signed_in(request)
    filters = read_filters(request.GET)
    invoices, states = Invoice.objects.for_user(user), InvoiceState.objects.for_user(user)
    kept = filters.narrow(invoices, loads=Load.objects.for_user(user))
    page = paginate(
        kept.select_related("state", "document").defer("snapshot"),
        ordering=NEWEST_FIRST,
        cursor=filters.cleaned_data["after"],
    )
    orders = orders_of(page.rows)
    today = in_zone(timezone.now(), user.timezone).date()
    context = {
        "filters": filters,
        "tabs": tabs(request, filters, states),
        "balances": balances(states, today=today),
        "rows": [row_of(invoice, orders=orders, today=today) for invoice in page.rows],
        "zip_href": changed_address(reverse("portal:invoices_zip"), request.GET),
        "next_href": address_with(request, after=page.next) if page.next else "",
        "previous_href": address_with(request, after=page.previous) if page.previous else "",
    }
    return render(request, "portal/invoices.html", context)


@portal
@require_safe
@vary_on_headers("HX-Request")
def invoice_page(request: HttpRequest, number: str) -> HttpResponse:
    """Show one invoice; as a fragment it is the expanded row of the list."""
    rows = Invoice.objects.select_related("state", "document", "customer").defer("snapshot")
    invoice = find_or_404(request, rows, number=number)
    today = in_zone(timezone.now(), signed_in(request).timezone).date()
    context = {
        "invoice": invoice,
        "row": row_of(invoice, orders=orders_of([invoice]), today=today),
        "billed": billed_by(request, invoice),
        "taxes": taxes_of_document(invoice),
    }
    is_fragment = request.headers.get("HX-Request")
    return render(request, f"portal/invoice{'_detail' if is_fragment else ''}.html", context)


def orders_of(invoices: Iterable[Invoice]) -> dict[int, tuple[str, ...]]:
    """Return the purchase orders by invoice in one query; a credited invoice keeps its own."""
    billing = "load__invoice_lines__invoice"
    references = Reference.objects.filter(
        kind=Reference.Kind.PO, **{f"{billing}__in": [invoice.pk for invoice in invoices]}
    )
    found: dict[int, dict[str, None]] = defaultdict(dict)
    for invoice, value in references.order_by("pk").values_list(billing, "value"):
        found[invoice][value] = None
    return {invoice: tuple(values) for invoice, values in found.items()}


def tabs(
    request: HttpRequest, filters: InvoiceFilters, states: QuerySet[InvoiceState]
) -> list[Tab]:
    """Return the views of the list with their bounded counts, of one statement.

    A search stands outside them.
    """
    asked = filters.cleaned_data
    counts = bounded_counts([states.filter(**kept) for _, kept in VIEWS.values()])
    return [
        Tab(
            words,
            shown(count),
            address_with(request, view=key, q=""),
            is_current=key == asked["view"] and not asked["q"],
        )
        for (key, (words, _)), count in zip(VIEWS.items(), counts, strict=True)
    ]


def row_of(invoice: Invoice, *, orders: Mapping[int, tuple[str, ...]], today: date) -> Row:
    """Describe an invoice for the list; `today` is the reader's."""
    return Row(invoice, orders.get(invoice.pk, ()), standing_of(invoice, today=today))


def billed_by(request: HttpRequest, invoice: Invoice) -> list[Billed]:
    """Return the shipments of an invoice by number, with their papers and lines."""
    on_lines = InvoiceLine.objects.filter(invoice=invoice).values("load")
    billed = Load.objects.for_user(signed_in(request)).filter(pk__in=on_lines)
    loads = list(billed.prefetch_related("stops", "references").order_by("number"))
    papers = papers_by_load(loads)
    lines = lines_by_load(invoice, papers=papers)
    return [
        Billed(shipment_of(load, papers=papers[load.pk]), lines.get(load.pk, [])) for load in loads
    ]


def papers_by_load(loads: Iterable[Load]) -> dict[int, list[Document]]:
    """Return the papers a customer may see, by load, newest first."""
    found: dict[int, list[Document]] = defaultdict(list)
    for paper in Document.objects.filter(load__in=loads, **CUSTOMERS).order_by(
        "-received_at", "-pk"
    ):
        found[paper.load_id].append(paper)
    return found
