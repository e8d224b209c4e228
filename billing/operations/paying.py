"""Keep money that came in, set it against invoices, and take an entry back by its mirror."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from uuid import UUID
from zoneinfo import ZoneInfo

from billing.models import Invoice, InvoiceState, Payment, PaymentApplication
from billing.operations.settling import free_cash, hold_payment, lock_state, settle
from billing.queries.cash import left_of
from journal.operations.recording import record
from rating.engine.money import minor_units

Status = InvoiceState.Status
LONGEST_AGO = timedelta(days=3660)


class NotPayable(Exception):
    """Nothing can be set against the document; says why."""

    status = 409
    code = "not_payable"


class NotVoidable(Exception):
    """The entry cannot be taken back; says why."""

    status = 409
    code = "not_voidable"


class BadPayment(Exception):
    """What was told of a payment cannot be; `field` names what to mend."""

    status = 422
    code = "bad_payment"

    def __init__(self, sentence: str, *, field: str) -> None:
        self.field = field
        super().__init__(sentence)


@dataclass(frozen=True, slots=True)
class Received:
    """A payment as somebody tells it: the amount in the invoice's currency."""

    amount: Decimal
    method: str
    received_on: date
    reference: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Paid:
    """What became of a payment: how much was set against the invoice, how much is left over."""

    payment: Payment
    applied: Decimal
    unapplied: Decimal


def record_payment(
    invoice: Invoice, received: Received, *, key: UUID, by: str, at: datetime
) -> Paid:
    """Keep a payment and set it against `invoice`, up to its balance.

    What is more stays the customer's unapplied cash. The same key again is the same payment.

    Raises:
        BadPayment: the amount or the day cannot be, or the key was used for another payment.
        NotPayable: nothing is owed on the document.
    """
    state = lock_state(invoice)
    if known := Payment.objects.filter(key=key).first():
        return _told_again(known, invoice, received)
    _check(received, invoice, at=at)
    _refuse_settled(state)
    payment = Payment.objects.create(
        key=key, customer=invoice.customer, method=received.method, amount=received.amount,
        reference=received.reference, received_on=received.received_on, note=received.note,
        currency=invoice.currency, recorded_by=by, recorded_at=at,
    )  # fmt: skip
    record(
        "payment.recorded", subject=payment, by=by, at=at,
        new={"amount": payment.amount, "method": payment.method, "reference": payment.reference},
        payload={"uid": str(payment.uid), "number": invoice.number},
    )  # fmt: skip
    applied = _apply(payment, state, left=payment.amount, by=by, at=at)
    return Paid(payment, applied, payment.amount - applied)


def apply_cash(payment: Payment, invoice: Invoice, *, by: str, at: datetime) -> Decimal:
    """Set what is left of a payment against an invoice, up to its balance; return how much.

    Raises:
        BadPayment: it is another customer's or another currency's, or nothing is left of it.
        NotPayable: nothing is owed on the document.
    """
    state = lock_state(invoice)
    if (payment.customer_id, payment.currency) != (invoice.customer_id, invoice.currency):
        raise BadPayment("That payment is of another customer or currency.", field="payment")
    hold_payment(payment)
    left = left_of(payment)
    if left <= 0:
        raise BadPayment("Nothing is left of that payment.", field="payment")
    _refuse_settled(state)
    return _apply(payment, state, left=left, by=by, at=at)


def void_payment(payment: Payment, *, reason: str, by: str, at: datetime) -> Payment:
    """Take a payment back by its mirror; return that. What it paid is owed again.

    Raises:
        BadPayment: the reason is empty.
        NotVoidable: it is voided already, or is a void itself.
    """
    reason = reason.strip()
    if not reason:
        raise BadPayment("Say why: the reason stays with the payment.", field="reason")
    invoices = Invoice.objects.filter(applications__payment=payment).distinct().order_by("pk")
    states = [lock_state(invoice) for invoice in invoices.select_related("customer")]
    hold_payment(payment)
    if {state.invoice_id for state in states} != set(invoices.values_list("pk", flat=True)):
        raise NotVoidable("The payment was set against another invoice just now. Look again.")
    if payment.kind == Payment.Kind.VOID or Payment.objects.filter(voids=payment).exists():
        raise NotVoidable("This payment is taken back already.")
    mirror = Payment.objects.create(
        kind=Payment.Kind.VOID, voids=payment, customer_id=payment.customer_id,
        method=payment.method, reference=payment.reference, received_on=payment.received_on,
        amount=-payment.amount, currency=payment.currency, note=reason, recorded_by=by,
        recorded_at=at,
    )  # fmt: skip
    record(
        "payment.voided", subject=payment, by=by, at=at, reason=reason,
        payload={"uid": str(payment.uid), "mirror": str(mirror.uid)},
    )  # fmt: skip
    for state in states:
        _take_back(payment, state, reason=reason, by=by, at=at)
    return mirror


def _check(received: Received, invoice: Invoice, *, at: datetime) -> None:
    places = minor_units(invoice.currency)
    if not received.amount.is_finite() or received.amount <= 0:
        raise BadPayment("An amount above zero came in.", field="amount")
    if received.amount != round(received.amount, places):
        raise BadPayment(f"{invoice.currency} has {places} decimals.", field="amount")
    if received.method not in Payment.Method.values:
        raise BadPayment("Say how it came.", field="method")
    today = at.astimezone(ZoneInfo(invoice.entity.timezone)).date()
    if received.received_on > today:
        raise BadPayment("That day is still to come.", field="received_on")
    if today - received.received_on > LONGEST_AGO:
        raise BadPayment("That day is more than ten years ago.", field="received_on")


def _told_again(payment: Payment, invoice: Invoice, received: Received) -> Paid:
    """Answer a second click with the payment of the first; a key used for another is refused."""
    rows = payment.applications.filter(invoice=invoice, amount__gt=0)
    is_same = (payment.amount, payment.method) == (received.amount, received.method)
    if not is_same or not rows.exists():
        raise BadPayment("This key was used for another payment.", field="key")
    applied = min(sum((row.amount for row in rows), Decimal(0)), payment.amount)
    return Paid(payment, applied, payment.amount - applied)


def _refuse_settled(state: InvoiceState) -> None:
    number = state.invoice.number
    if state.invoice.kind == Invoice.Kind.CREDIT_NOTE:
        raise NotPayable(f"{number} is a credit note: nothing is owed on it.")
    if state.status == Status.CREDITED:
        raise NotPayable(f"{number} is credited: nothing is owed on it.")
    if state.balance_amount <= 0:
        raise NotPayable(f"{number} is paid already.")


def _apply(
    payment: Payment, state: InvoiceState, *, left: Decimal, by: str, at: datetime
) -> Decimal:
    amount = min(left, state.balance_amount)
    PaymentApplication.objects.create(
        payment=payment, invoice=state.invoice, customer_id=payment.customer_id, amount=amount,
        currency=payment.currency, applied_by=by, applied_at=at,
    )  # fmt: skip
    record(
        "payment.applied", subject=state.invoice, by=by, at=at,
        payload={
            "number": state.invoice.number, "uid": str(payment.uid), "amount": str(amount),
            "method": payment.method, "reference": payment.reference,
        },
    )  # fmt: skip
    settle(state, by=by, at=at)
    return amount


def _take_back(
    payment: Payment, state: InvoiceState, *, reason: str, by: str, at: datetime
) -> None:
    """Mirror what is applied to one invoice; nothing where it was freed before."""
    free_cash(state.invoice, of=payment, reason=reason, by=by, at=at)
    if state.status != Status.CREDITED:
        settle(state, by=by, at=at, reason=reason)
