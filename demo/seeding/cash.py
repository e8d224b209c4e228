"""What customers have paid by now, each after its own habit."""

from datetime import date, datetime, time, timedelta
from decimal import Decimal
from random import Random
from uuid import NAMESPACE_URL, uuid5
from zoneinfo import ZoneInfo

from django.db import transaction

from accounts.models import User
from accounts.rules import Role
from billing.models import Invoice, Payment
from billing.operations.paying import Received, record_payment
from demo.seeding.crew import Member, work_together

# How many days after the due date a customer pays; the others are on time, give or take.
HABITS = {"VNTG-0031": 19, "HRLN-0008": 8, "CRSC-0029": 5, "LKSH-0017": -3}
USUAL, SPREAD = 0, 3
# One payment in so many is short by a deduction that nobody has cleared yet.
SHORT_IN, SHORT = 37, Decimal("75.00")
BOOKED_AT = time(11, 20)


def seed_payments(*, now: datetime) -> None:
    """Keep the payments that have come in, in as many processes as the machine has cores for."""

    def pay(member: Member) -> None:
        with transaction.atomic():
            biller = User.objects.get(groups__name=Role.BILLER)
            owed = Invoice.objects.filter(kind=Invoice.Kind.INVOICE, total_amount__gt=0).order_by(
                "sequence"
            )
            for invoice in owed.select_related("customer", "entity"):
                if member.takes(invoice.sequence):
                    _pay(invoice, by=biller.actor, now=now)

    work_together(pay)


def _pay(invoice: Invoice, *, by: str, now: datetime) -> None:
    random = Random(invoice.number)  # noqa: S311  a habit, not a secret
    on = paid_on(invoice, random)
    at = datetime.combine(on, BOOKED_AT, ZoneInfo(invoice.entity.timezone))
    if at > now:
        return
    is_short = invoice.sequence % SHORT_IN == 0 and invoice.total_amount > SHORT
    amount = invoice.total_amount - (SHORT if is_short else 0)
    method, prefix = random.choice(((Payment.Method.ACH, "trace "), (Payment.Method.CHECK, "")))
    received = Received(
        amount, method, on, reference=f"{prefix}{random.randrange(200_000, 900_000)}"
    )
    record_payment(invoice, received, key=uuid5(NAMESPACE_URL, invoice.number), by=by, at=at)


def paid_on(invoice: Invoice, random: Random) -> date:
    """Return the day on which an invoice is paid: never before it was issued."""
    habit = HABITS.get(invoice.customer.code, USUAL)
    on = invoice.due_on + timedelta(days=habit + random.randint(-SPREAD, SPREAD))
    return max(on, invoice.issued_on + timedelta(days=1))
