"""What a customer owes on a day: its open items by currency and how old they are."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Exists, OuterRef, Sum

from accounts.models import Customer, Principal
from billing.models import Invoice, InvoiceState, Payment, PaymentApplication

ZERO = Decimal("0.00")
OWED = (InvoiceState.Status.ISSUED, InvoiceState.Status.PART_PAID)
# Ages in days past due: how they are called, and the last day that belongs to each.
BUCKETS = (("Not due", 0), ("1 to 30 days", 30), ("31 to 60 days", 60), ("61 to 90 days", 90))
OLDEST = "Over 90 days"


@dataclass(frozen=True, slots=True)
class Item:
    """An open invoice; `days_overdue` is 0 until the day after it is due."""

    invoice: Invoice
    balance: Decimal
    days_overdue: int


@dataclass(frozen=True, slots=True)
class Age:
    """What is open of one age."""

    words: str
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Account:
    """The open items of a customer in one currency, the oldest due first.

    `unapplied` is money received that is set against no invoice; it lessens what is owed.
    """

    customer: Customer
    currency: str
    items: tuple[Item, ...]
    unapplied: Decimal

    @property
    def open_amount(self) -> Decimal:
        """Return what is open on invoices."""
        return sum((item.balance for item in self.items), ZERO)

    @property
    def owed_amount(self) -> Decimal:
        """Return what is to be paid; below zero it is the customer's money."""
        return self.open_amount - self.unapplied

    @property
    def credit_amount(self) -> Decimal:
        """Return the unapplied money as it lessens the balance."""
        return -self.unapplied

    @property
    def ages(self) -> tuple[Age, ...]:
        """Return what is open by age; together it is all that is open."""
        amounts: dict[str, Decimal] = defaultdict(lambda: ZERO)
        for item in self.items:
            amounts[age_of(item.days_overdue)] += item.balance
        return tuple(Age(words, amounts[words]) for words in (*(w for w, _ in BUCKETS), OLDEST))


def age_of(days_overdue: int) -> str:
    """Name the age that a count of days past due belongs to."""
    return next((words for words, last in BUCKETS if days_overdue <= last), OLDEST)


def statement_of(principal: Principal | Any, *, today: date) -> list[Account]:
    """Return the accounts with something open or unapplied, by customer and currency.

    Four queries, however many items there are.
    """
    open_items = (
        Invoice.objects.for_user(principal)
        .filter(kind=Invoice.Kind.INVOICE, state__status__in=OWED)
        .select_related("state")
        .defer("snapshot")
        .order_by("due_on", "pk")
    )
    items: dict[tuple[int, str], list[Item]] = defaultdict(list)
    for invoice in open_items:
        overdue = max((today - invoice.due_on).days, 0)
        key = (invoice.customer_id, invoice.currency)
        items[key].append(Item(invoice, invoice.state.balance_amount, overdue))
    unapplied = unapplied_by_account(principal)
    customers = Customer.objects.for_user(principal).in_bulk(
        [key[0] for key in {*items, *unapplied}]
    )
    accounts = [
        Account(
            customers[pk], currency, tuple(items[pk, currency]), unapplied.get((pk, currency), ZERO)
        )
        for pk, currency in {*items, *unapplied}
    ]
    return sorted(accounts, key=lambda account: (account.customer.name, account.currency))


def unapplied_by_account(principal: Principal | Any) -> Mapping[tuple[int, str], Decimal]:
    """Return the money received that is set against no invoice, by customer and currency."""
    is_void = Exists(Payment.objects.filter(voids=OuterRef("pk")))
    live = Payment.objects.for_user(principal).filter(~is_void, kind=Payment.Kind.RECEIVED)
    left = _sums(live)
    applied = PaymentApplication.objects.filter(payment__in=live)
    for key, amount in _sums(applied).items():
        left[key] -= amount
    return {key: amount for key, amount in left.items() if amount}


def _sums(rows: Any) -> dict[tuple[int, str], Decimal]:
    totals = rows.order_by().values("customer_id", "currency").annotate(total=Sum("amount"))
    return {(row["customer_id"], row["currency"]): row["total"] for row in totals}
