"""What a customer owes, by currency: amounts of two currencies are never added."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import Count, Q, QuerySet, Sum

from billing.models import InvoiceState
from web.lists.standing import OPEN_STATE, SOON


@dataclass(frozen=True, slots=True)
class Balance:
    """The open invoices of one currency."""

    currency: str
    open_amount: Decimal
    open_count: int
    soon_amount: Decimal
    soon_count: int
    overdue_amount: Decimal
    overdue_count: int


def balances(states: QuerySet[InvoiceState], *, today: date) -> list[Balance]:
    """Return what is open, due within seven days, and overdue, in one query of one index."""
    amount = "balance_amount"
    soon = Q(due_on__range=(today, today + SOON))
    overdue = Q(due_on__lt=today)
    rows = (
        states.filter(**OPEN_STATE)
        .values("currency")
        .annotate(
            open_amount=Sum(amount, default=0),
            open_count=Count("invoice"),
            soon_amount=Sum(amount, filter=soon, default=0),
            soon_count=Count("invoice", filter=soon),
            overdue_amount=Sum(amount, filter=overdue, default=0),
            overdue_count=Count("invoice", filter=overdue),
        )
        .order_by("currency")
    )
    return [Balance(**row) for row in rows]
