"""What is owed, what is paid and what is left over: each derived from its rows."""

from dataclasses import dataclass
from decimal import Decimal

from django.db.models import F, OuterRef, Q, Subquery, Sum
from django.db.models.functions import Coalesce

from billing.models import Invoice, Payment, PaymentApplication

ZERO = Decimal("0.00")


@dataclass(frozen=True, slots=True)
class PaymentRow:
    """One payment as the page of an invoice shows it: how much of it is set against it."""

    payment: Payment
    applied: Decimal

    @property
    def is_void(self) -> bool:
        """Tell whether the payment was taken back."""
        return hasattr(self.payment, "voided_by")


def owed_on(invoice: Invoice) -> Decimal:
    """Return what was billed less what credit notes return; nothing on a credit note."""
    if invoice.kind == Invoice.Kind.CREDIT_NOTE:
        return ZERO
    return invoice.total_amount - credited_of(invoice)


def credited_of(invoice: Invoice) -> Decimal:
    """Return what credit notes took back of an invoice, as a positive amount."""
    notes = invoice.corrected_by.filter(kind=Invoice.Kind.CREDIT_NOTE)
    returned: Decimal = notes.aggregate(total=Sum("total_amount", default=ZERO))["total"]
    return -returned


def applied_to(invoice: Invoice) -> Decimal:
    """Return what is paid of an invoice."""
    rows = PaymentApplication.objects.filter(invoice=invoice)
    total: Decimal = rows.aggregate(total=Sum("amount", default=ZERO))["total"]
    return total


def left_of(payment: Payment) -> Decimal:
    """Return what of a payment is set against no invoice; nothing of one that was voided."""
    received: Decimal = Payment.objects.filter(Q(pk=payment.pk) | Q(voids=payment)).aggregate(
        total=Sum("amount")
    )["total"]
    applied: Decimal = payment.applications.aggregate(total=Sum("amount", default=ZERO))["total"]
    return received - applied


def unapplied_cash(customer_id: int, *, currency: str) -> list[tuple[Payment, Decimal]]:
    """Return the customer's payments with something left over, the oldest first, in one query."""
    applied = (
        PaymentApplication.objects.filter(payment=OuterRef("pk"))
        .values("payment")
        .annotate(total=Sum("amount"))
        .values("total")
    )
    live = Payment.objects.filter(
        customer_id=customer_id, currency=currency, kind=Payment.Kind.RECEIVED, voided_by=None
    )
    rows = live.annotate(left=F("amount") - Coalesce(Subquery(applied), ZERO)).filter(left__gt=0)
    return [(row, row.left) for row in rows.order_by("received_on", "pk")]


def payments_of(invoice: Invoice) -> list[PaymentRow]:
    """Return the payments that were ever set against an invoice, newest first."""
    rows = (
        Payment.objects.filter(applications__invoice=invoice)
        .annotate(
            applied=Sum("applications__amount", filter=Q(applications__invoice=invoice)),
        )
        .select_related("voided_by")
    )
    return [PaymentRow(row, row.applied) for row in rows.order_by("-received_on", "-pk")]
