"""Runs of invoices as people follow them."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Count, Q

from billing.models import InvoiceRequest, InvoiceRun

Status = InvoiceRequest.Status


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a run is."""

    total: int
    issued: int
    refused: int

    @property
    def settled(self) -> int:
        """Return how many have their result."""
        return self.issued + self.refused

    @property
    def is_over(self) -> bool:
        """Tell whether every request has its result."""
        return self.settled == self.total

    @property
    def percent(self) -> int:
        """Return the share that has its result."""
        return self.settled * 100 // self.total if self.total else 100


def run_of(request_ids: Iterable[int]) -> dict[int, int]:
    """Return the run of each request."""
    rows = InvoiceRequest.objects.filter(pk__in=list(request_ids))
    return dict(rows.values_list("pk", "run_id"))


def progress_of(run: InvoiceRun) -> Progress:
    """Return how far a run is, in one statement."""
    counted = run.requests.aggregate(
        total=Count("pk"),
        issued=Count("pk", filter=Q(status=Status.ISSUED)),
        refused=Count("pk", filter=Q(status=Status.REFUSED)),
    )
    return Progress(**counted)


def requests_of(run: InvoiceRun) -> list[InvoiceRequest]:
    """Return the requests of a run in order, with customer, invoice and loads."""
    rows = run.requests.select_related("customer", "invoice").order_by("position")
    return list(rows.defer("invoice__snapshot").prefetch_related("request_loads__load"))


def issued_amounts(requests: Iterable[InvoiceRequest]) -> dict[str, Decimal]:
    """Return what was issued, by currency."""
    amounts: dict[str, Decimal] = {}
    for request in requests:
        if request.invoice:
            before = amounts.get(request.currency, Decimal(0))
            amounts[request.currency] = before + request.invoice.total_amount
    return amounts
