"""Find loads and invoices by the start of a number: the search that stays fast at a million."""

from django.db.models import Q, QuerySet

from accounts.models import Customer
from billing.models import Invoice, InvoiceLine
from dispatch.models import Load, Reference
from dispatch.models.reference import reference_key

# Beyond this many hits a search is not a search any more; the list says so.
MATCH_LIMIT = 1000


def matching_loads(loads: QuerySet[Load], text: str) -> QuerySet[Load]:
    """Return the loads whose number, reference or customer name starts with `text`.

    Matches are gathered as ids from the three prefix indexes, newest first and at most
    MATCH_LIMIT of each: the reading list then pages over ids instead of joining.
    """
    return loads.filter(pk__in=matching_load_ids(loads, text))


def matching_load_ids(loads: QuerySet[Load], text: str, *, most: int = MATCH_LIMIT) -> list[int]:
    """Return the ids behind matching_loads(), the newest `most` of them."""
    text = text.strip()
    by_number = loads.filter(number__startswith=text.upper())
    found = set(by_number.order_by("-pk").values_list("pk", flat=True)[:most])
    if key := reference_key(text):
        references = Reference.objects.filter(value_key__startswith=key, load__in=loads)
        newest = references.order_by("-load_id").values_list("load_id", flat=True)
        found.update(newest[:most])
    customers = matching_customers(text)
    by_customer = loads.filter(customer__in=customers)
    found.update(by_customer.order_by("-pk").values_list("pk", flat=True)[:most])
    return sorted(found, reverse=True)[:most]


def matching_customers(text: str) -> QuerySet[Customer]:
    """Return the customers whose name or code starts with `text`, whatever its case."""
    return Customer.objects.filter(Q(name__istartswith=text) | Q(code__istartswith=text))


def matching_invoices(
    invoices: QuerySet[Invoice], text: str, *, loads: QuerySet[Load]
) -> QuerySet[Invoice]:
    """Return the invoices whose number starts with `text`, or that bill one of the matching loads.

    A credited invoice and its credit note are found by their loads too. `loads` are those the
    same person may see.
    """
    lines = InvoiceLine.objects.filter(load__in=matching_load_ids(loads, text))
    by_number = Q(number__startswith=text.strip().upper())
    return invoices.filter(by_number | Q(pk__in=lines.values("invoice")))
