"""Issued documents and billing status as they are shown to somebody."""

from typing import Any

from django.db.models import Prefetch, QuerySet

from accounts.models import Principal
from billing.models import Blocker, Charge, Invoice, InvoiceLine, LoadBilling


def listed_invoices(principal: Principal | Any) -> QuerySet[Invoice]:
    """Return the invoices that `principal` may see, with what a list shows of each."""
    return Invoice.objects.for_user(principal).select_related(
        "customer", "state", "document", "corrects"
    )


def told_invoices(principal: Principal | Any) -> QuerySet[Invoice]:
    """Return the invoices that `principal` may see, with their lines."""
    lines = InvoiceLine.objects.select_related("load", "charge__stop").order_by("position")
    return listed_invoices(principal).prefetch_related(Prefetch("lines", lines))


def told_billings(principal: Principal | Any) -> QuerySet[LoadBilling]:
    """Return the billing of loads that `principal` may see, with blockers and charges.

    A superseded charge is history and left out.
    """
    live = Charge.objects.exclude(status=Charge.Status.SUPERSEDED).select_related("stop")
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
