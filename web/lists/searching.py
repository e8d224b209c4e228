"""Find loads and invoices by the start of a number: the search that stays fast at a million."""

from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import F, Lookup, Q, QuerySet
from django.db.models.sql.compiler import SQLCompiler

from accounts.models import Customer
from billing.models import Invoice, InvoiceLine
from dispatch.models import Load, Reference
from dispatch.models.reference import reference_key

# Beyond this many hits a search is not a search any more; the list says so.
MATCH_LIMIT = 1000


class Begins(Lookup):
    """`column ^@ text`: begins with it, as LIKE 'text%' does, and through the same indexes.

    LIKE could tell of rows that row-level security hides (it is not leakproof), so PostgreSQL
    looks at every row before it; `starts_with` is leakproof and goes through the index.
    """

    lookup_name = "begins"

    def as_sql(
        self, compiler: SQLCompiler, connection: BaseDatabaseWrapper
    ) -> tuple[str, tuple[Any, ...]]:
        """Write the comparison."""
        column, before = self.process_lhs(compiler, connection)
        text, after = self.process_rhs(compiler, connection)
        return f"{column} ^@ {text}", (*before, *after)


def numbered(text: str) -> Begins:
    """Return the condition of a row whose number begins with `text`, whatever its case."""
    return Begins(F("number"), text.strip().upper())


def matching_loads(loads: QuerySet[Load], text: str) -> QuerySet[Load]:
    """Return the loads whose number, reference or customer name starts with `text`.

    Matches are gathered as ids from the three prefix indexes, newest first and at most
    MATCH_LIMIT of each: the reading list then pages over ids instead of joining.
    """
    return loads.filter(pk__in=matching_load_ids(loads, text))


def matching_load_ids(loads: QuerySet[Load], text: str, *, most: int = MATCH_LIMIT) -> list[int]:
    """Return the ids behind matching_loads(), the newest `most` of them."""
    text = text.strip()
    by_number = loads.filter(numbered(text))
    found = set(by_number.order_by("-pk").values_list("pk", flat=True)[:most])
    if key := reference_key(text):
        references = Reference.objects.filter(Begins(F("value_key"), key), load__in=loads)
        newest = references.order_by("-load_id").values_list("load_id", flat=True)
        found.update(newest[:most])
    # Read first: with an empty list there is nothing to look for among the loads.
    customers = list(matching_customers(text).values_list("pk", flat=True))
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
    load_ids = matching_load_ids(loads, text)
    return invoices.filter(pk__in=matching_invoice_ids(invoices, text, load_ids=load_ids))


def matching_invoice_ids(
    invoices: QuerySet[Invoice], text: str, *, load_ids: list[int], most: int = MATCH_LIMIT
) -> list[int]:
    """Return the ids behind matching_invoices(), the newest `most` of them."""
    by_number = invoices.filter(numbered(text)).order_by("-pk")
    found = set(by_number.values_list("pk", flat=True)[:most])
    lines = InvoiceLine.objects.filter(load__in=load_ids, invoice__in=invoices)
    found.update(lines.values_list("invoice", flat=True).distinct()[: MATCH_LIMIT * 2])
    return sorted(found, reverse=True)[:most]
