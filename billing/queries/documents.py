"""Issued documents and billing status as they are shown to somebody."""

from typing import Any

from django.db.models import Exists, Min, OuterRef, Prefetch, QuerySet, Sum

from accounts.models import Principal
from billing.models import (
    Blocker,
    Charge,
    Invoice,
    InvoiceLine,
    InvoiceLineTax,
    LoadBilling,
    TaxRecord,
)
from dispatch.models import Load


def listed_invoices(principal: Principal | Any) -> QuerySet[Invoice]:
    """Return the invoices that `principal` may see, with what a list shows of each."""
    return Invoice.objects.for_user(principal).select_related(
        "customer", "state", "document", "corrects"
    )


def told_invoices(principal: Principal | Any) -> QuerySet[Invoice]:
    """Return the invoices that `principal` may see, with their lines."""
    lines = InvoiceLine.objects.select_related("load", "charge__stop").order_by("position")
    lines = lines.prefetch_related(Prefetch("taxes", InvoiceLineTax.objects.order_by("position")))
    return listed_invoices(principal).prefetch_related(Prefetch("lines", lines))


def told_billings(principal: Principal | Any) -> QuerySet[LoadBilling]:
    """Return the billing of loads that `principal` may see, with blockers and charges.

    A superseded charge is history and left out; a customer sees charges once they are billed.
    """
    live = charges_of(principal).exclude(status=Charge.Status.SUPERSEDED)
    missing = Blocker.objects.filter(cleared_at=None).order_by("id")
    return (
        LoadBilling.objects.for_user(principal)
        .select_related("load")
        .prefetch_related(
            Prefetch("load__charges", live.order_by("id")),
            Prefetch("load__blockers", missing),
            Prefetch("load__claims__invoice"),
        )
    )


def listed_billings(principal: Principal | Any) -> QuerySet[LoadBilling]:
    """Return the billing of loads that `principal` may see, with what a list shows of each."""
    return LoadBilling.objects.for_user(principal).select_related("load", "customer")


def charges_of(principal: Principal | Any) -> QuerySet[Charge]:
    """Return the charges that `principal` may see, with load and stop.

    A customer sees a charge once it stands on a document, at the amount that the document says.
    """
    charges = Charge.objects.for_user(principal).select_related("load", "stop")
    if principal.customer_ids is None:
        return charges
    lines = InvoiceLine.objects.filter(charge=OuterRef("pk"), amount=OuterRef("amount"))
    return charges.filter(Exists(lines))


def taxes_of_document(invoice: Invoice) -> list[dict[str, Any]]:
    """Return each tax of a document with its percentage, base and amount, as it is printed."""
    rows = InvoiceLineTax.objects.filter(line__invoice=invoice)
    taxes = rows.values("name", "category", "rate").annotate(
        base=Sum("base_amount"), amount=Sum("tax_amount"), first=Min("pk")
    )
    return [dict(tax) for tax in taxes.order_by("first")]


def tax_steps_of(invoice: Invoice) -> dict[int, list[dict[str, str]]]:
    """Return, by charge, the steps that led to its tax; a credit note tells none of its own."""
    return _steps(TaxRecord.objects.filter(invoice=invoice))


def tax_steps_of_load(load: Load) -> dict[int, list[dict[str, str]]]:
    """Return, by charge, the steps that led to the tax of what was billed of a load."""
    return _steps(TaxRecord.objects.filter(load=load).order_by("pk"))


def _steps(records: QuerySet[TaxRecord]) -> dict[int, list[dict[str, str]]]:
    told = records.values_list("lines", flat=True)
    return {int(line["key"]): line["steps"] for lines in told for line in lines}
