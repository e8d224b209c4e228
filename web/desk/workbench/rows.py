"""Loads on their way to an invoice, each with what decides about it; a fixed number of queries."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from itertools import groupby

from accounts.models import Customer
from billing.models import Blocker, Charge, LoadBilling
from billing.rules.snapshot import CATEGORIES, Category
from dispatch.models import Document, Reference

PAPER_WORDS = {
    "POD": "POD",
    "BOL": "BOL",
    "LUMPER_RECEIPT": "Lumper",
    "SCALE_TICKET": "Scale",
    "TEMPERATURE_LOG": "Temperature",
}

REVIEWED = "The customer's terms want a look before it is billed."


@dataclass(slots=True)
class LoadRow:
    """One load: its amounts, its papers and what is said about it."""

    billing: LoadBilling
    waiting_days: Decimal
    pro: str = ""
    papers: list[str] = field(default_factory=list)
    freight: Decimal = Decimal("0.00")
    accessorials: Decimal = Decimal("0.00")
    blockers: list[str] = field(default_factory=list)

    @property
    def note(self) -> str:
        """Return the first thing to know about it."""
        billing = self.billing
        if billing.held_at:
            return billing.hold_reason
        if self.blockers:
            more = len(self.blockers) - 1
            return f"{self.blockers[0]} And {more} more." if more else self.blockers[0]
        if billing.status == LoadBilling.Status.REVIEW:
            return billing.review_reason or REVIEWED
        return billing.review_reason or ("Approved to bill" if billing.reviewed_by else "")


@dataclass(frozen=True, slots=True)
class BillTo:
    """The rows of one customer on a page."""

    customer: Customer
    rows: Sequence[LoadRow]

    @property
    def amounts(self) -> list[tuple[Decimal, str]]:
        """Return what the rows come to, by currency."""
        found: dict[str, Decimal] = defaultdict(Decimal)
        for row in self.rows:
            found[row.billing.currency] += row.billing.total_amount
        return [(amount, currency) for currency, amount in found.items()]


def bill_tos(billings: Sequence[LoadBilling], *, at: datetime) -> list[BillTo]:
    """Return the rows of a page by customer, in the order they came."""
    rows = _rows(billings, at=at)
    return [
        BillTo(customer, list(found))
        for customer, found in groupby(rows, key=lambda row: row.billing.customer)
    ]


def _rows(billings: Sequence[LoadBilling], *, at: datetime) -> list[LoadRow]:
    rows = {billing.load_id: LoadRow(billing, _days(billing, at)) for billing in billings}
    _add_references(rows)
    _add_papers(rows)
    _add_charges(rows)
    _add_blockers(rows)
    return list(rows.values())


def _days(billing: LoadBilling, at: datetime) -> Decimal:
    over_at: datetime = billing.over_at  # type: ignore[attr-defined]  # annotated by the funnel
    seconds = Decimal((at - over_at).total_seconds())
    return (seconds / 86_400).quantize(Decimal("0.1"))


def _add_references(rows: dict[int, LoadRow]) -> None:
    found = Reference.objects.filter(load_id__in=rows, kind="PRO").order_by("-pk")
    for load_id, value in found.values_list("load_id", "value"):
        rows[load_id].pro = value


def _add_papers(rows: dict[int, LoadRow]) -> None:
    """Name the papers on file; a proof of delivery counts once it is accepted."""
    found = Document.objects.filter(load_id__in=rows, kind__in=PAPER_WORDS).order_by("pk")
    kept = found.exclude(status=Document.Status.REJECTED).exclude(
        kind=Document.Kind.POD, status=Document.Status.RECEIVED
    )
    for load_id, kind in kept.values_list("load_id", "kind"):
        words = PAPER_WORDS[kind]
        if words not in rows[load_id].papers:
            rows[load_id].papers.append(words)


def _add_charges(rows: dict[int, LoadRow]) -> None:
    found = Charge.objects.filter(load_id__in=rows).exclude(
        status__in=[Charge.Status.SUPERSEDED, Charge.Status.WAIVED]
    )
    for load_id, code, amount in found.values_list("load_id", "code", "amount"):
        if CATEGORIES.get(code, Category.ACCESSORIAL) is Category.ACCESSORIAL:
            rows[load_id].accessorials += amount
        else:
            rows[load_id].freight += amount


def _add_blockers(rows: dict[int, LoadRow]) -> None:
    found = Blocker.objects.filter(load_id__in=rows, cleared_at=None, waived_at=None)
    for load_id, message in _told(found.order_by("pk").values_list("load_id", "message")):
        rows[load_id].blockers.append(message)


def _told(pairs: Iterable[tuple[int, str]]) -> list[tuple[int, str]]:
    return [(load_id, f"{message.rstrip('.')}.") for load_id, message in pairs]
