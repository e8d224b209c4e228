"""Bring the state of an issued invoice in line with what was paid and credited.

The balance is never counted up or down: it is what was billed, less what credit notes return, less
what is applied. The database adds the same rows up at commit.
"""

from datetime import datetime
from decimal import Decimal

from django.db import connection

from billing.models import Invoice, InvoiceState, Payment, PaymentApplication
from billing.queries.cash import applied_to, owed_on
from journal.operations.lifecycle import advance
from journal.operations.recording import record

Status = InvoiceState.Status
ZERO = Decimal("0.00")


def lock_state(invoice: Invoice) -> InvoiceState:
    """Lock the state of an invoice for the rest of the transaction: whoever pays or credits it."""
    rows = InvoiceState.objects.select_related("invoice__customer")
    return rows.select_for_update(of=("self",)).get(invoice=invoice)


def hold_payment(payment: Payment) -> None:
    """Let nobody else spend or void the payment for the rest of the transaction.

    Its row is never changed, so it cannot be locked; the database's own check at commit waits for
    the same key. Taken after the states of invoices, as that check comes after them.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(hashtext('billing_payment ' || %s))", [payment.pk]
        )


def settle(
    state: InvoiceState, *, by: str, at: datetime, reason: str = "", credited: Decimal = ZERO
) -> InvoiceState:
    """Write balance and status of a locked state; `credited` is what a note is about to return."""
    applied = applied_to(state.invoice)
    balance = owed_on(state.invoice) - credited - applied
    status = _status(balance, applied)
    if status != state.status:
        return advance(state, status, by=by, at=at, reason=reason, balance_amount=balance)
    if balance != state.balance_amount:
        old, state.balance_amount = state.balance_amount, balance
        state.save(update_fields=["balance_amount"])
        record(
            "invoice.balance_changed", subject=state.invoice, by=by, at=at, reason=reason,
            old={"balance_amount": old}, new={"balance_amount": balance},
            payload={"number": state.invoice.number},
        )  # fmt: skip
    return state


def _status(balance: Decimal, applied: Decimal) -> str:
    if not balance:
        return Status.PAID
    return Status.PART_PAID if applied else Status.ISSUED


def free_cash(
    invoice: Invoice,
    *,
    amount: Decimal | None = None,
    of: Payment | None = None,
    reason: str,
    by: str,
    at: datetime,
) -> Decimal:
    """Take what is applied to the invoice back, the newest payment first; return how much.

    All of it unless an `amount` is given, of one payment only when `of` names it. The money stays
    the customer's, unapplied. The caller holds the state and settles it.
    """
    rows: list[PaymentApplication] = []
    freed = ZERO
    for payment_id, applied in reversed(_by_payment(invoice)):
        part = applied if amount is None else min(amount - freed, applied)
        if part <= 0 or (of is not None and payment_id != of.pk):
            continue
        freed += part
        rows.append(
            PaymentApplication(
                payment_id=payment_id, invoice=invoice, customer_id=invoice.customer_id,
                amount=-part, currency=invoice.currency, reason=reason, applied_by=by,
                applied_at=at,
            )
        )  # fmt: skip
    PaymentApplication.objects.bulk_create(rows)
    if rows:
        record(
            "payment.freed", subject=invoice, by=by, at=at, reason=reason,
            payload={"number": invoice.number, "amount": str(freed)},
        )  # fmt: skip
    return freed


def free_beyond(
    state: InvoiceState, credited: Decimal, *, reason: str, by: str, at: datetime
) -> None:
    """Free what is paid beyond what stays owed once `credited` is returned."""
    excess = applied_to(state.invoice) - (owed_on(state.invoice) - credited)
    if excess > 0:
        free_cash(state.invoice, amount=excess, reason=reason, by=by, at=at)


def _by_payment(invoice: Invoice) -> list[tuple[int, Decimal]]:
    """Return what of each payment is applied to the invoice, the oldest payment first."""
    found: dict[int, Decimal] = {}
    rows = PaymentApplication.objects.filter(invoice=invoice).order_by("payment_id")
    for payment_id, amount in rows.values_list("payment_id", "amount"):
        found[payment_id] = found.get(payment_id, ZERO) + amount
    return list(found.items())
