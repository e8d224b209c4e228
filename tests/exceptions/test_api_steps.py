"""What a system may do to a case: hand it on, say something, put it away; decide nothing."""

import json
from datetime import timedelta
from uuid import uuid4

import pytest
from django.test import Client
from django.utils import timezone

from accounts.operations.keying import create_key
from accounts.operations.scoping import enter_staff_scope
from accounts.rules import Scope
from exceptions.models import Case
from exceptions.operations.commenting import comment_on_case
from exceptions.operations.opening import open_case
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db

client = Client()


@pytest.fixture
def case(now) -> Case:
    return open_case("time_order", subject_key="s:1", by="rule:milestones", at=now)


@pytest.fixture
def ask(now):
    """Ask as a system of the carrier's."""
    scopes = [Scope.CASES_READ, Scope.CASES_WRITE]
    _, secret = create_key("Desk", scopes=scopes, by="user:1", at=now)

    def ask(path: str, body=None, **headers: str):
        told = {"Authorization": f"Bearer {secret}", "Idempotency-Key": str(uuid4()), **headers}
        address = f"/api/v1/cases/{path}"
        if body is None:
            answer = client.get(address, headers=told)
        else:
            answer = client.post(
                address, json.dumps(body), content_type="application/json", headers=told
            )
        enter_staff_scope()
        return answer

    return ask


def test_a_case_is_handed_to_one_of_the_staff(case, ask) -> None:
    rita = UserFactory(role="biller")

    answer = ask(f"{case.number}/assign/", {"to": rita.email})

    assert (answer.status_code, answer.json()["assignee"]) == (200, rita.email)
    assert ask(f"{case.number}/assign/", {"to": None}).json()["assignee"] is None


def test_a_comment_is_made_once_however_often_it_is_sent(case, ask) -> None:
    for _ in range(2):
        ask(f"{case.number}/comment/", {"comment": "Seen."}, **{"Idempotency-Key": "k"})

    assert case.entries.filter(action="commented").count() == 1


def test_a_case_is_put_away_and_taken_up(case, ask) -> None:
    until = timezone.now() + timedelta(days=1)
    ask(f"{case.number}/snooze/", {"until": until.isoformat()})
    case.refresh_from_db()
    put_away = case.snoozed_until
    ask(f"{case.number}/snooze/", {"until": None})
    case.refresh_from_db()

    assert put_away == until
    assert case.snoozed_until is None


def test_a_case_that_changed_since_it_was_read_is_left_alone(case, ask) -> None:
    rita = UserFactory(role="biller")
    seen = ask(f"{case.number}/")["ETag"]
    ask(f"{case.number}/assign/", {"to": rita.email}, **{"If-Match": seen})

    late = ask(f"{case.number}/assign/", {"to": None}, **{"If-Match": seen})

    assert (late.status_code, late.json()["code"]) == (409, "case_conflict")
    case.refresh_from_db()
    assert case.assignee == rita


def test_a_comment_by_somebody_else_does_not_make_a_write_stale(case, ask, now) -> None:
    seen = ask(f"{case.number}/")["ETag"]
    comment_on_case(case, comment="Hm.", by="user:1", at=now)

    answer = ask(f"{case.number}/assign/", {"to": None}, **{"If-Match": seen})

    assert answer.status_code == 200
