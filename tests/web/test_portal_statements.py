"""The statement of account: what is open by currency and age, printable and safe to open."""

import csv
import io
from datetime import date, timedelta
from decimal import Decimal
from uuid import uuid4

import pytest
import time_machine

from accounts.operations.scoping import enter_staff_scope
from billing.operations.paying import Received, record_payment
from billing.queries.statements import OLDEST, Account, Item, age_of
from tests.factories import CustomerFactory, UserFactory
from tests.factories.doors import sign_in
from tests.web.portal import refer

pytestmark = pytest.mark.django_db

PAGE_QUERIES = 14


def table(browser) -> list[dict[str, str]]:
    answer = browser.get("/portal/statement.csv")
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    assert answer["Content-Disposition"].startswith("attachment")
    return list(csv.DictReader(io.StringIO(answer.content.decode())))


@pytest.mark.parametrize(
    ("days", "age"),
    [(0, "Not due"), (1, "1 to 30 days"), (30, "1 to 30 days"), (31, "31 to 60 days"),
     (60, "31 to 60 days"), (61, "61 to 90 days"), (90, "61 to 90 days"), (91, OLDEST)],
)  # fmt: skip
def test_an_age_ends_with_its_last_day(days: int, age: str) -> None:
    assert age_of(days) == age


def test_the_ages_together_are_what_is_open(issued, customer) -> None:
    items = tuple(Item(issued(customer), Decimal(10), days) for days in (0, 0, 45, 400))

    account = Account(customer, "USD", items, Decimal(15))

    assert [age.amount for age in account.ages] == [20, 0, 10, 0, 10]
    assert account.open_amount == 40
    assert account.owed_amount == 25


def test_what_is_open_is_listed_with_po_age_and_total(shipper, issued, customer, now) -> None:
    invoice = issued(customer)
    refer(invoice)

    with time_machine.travel(now + timedelta(days=75), tick=False):
        page = sign_in(shipper).get("/portal/statement/").content.decode()

    assert invoice.number in page
    assert "4500870731" in page
    assert "Balance $1,000.00" in page
    overdue = (now + timedelta(days=75)).date() - invoice.due_on
    assert f">{overdue.days}<" in page


def test_a_paid_invoice_leaves_and_what_was_paid_too_much_lessens_the_balance(
    shipper, issued, customer, now
) -> None:
    paid, still_open = issued(customer), issued(customer)
    too_much = Received(Decimal("1200.00"), "ACH", now.date())
    record_payment(paid, too_much, key=uuid4(), by="user:7", at=now)
    browser = sign_in(shipper)

    page = browser.get("/portal/statement/").content.decode()
    rows = table(browser)

    assert paid.number not in page
    assert "Balance $800.00" in page
    assert [(row["Invoice"], row["Balance"]) for row in rows] == [
        (still_open.number, "1000.00"), ("Unapplied payments", "-200.00"),
    ]  # fmt: skip


def test_two_companies_are_two_accounts(issued, customer) -> None:
    second = CustomerFactory(name="Harlan Paper")
    numbers = [issued(owner).number for owner in (customer, second)]
    person = UserFactory(role="customer", customers=(customer, second))

    page = sign_in(person).get("/portal/statement/").content.decode()

    assert page.count("Balance $1,000.00") == 2
    assert all(number in page for number in numbers)


def test_no_cell_of_the_csv_is_a_formula(shipper, issued, customer) -> None:
    refer(issued(customer), value="=HYPERLINK(1)")

    [row] = table(sign_in(shipper))

    assert row["PO"] == "'=HYPERLINK(1)"
    assert date.fromisoformat(row["Due"])


def test_nothing_open_is_said(shipper) -> None:
    page = sign_in(shipper).get("/portal/statement/").content.decode()

    assert "Every invoice that was issued to you is paid." in page


def test_the_statements_asked_do_not_grow_with_the_items(
    shipper, issued, customer, django_assert_num_queries
) -> None:
    issued(customer)
    browser = sign_in(shipper)
    with django_assert_num_queries(PAGE_QUERIES):
        browser.get("/portal/statement/")
    enter_staff_scope()
    for _ in range(3):
        issued(customer)

    with django_assert_num_queries(PAGE_QUERIES):
        browser.get("/portal/statement/")
