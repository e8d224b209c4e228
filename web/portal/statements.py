"""The statement of account: what is open, how old it is, to print and to take home."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from itertools import chain

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from billing.queries.statements import Account, Item, age_of, statement_of
from journal.rules.sheets import csv_lines
from web.access import portal, signed_in
from web.portal.invoices import orders_of
from web.templatetags.clocks import in_zone

HEADS = (
    "Account", "Name", "Invoice", "PO", "Issued", "Due", "Days overdue", "Age", "Currency",
    "Invoiced", "Balance",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Sheet:
    """An account and its open items, each with the customer's purchase orders."""

    account: Account
    items: list[tuple[Item, tuple[str, ...]]]


@portal
@require_safe
def statement_page(request: HttpRequest) -> HttpResponse:
    """Show the open items on the reader's day."""
    accounts, today = _read(request)
    context = {"sheets": _sheets(accounts), "today": today}
    return render(request, "portal/statement.html", context)


@portal
@require_safe
def statement_csv(request: HttpRequest) -> HttpResponse:
    """Send the same items as a table that no spreadsheet takes for formulas."""
    accounts, today = _read(request)
    lines = csv_lines(chain([HEADS], _rows(accounts)))
    response = HttpResponse("".join(lines), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="statement-{today}.csv"'
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    return response


def _sheets(accounts: list[Account]) -> list[Sheet]:
    """Put the purchase orders beside the items, in one query."""
    orders = orders_of(item.invoice for account in accounts for item in account.items)
    return [
        Sheet(account, [(item, orders.get(item.invoice.pk, ())) for item in account.items])
        for account in accounts
    ]


def _read(request: HttpRequest) -> tuple[list[Account], date]:
    user = signed_in(request)
    today = in_zone(timezone.now(), user.timezone).date()
    return statement_of(user, today=today), today


def _rows(accounts: list[Account]) -> Iterator[tuple[object, ...]]:
    """Yield a row for each open item, and one for money that is set against none."""
    for sheet in _sheets(accounts):
        account, customer = sheet.account, sheet.account.customer
        for item, orders in sheet.items:
            invoice, late = item.invoice, item.days_overdue
            yield (
                customer.code, customer.name, invoice.number, " ".join(orders),
                invoice.issued_on, invoice.due_on, late, age_of(late), account.currency,
                invoice.total_amount, item.balance,
            )  # fmt: skip
        if account.unapplied:
            yield (
                customer.code, customer.name, "Unapplied payments", "", "", "", "", "",
                account.currency, "", account.credit_amount,
            )  # fmt: skip
