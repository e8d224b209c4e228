"""Backtests over HTTP, for the carrier's own systems alone."""

import csv
import json
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from accounts.operations.keying import create_key
from accounts.operations.scoping import enter_staff_scope
from accounts.rules import Scope
from insights.models import Backtest
from journal.rules.sheets import csv_lines
from tests.factories import CustomerFactory
from tests.insights.conftest import drafted

pytestmark = pytest.mark.django_db

RUNS = "/api/v1/backtests/"
client = Client()


@pytest.fixture
def call(db, now):
    """Call as the carrier's system, or as that of a customer."""

    def call_as(method: str, path: str = RUNS, *, of=None, scopes=None, **body: Any) -> Any:
        scopes = scopes or [Scope.RATES_READ, Scope.RATES_WRITE]
        at = now - timedelta(days=300)
        _, secret = create_key("BI", scopes=scopes, by="user:1", at=at, customer=of)
        response = client.generic(
            method,
            path,
            json.dumps(body) if method == "POST" else "",
            content_type="application/json",
            headers={"Authorization": f"Bearer {secret}", "Idempotency-Key": str(uuid4())},
        )
        enter_staff_scope()
        return response

    return call_as


@pytest.fixture
def period() -> dict[str, str]:
    return {"first_on": "2026-11-01", "last_on": "2026-11-30"}


def test_a_run_is_started_followed_and_read(call, rated, in_force, now, drain, period):
    load = rated(number="104882")
    draft = drafted(in_force, at=now)

    started = call("POST", version=draft.pk, **period)
    drain()

    assert (started.status_code, started.json()["status"]) == (202, "QUEUED")
    path = f"{RUNS}{started.json()['id']}/"
    told = call("GET", path).json()
    assert (told["status"], told["done_count"], told["changed_count"]) == ("DONE", 1, 1)
    assert (told["difference_amount"], told["version_label"]) == ("100.0000", str(draft))
    assert told["months"] == {"2026-11": {"loads": 1, "before": "1000.00", "after": "1100.00"}}
    [row] = call("GET", f"{path}differences/").json()["data"]
    assert (row["load"], row["code"], row["difference_amount"]) == (load.number, "LHS", "100.0000")
    assert call("GET", f"{path}problems/").json()["data"] == []
    assert [run["id"] for run in call("GET").json()["data"]] == [told["id"]]


def test_differences_are_paged_and_filtered(call, rated, in_force, now, drain, period):
    for number in range(3):
        rated(number=str(number))
    path = f"{RUNS}{call('POST', version=drafted(in_force, at=now).pk, **period).json()['id']}/"
    drain()

    first = call("GET", f"{path}differences/?size=2").json()
    rest = call("GET", f"{path}differences/?size=2&cursor={first['next_cursor']}").json()

    assert [row["load"] for row in first["data"] + rest["data"]] == ["2", "1", "0"]
    assert not rest["has_more"]
    assert [row["load"] for row in call("GET", f"{path}differences/?load=1").json()["data"]] == [
        "1"
    ]
    assert call("GET", f"{path}differences/?code=DET").json()["data"] == []
    assert call("GET", f"{path}problems/?side=NOWHERE").status_code == 400


def test_the_sheet_holds_every_difference_and_no_formula(call, rated, in_force, now, drain, period):
    rated(number="=HYPERLINK()"[:20])
    started = call("POST", version=drafted(in_force, at=now).pk, **period).json()
    drain()

    answer = call("GET", f"{RUNS}{started['id']}/differences.csv")

    headings, row = csv.reader(b"".join(answer.streaming_content).decode().splitlines())
    assert answer["Content-Type"] == "text/csv"
    assert headings[0] == "Load"
    assert row[0] == "'=HYPERLINK()"
    assert row[5:8] == ["1000.0000", "1100.0000", "100.0000"]


@pytest.mark.parametrize("starter", ["=", "+", "-", "@", "\t", "\r", "\n", "|", "%"])
def test_text_that_begins_a_formula_is_shown_as_text(starter):
    [line] = csv_lines([[f"{starter}1+1", -5]])

    [row] = csv.reader([line], strict=True)
    assert row[0].startswith(f"'{starter}"[:1])
    assert row[1] == "-5"


def test_a_run_is_cancelled_once(call, rated, in_force, now, period):
    rated()
    started = call("POST", version=drafted(in_force, at=now).pk, **period).json()

    cancelled = call("POST", f"{RUNS}{started['id']}/cancel/")
    again = call("POST", f"{RUNS}{started['id']}/cancel/")

    assert cancelled.json()["status"] == "CANCELLED"
    assert (again.status_code, again.json()["code"]) == (409, "backtest_over")


def test_a_customer_neither_starts_nor_sees_a_run(call, rated, in_force, now, drain, period):
    customer = CustomerFactory()
    draft = drafted(in_force, at=now)
    theirs = call("POST", version=draft.pk, **period).json()["id"]

    refused = call("POST", of=customer, version=draft.pk, **period)
    assert (refused.status_code, refused.json()["code"]) == (403, "staff_only")
    assert call("GET", of=customer).json()["data"] == []
    for path in ("", "differences/", "problems/", "differences.csv"):
        assert call("GET", f"{RUNS}{theirs}/{path}", of=customer).status_code == 404
    assert call("POST", f"{RUNS}{theirs}/cancel/", of=customer).status_code == 403
    assert Backtest.objects.get().status == "QUEUED"


def test_a_key_that_reads_starts_nothing(call, in_force, period):
    refused = call("POST", scopes=[Scope.RATES_READ], version=in_force.pk, **period)

    assert (refused.status_code, refused.json()["code"]) == (403, "scope")


@pytest.mark.parametrize(
    ("fields", "field", "code"),
    [
        ({"version": 999_999}, "version", "unknown_version"),
        ({"against": 999_999}, "against", "unknown_version"),
        ({"against": "itself"}, "against", "same_version"),
        ({"version": "six"}, "version", "invalid"),
        ({"version": None}, "version", "null"),
        ({"customer": "NOBODY-1"}, "customer", "unknown_customer"),
        ({"last_on": "2026-10-31"}, "last_on", "period_reversed"),
        ({"first_on": "then"}, "first_on", "invalid"),
        ({"first_on": "0001-01-01"}, "first_on", "day_out_of_range"),
        ({"last_on": "9999-12-31"}, "last_on", "day_out_of_range"),
        ({"until": "2026-10-31"}, "until", "unknown_field"),
    ],
)
def test_bad_input_gets_one_clear_sentence(call, in_force, period, fields, field, code):
    told = {name: in_force.pk if value == "itself" else value for name, value in fields.items()}

    answer = call("POST", **({"version": in_force.pk} | period | told))

    assert answer.status_code == 400
    assert (answer.json()["field"], answer.json()["code"]) == (field, code)
    assert answer.json()["detail"]
