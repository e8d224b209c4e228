"""Which lines of an invoice were credited by themselves, and what of each can still be."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass, field
from decimal import Decimal

from django.db.models import Count, Q, Sum

from billing.models import BillingClaim, Invoice, InvoiceLine

Billed = tuple[int, str, int | None, int]


@dataclass(frozen=True, slots=True)
class Creditable:
    """A line of an invoice, and the lines of its credit notes that adjusted the same charge."""

    line: InvoiceLine
    adjusted: list[InvoiceLine] = field(default_factory=list)

    @property
    def rows(self) -> list[InvoiceLine]:
        """Return all that a credit of the line takes back."""
        return [self.line, *self.adjusted]

    @property
    def amount(self) -> Decimal:
        """Return what is left of the line."""
        return sum((row.amount for row in self.rows), Decimal("0.00"))

    @property
    def tax_amount(self) -> Decimal:
        """Return what is left of its tax."""
        return sum((row.tax_amount for row in self.rows), Decimal("0.00"))


def credited_charges(invoice: Invoice) -> frozenset[int]:
    """Return the charges of the invoice and its credit notes whose line a later note mirrors."""
    lines = InvoiceLine.objects.filter(Q(invoice=invoice) | Q(invoice__corrects=invoice))
    twice = lines.order_by().values("charge_id").annotate(times=Count("pk")).filter(times__gt=1)
    return frozenset(twice.values_list("charge_id", flat=True))


def returned_charges(charge_ids: Collection[int]) -> frozenset[int]:
    """Return those of some billed charges whose line was taken back while its invoice lives."""
    live = BillingClaim.objects.filter(charge__in=charge_ids).values("invoice_id")
    mirrored = InvoiceLine.objects.filter(charge__in=charge_ids, invoice__corrects__in=live)
    return frozenset(mirrored.values_list("charge_id", flat=True))


def creditable_lines(invoice: Invoice) -> list[Creditable]:
    """Return the lines of which something is left to credit, in order, each with load and charge.

    What credit notes for a difference returned of a charge is gone from its line, and no line
    returns more than all documents of the load still bill of its charge.
    """
    gone = credited_charges(invoice)
    lines = InvoiceLine.objects.exclude(charge__in=gone).select_related("load", "charge")
    adjusted = defaultdict(list)
    for row in lines.filter(invoice__corrects=invoice).order_by("invoice_id", "position"):
        adjusted[_billed(row)].append(row)
    found = [
        Creditable(line, adjusted[_billed(line)])
        for line in lines.filter(invoice=invoice).order_by("position")
    ]
    left = _left_of_loads({each.line.load_id for each in found})
    return [each for each in found if _is_left(each, left[_billed(each.line)])]


def _is_left(each: Creditable, left: Decimal) -> bool:
    return each.line.amount <= 0 or 0 < each.amount <= left


def left_on(invoice: Invoice) -> dict[Billed, Decimal]:
    """Return what an invoice and its credit notes together bill of each charge."""
    return _add_up(Q(invoice=invoice) | Q(invoice__corrects=invoice))


def _left_of_loads(load_ids: Collection[int]) -> dict[Billed, Decimal]:
    return _add_up(Q(load__in=load_ids))


def _add_up(lines: Q) -> dict[Billed, Decimal]:
    rows = InvoiceLine.objects.filter(lines).order_by()
    sums = rows.values_list("load_id", "charge__code", "charge__stop_id", "charge__occurrence")
    found: defaultdict[Billed, Decimal] = defaultdict(Decimal)
    for load_id, code, stop_id, occurrence, amount in sums.annotate(left=Sum("amount")):
        found[load_id, code, stop_id, occurrence] = amount
    return found


def _billed(row: InvoiceLine) -> Billed:
    return row.load_id, *row.charge.identity
