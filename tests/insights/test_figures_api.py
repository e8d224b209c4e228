"""Figures over HTTP: the very numbers of the page, for the carrier's own systems."""

from datetime import timedelta
from decimal import Decimal

import pytest
import time_machine
from django.test import Client

from accounts.models import Customer
from accounts.operations.keying import create_key
from accounts.operations.scoping import enter_staff_scope
from accounts.rules import Scope
from billing.models import Invoice
from billing.operations.invoicing import issue_invoice
from billing.operations.readiness import evaluate_load
from insights.queries.figures.telling import tell
from insights.rules.figures import FIGURES
from tests.factories import CustomerFactory
from tests.factories.billing import a_customer, delivered_load, found_carrier, publish_card
from tests.insights.cast import a_passage, november

pytestmark = pytest.mark.django_db

PATH = "/api/v1/insights/"
BOTH = (Scope.INVOICES_READ, Scope.COSTS_READ)
NOVEMBER = "period=custom&first_on=2026-11-01&last_on=2026-11-30"


@pytest.fixture(autouse=True)
def clock(now):
    """Stop the clock at Thursday afternoon."""
    with time_machine.travel(now, tick=False):
        yield


@pytest.fixture
def call(now):
    """Call as the carrier's system, or as that of a customer."""

    def call_as(path: str = "", *, of=None, scopes=(Scope.INVOICES_READ,)):
        at = now - timedelta(days=300)
        _, secret = create_key("BI", scopes=list(scopes), by="user:1", at=at, customer=of)
        answer = Client().get(f"{PATH}{path}", headers={"Authorization": f"Bearer {secret}"})
        enter_staff_scope()
        return answer

    return call_as


@pytest.fixture
def customer(now) -> Customer:
    """A customer with five loads invoiced after 1, 2, 3, 4 and 10 hours, and one of another's."""
    found_carrier()
    publish_card()
    billing = evaluate_load(delivered_load().pk, by="rule:readiness", at=now)
    invoice: Invoice = issue_invoice(billing, by="rule:straight-through", at=now)
    prairie = a_customer(code="PRFD-0042")
    for hours in (1, 2, 3, 4, 10):
        a_passage(invoice=invoice, customer=prairie, hours=hours)
    a_passage(invoice=invoice, hours=50, lane="TX-GA")
    return prairie


def test_every_figure_is_defined(call) -> None:
    told = call().json()

    assert [each["key"] for each in told] == [figure.key for figure in FIGURES]
    assert told[0]["formula"] == FIGURES[0].formula


@pytest.mark.parametrize("path", ["margin/", "margin/rows/"])
def test_a_margin_wants_a_scope_of_its_own_and_never_a_customers_key(path, call, customer) -> None:
    scopes = {"reader": (Scope.INVOICES_READ,), "both": BOTH}

    answers = {name: call(f"{path}?{NOVEMBER}", scopes=told) for name, told in scopes.items()}
    theirs = call(f"{path}?{NOVEMBER}", scopes=BOTH, of=customer)

    assert {name: each.status_code for name, each in answers.items()} == {
        "reader": 403, "both": 200,
    }  # fmt: skip
    assert (answers["reader"].json()["code"], theirs.json()["code"]) == ("scope", "staff_only")


@pytest.mark.parametrize("figure", FIGURES, ids=lambda figure: figure.key)
def test_a_figure_is_told_as_the_page_tells_it(figure, call, customer, now) -> None:
    answer = call(f"{figure.key}/?{NOVEMBER}", scopes=BOTH).json()

    told = tell(figure, november(now)).readings
    assert [(each["part"], each["n"], each["value"]) for each in answer["readings"]] == [
        (each.part, each.n, None if each.value is None else str(each.value)) for each in told
    ]
    assert (answer["zone"], answer["before_last_on"]) == ("America/Chicago", "2026-10-31")


def test_a_figure_is_narrowed_and_split(call, customer) -> None:
    key = "delivery-to-invoice"

    theirs = call(f"{key}/?{NOVEMBER}&customer=PRFD-0042").json()
    lanes = call(f"{key}/?{NOVEMBER}&by=lane").json()
    customers = call(f"{key}/?{NOVEMBER}&by=customer").json()

    assert (theirs["readings"][0]["n"], theirs["readings"][0]["value"]) == (5, "3.00")
    assert Decimal(theirs["readings"][0]["more"]["p90"]) == Decimal("7.60")
    assert [(each["group"], each["readings"][0]["n"]) for each in lanes["by"]] == [
        ("IL-OH", 5), ("TX-GA", 1),
    ]  # fmt: skip
    assert customers["by"][0]["group"] == "PRFD-0042"


def test_the_rows_behind_a_reading_are_as_many_as_it_says(call, customer) -> None:
    path = f"delivery-to-invoice/rows/?{NOVEMBER}"

    first = call(f"{path}&size=4").json()
    rest = call(f"{path}&size=4&cursor={first['next_cursor']}").json()

    rows = first["data"] + rest["data"]
    assert len(rows) == 6
    assert not rest["has_more"]
    assert {row["customer"] for row in rows} >= {"PRFD-0042"}
    assert all(row["number"] == row["load"] for row in rows)


@pytest.mark.parametrize("figure", FIGURES, ids=lambda figure: figure.key)
def test_rows_of_every_kind_are_listed(figure, call, customer, now) -> None:
    told = tell(figure, november(now)).readings
    part = told[0].part if told else ""

    answer = call(f"{figure.key}/rows/?{NOVEMBER}&part={part}", scopes=BOTH)

    assert answer.status_code == 200
    assert len(answer.json()["data"]) == (told[0].n if told else 0)


@pytest.mark.parametrize(
    ("path", "field", "code"),
    [
        ("dso/?period=year", "period", "invalid_choice"),
        ("dso/?period=custom&first_on=2026-11-02", "last_on", "bad_period"),
        ("dso/?from=2026-11-02", "from", "unknown_field"),
        ("dso/?customer=NOBODY", "customer", "unknown_customer"),
        ("dso/?lane=IL-OH", "lane", "not_narrowed"),
        ("messages-failed/?customer=PRFD-0042", "customer", "not_narrowed"),
        ("credit-rate/?by=customer", "by", "not_split"),
        ("dso/rows/?part=USD-7", "part", "unknown_part"),
        ("dso/rows/?size=x", "size", "invalid_size"),
    ],
)
def test_what_cannot_be_asked_is_refused_by_name(path, field, code, call, customer) -> None:
    answer = call(path)

    assert answer.status_code == 400
    assert [(each["field"], each["code"]) for each in answer.json()["errors"]] == [(field, code)]


def test_a_figure_that_is_none_is_not_found(call) -> None:
    assert call("dispute-rate/").status_code == 404


@pytest.mark.parametrize("path", ["", "dso/", "dso/rows/"])
def test_figures_are_the_carriers_own(path, call) -> None:
    assert call(path, of=CustomerFactory()).status_code == 403
    assert call(path, scopes=[Scope.LOADS_READ]).status_code == 403
