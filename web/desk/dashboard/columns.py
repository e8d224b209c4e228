"""The columns of the rows behind figures: one table for the page and for the file."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.urls import reverse

from insights.rules.figures import Rows
from rating.engine.money import round_rate
from web.lists.exports import Cell
from web.lists.keyset import Ordering
from web.templatetags.clocks import day, in_zone, moment_bare, zone_of
from web.templatetags.figures import amount
from web.templatetags.statuses import look_of

Value = Callable[[Any], Any]


@dataclass(frozen=True, slots=True)
class Column:
    """One column: head, value of a row, and for the first one the page behind the row."""

    head: str
    value: Value
    href: Value | None = None
    is_number: bool = False
    is_instant: bool = False

    def head_in(self, zone: str) -> str:
        """Return the head; that of instants names the zone."""
        return f"{self.head}, {zone_of(zone)}" if self.is_instant else self.head


def instant(head: str, name: str) -> Column:
    """Return a column of instants."""
    return Column(head, lambda row: getattr(row, name), is_instant=True)


@dataclass(frozen=True, slots=True)
class Listing:
    """How the rows of one kind are read, ordered and shown."""

    columns: tuple[Column, ...]
    ordering: Ordering
    related: tuple[str, ...]
    deferred: tuple[str, ...] = ()


def load_of(row: Any) -> str:
    """Return the address of a row's load."""
    return reverse("desk:load", args=[row.load.number]) if row.load_id else ""


def span(begin: str, end: str) -> Value:
    """Return the hours between two instants of a row; None where one is missing."""

    def hours(row: Any) -> Decimal | None:
        first, last = getattr(row, begin), getattr(row, end)
        if first is None or last is None:
            return None
        length = max(last - first, timedelta(0))
        return round_rate(Decimal(int(length.total_seconds())) / 3600, 1)

    return hours


def _customer(row: Any) -> str:
    return row.customer.name if row.customer_id else ""


def _number(row: Any) -> str:
    return row.load.number if row.load_id else ""


def _claimed_by(charge: Any) -> str:
    return charge.claim.invoice.number if hasattr(charge, "claim") else ""


LOAD = Column("Load", _number, load_of)
CUSTOMER = Column("Customer", _customer)

LISTINGS: Mapping[Rows, Listing] = {
    Rows.LOADS: Listing(
        (
            LOAD, CUSTOMER,
            Column("Lane", lambda row: row.lane.replace("-", " to ")),
            instant("Dispatched", "dispatched_at"),
            instant("Delivered", "delivered_at"),
            instant("Proof on file", "pod_at"),
            instant("Ready", "ready_at"),
            instant("First invoiced", "issued_at"),
            instant("Posted", "posted_at"),
            Column("Hours to invoice", span("delivered_at", "issued_at"), is_number=True),
            Column("Stepped in", lambda row: row.get_touch_display()),
        ),
        Ordering("pk"),
        ("load", "customer"),
    ),
    Rows.WAITING: Listing(
        (
            LOAD, CUSTOMER,
            Column("State", lambda row: look_of("billing", row.status).word),
            instant("Over since", "over_at"),
            Column("Amount", lambda row: row.total_amount, is_number=True),
            Column("Currency", lambda row: row.currency),
            Column("Held because", lambda row: row.hold_reason),
        ),
        Ordering("over_at", is_descending=False),
        ("load", "customer"),
    ),
    Rows.BLOCKERS: Listing(
        (
            LOAD, CUSTOMER,
            Column("What is missing", lambda row: row.message),
            instant("Blocked since", "opened_at"),
            instant("Due", "due_at"),
            Column("Owner", lambda row: row.owner_group),
        ),
        Ordering("opened_at", is_descending=False),
        ("load", "customer"),
    ),
    Rows.CASES: Listing(
        (
            Column(
                "Case", lambda row: row.number,
                lambda row: reverse("desk:case", args=[row.number]),
            ),
            Column("What", lambda row: row.title),
            CUSTOMER,
            Column("Load", _number, load_of),
            instant("Opened", "opened_at"),
            instant("Due", "due_at"),
            instant("Snoozed until", "snoozed_until"),
            Column("Owner", lambda row: row.assignee.name if row.assignee else row.owner_group),
        ),
        Ordering("opened_at", is_descending=False),
        ("load", "customer", "assignee"),
    ),
    Rows.INVOICES: Listing(
        (
            Column(
                "Document", lambda row: row.number,
                lambda row: reverse("desk:invoice", args=[row.number]),
            ),
            CUSTOMER,
            Column("Kind", lambda row: row.get_kind_display()),
            Column("Issued", lambda row: row.issued_on),
            Column("Due", lambda row: row.due_on),
            Column("Total", lambda row: row.total_amount, is_number=True),
            Column("Balance", lambda row: row.state.balance_amount, is_number=True),
            Column("Currency", lambda row: row.currency),
            Column("ERP", lambda row: look_of("erp", row.state.erp_status).word),
        ),
        Ordering("due_on", is_descending=False),
        ("customer", "state"),
        ("snapshot",),
    ),
    Rows.CHARGES: Listing(
        (
            LOAD, CUSTOMER,
            Column("Charge", lambda row: row.description),
            Column("Code", lambda row: row.code),
            instant("Arose", "created_at"),
            Column("State", lambda row: look_of("charge", row.status).word),
            Column("Invoice", _claimed_by),
            Column("Amount", lambda row: row.amount, is_number=True),
            Column("Currency", lambda row: row.currency),
            Column("Reason", lambda row: row.reason),
        ),
        Ordering("pk"),
        ("load", "customer", "claim__invoice"),
        ("explanation", "claim__invoice__snapshot"),
    ),
    Rows.MESSAGES: Listing(
        (
            Column(
                "Message", lambda row: row.external_id,
                lambda row: reverse("desk:message", args=[row.pk]),
            ),
            Column("Source", lambda row: row.source.name),
            instant("Received", "received_at"),
            Column("State", lambda row: look_of("message", row.status).word),
            Column("Load", _number, load_of),
            Column("Reason", lambda row: row.reason),
        ),
        Ordering("received_at"),
        ("source", "load"),
        ("body", "headers"),
    ),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Shown:
    """A cell as a page shows it."""

    head: str
    words: str
    href: str
    is_number: bool


def shown(column: Column, row: Any, zone: str) -> Shown:
    """Return a cell in words, instants on the clock of `zone`."""
    href = column.href(row) if column.href else ""
    return Shown(column.head, _words(column.value(row), zone), href, column.is_number)


def _words(value: Any, zone: str) -> str:
    if isinstance(value, datetime):
        return moment_bare(value, zone)
    if isinstance(value, date):
        return day(value)
    return amount(value) if isinstance(value, Decimal) else str(value or "")


def filed(column: Column, row: Any, zone: str) -> Cell:
    """Return a cell for a file, instants on the clock of `zone`."""
    value = column.value(row)
    if isinstance(value, datetime):
        return in_zone(value, zone)
    return value.isoformat() if isinstance(value, date) else value


def heads(listing: Listing, zone: str) -> list[str]:
    """Return the heads; those of instants name the zone."""
    return [column.head_in(zone) for column in listing.columns]
