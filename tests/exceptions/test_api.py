"""Cases over HTTP: read by the carrier's own systems, never by a customer's."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.operations.keying import create_key
from accounts.operations.scoping import enter_staff_scope
from accounts.rules import Scope
from exceptions.operations.commenting import comment_on_case
from tests.factories import LoadFactory
from tests.factories.exceptions import CaseFactory

pytestmark = pytest.mark.django_db

CASES = "/api/v1/cases/"
client = Client()


@pytest.fixture
def get(now):
    """Ask as a system of the carrier's."""
    _, secret = create_key("BI", scopes=[Scope.CASES_READ], by="user:1", at=now)
    return asker(secret)


def asker(secret: str):
    def get(path: str = CASES, **parameters: Any) -> Any:
        headers = {"Authorization": f"Bearer {secret}"}
        answer = client.get(path, parameters, headers=headers)
        enter_staff_scope()
        return answer

    return get


def numbers(answer) -> list[str]:
    return [case["number"] for case in answer.json()["data"]]


@pytest.fixture
def case(now):
    return CaseFactory(
        kind="pod_missing", subject_key="load:104882", load=LoadFactory(number="104882"),
        value_amount=Decimal("1652.01"), detail={"place": "stop 3"},
        evidence=[{"fact": "POD", "value": "None"}], at=now,
    )  # fmt: skip


def test_a_case_is_listed_with_its_links_and_its_risk(get, case) -> None:
    (told,) = get().json()["data"]
    assert told["number"] == case.number
    assert told["title"] == "Proof of delivery missing, stop 3"
    assert (told["load"], told["customer"]) == ("104882", case.customer.code)
    assert (told["value_amount"], told["currency"]) == ("1652.01", "USD")
    assert (told["owner_group"], told["assignee"]) == ("biller", None)
    assert 0 < told["risk"] <= 100


def test_a_case_is_shown_with_evidence_advice_points_and_trail(get, case, biller, now) -> None:
    comment_on_case(case, comment="Asked the driver.", by=biller.actor, at=now)
    told = get(f"{CASES}{case.number}/").json()
    assert told["evidence"] == [{"fact": "POD", "value": "None", "source": "", "check": ""}]
    assert told["advice"].startswith("Upload the signed proof")
    assert told["detail"] == {"place": "stop 3"}
    assert sum(point["points"] for point in told["risk_points"]) == told["risk"]
    assert [(entry["action"], entry["comment"]) for entry in told["entries"]] == [
        ("opened", "Proof of delivery missing, stop 3"),
        ("commented", "Asked the driver."),
    ]


def test_pages_follow_each_other_without_a_gap(get, now) -> None:
    made = [CaseFactory(at=now).number for _ in range(5)]
    first = get(size=2)
    second = get(size=2, cursor=first.json()["next_cursor"])
    third = get(size=2, cursor=second.json()["next_cursor"])
    assert numbers(first) + numbers(second) + numbers(third) == made[::-1]
    assert third.json()["has_more"] is False


def test_the_list_is_narrowed_by_what_a_system_asks_for(get, case, now) -> None:
    late = CaseFactory(at=now - timedelta(days=2))
    assert numbers(get(kind="pod_missing")) == [case.number]
    assert numbers(get(kind=["pod_missing", "time_order"])) == [late.number, case.number]
    assert numbers(get(load="104882")) == [case.number]
    assert numbers(get(owner_group="dispatcher")) == [late.number]
    assert numbers(get(is_blocking="true")) == [case.number]
    assert numbers(get(due_before=now.isoformat())) == [late.number]
    assert numbers(get(status="CLOSED")) == []


@pytest.mark.parametrize(
    ("parameter", "code"),
    [
        ({"kind": "lost_wallet"}, "invalid_choice"),
        ({"due_before": "notadate"}, "invalid"),
        ({"colour": "red"}, "unknown_parameter"),
        ({"cursor": "x"}, "invalid_cursor"),
        ({"status": "\x00"}, None),
    ],
)
def test_what_cannot_be_read_is_refused_by_name(get, parameter, code) -> None:
    answer = get(**parameter)
    assert answer.status_code == 400
    assert answer["Content-Type"] == "application/problem+json"
    (name,) = parameter
    assert answer.json()["field"] == name
    assert code in (None, answer.json()["code"])


def test_an_unknown_case_is_not_found(get) -> None:
    assert get(f"{CASES}EX-1/").status_code == 404


def test_a_customers_key_sees_no_cases_not_even_its_own(case, now) -> None:
    _, secret = create_key(
        "Prairie", scopes=[Scope.CASES_READ], by="user:1", at=now, customer=case.customer
    )
    get = asker(secret)
    assert numbers(get()) == []
    assert get(f"{CASES}{case.number}/").status_code == 404


def test_a_key_without_the_scope_is_refused(now) -> None:
    _, secret = create_key("TMS", scopes=[Scope.LOADS_READ], by="user:1", at=now)
    answer = asker(secret)()
    assert (answer.status_code, answer.json()["code"]) == (403, "scope")


def test_nothing_is_decided_over_http(case, now) -> None:
    _, secret = create_key("BI", scopes=list(Scope), by="user:1", at=now)
    headers = {"Authorization": f"Bearer {secret}"}
    for method in ("post", "put", "patch", "delete"):
        answer = getattr(client, method)(f"{CASES}{case.number}/", headers=headers)
        assert answer.status_code in {403, 405}


def test_a_page_of_cases_costs_the_same_however_full_it_is(get, now) -> None:
    CaseFactory(load=LoadFactory(), at=now)
    get()  # the first call of a day keeps that the key was used
    with CaptureQueriesContext(connection) as of_one:
        assert len(numbers(get())) == 1
    for _ in range(8):
        CaseFactory(load=LoadFactory(), at=now)
    with CaptureQueriesContext(connection) as of_nine:
        assert len(numbers(get())) == 9
    assert len(of_nine) == len(of_one)
