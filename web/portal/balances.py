"""What a customer owes, by currency: amounts of two currencies are never added."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import Count, Q, QuerySet, Sum

from billing.models import Invoice
from web.lists.standing import IS_OPEN, SOON


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


def balances(invoices: QuerySet[Invoice], *, today: date) -> list[Balance]:
    """Return what is open, due within seven days, and overdue, in one query."""
    amount = "state__balance_amount"
    soon = Q(due_on__range=(today, today + SOON))
    overdue = Q(due_on__lt=today)
    rows = (
        invoices.filter(IS_OPEN)
        .values("currency")
        .annotate(
            open_amount=Sum(amount, default=0),
            open_count=Count("pk"),
            soon_amount=Sum(amount, filter=soon, default=0),
            soon_count=Count("pk", filter=soon),
            overdue_amount=Sum(amount, filter=overdue, default=0),
            overdue_count=Count("pk", filter=overdue),
        )
        .order_by("currency")
    )
    return [Balance(**row) for row in rows]
