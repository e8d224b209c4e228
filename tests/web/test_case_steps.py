"""Resolve and go on, put away, ask, undo, and many at once."""

import re
from datetime import timedelta

import pytest
from django.test import Client

from accounts.models import User
from accounts.rules import Role
from exceptions.models import Case
from exceptions.operations.assigning import assign_case
from exceptions.operations.opening import open_case
from tests.factories import UserFactory
from tests.factories.doors import sign_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def cases(now) -> list[Case]:
    """Three cases, the first due first."""
    return [
        open_case(
            "time_order", subject_key=f"s:{n}", by="rule:milestones", at=now,
            due_at=now + timedelta(hours=10 + n), detail={"place": f"stop {n}"},
        )
        for n in range(3)
    ]  # fmt: skip


@pytest.fixture
def rita() -> User:
    return UserFactory(role=Role.BILLER, name="Rita Solano")


@pytest.fixture
def browser(rita) -> Client:
    return sign_in(rita)


def words(answer) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", answer.content.decode()).split())


def step(browser: Client, case: Case, what: str, *, follow: bool = False, **told: object):
    address = f"/exceptions/{case.number}/{what}/?sort=due"
    return browser.post(address, {"version": case.version, **told}, follow=follow)


def test_after_a_decision_comes_the_next_case_of_the_view(browser, cases) -> None:
    first, second, last = cases

    assert step(browser, first, "waive", reason="x").url == f"/exceptions/{second.number}/?sort=due"
    assert step(browser, last, "waive", reason="x").url == f"/exceptions/{second.number}/?sort=due"
    assert step(browser, second, "waive", reason="x").url == "/exceptions/?sort=due"


def test_a_snoozed_case_leaves_the_list_and_has_a_view(browser, cases, now) -> None:
    case = cases[0]

    step(browser, case, "snooze", until="tomorrow", reason="Dock is closed")

    case.refresh_from_db()
    assert case.snoozed_until.isoformat() == "2026-11-20T14:00:00+00:00"
    assert case.number not in browser.get("/exceptions/").content.decode().split("Undo")[-1]
    assert case.number in browser.get("/exceptions/", {"view": "snoozed"}).content.decode()
    page = words(browser.get(f"/exceptions/{case.number}/"))
    assert "Snoozed until Fri Nov 20, 08:00" in page
    assert "Take up s" in page


def test_a_case_is_put_away_only_until_a_choice(browser, cases) -> None:
    assert step(browser, cases[0], "snooze", until="never").status_code == 422


def test_a_question_stands_on_the_trail(browser, cases) -> None:
    answer = step(browser, cases[0], "ask", whom="Prairie AP", question="The PO?", follow=True)

    assert "Rita Solano asked: Prairie AP: The PO?" in words(answer)


def test_an_assignment_is_undone_from_its_toast(browser, rita, cases) -> None:
    answer = step(browser, cases[0], "assign", to=rita.pk, follow=True)

    assert f'action="/exceptions/{cases[0].number}/undo/' in answer.content.decode()
    browser.post(f"/exceptions/{cases[0].number}/undo/")
    cases[0].refresh_from_db()
    assert cases[0].assignee is None


def test_a_waiver_is_undone_while_nothing_came_of_it(browser, cases) -> None:
    step(browser, cases[0], "waive", reason="Known")

    browser.post(f"/exceptions/{cases[0].number}/undo/")

    cases[0].refresh_from_db()
    assert cases[0].status == Case.Status.OPEN


def test_another_persons_step_is_not_undone(browser, cases, rita, now) -> None:
    assign_case(cases[0], to=rita, by="user:1", at=now)

    answer = browser.post(f"/exceptions/{cases[0].number}/undo/", follow=True)

    assert "was changed by somebody else since" in words(answer)
    cases[0].refresh_from_db()
    assert cases[0].assignee == rita


def test_the_second_clerk_is_told_who_changed_it_and_when(browser, cases) -> None:
    late = sign_in(UserFactory(role=Role.BILLER))
    step(browser, cases[0], "waive", reason="Known")

    answer = step(late, cases[0], "waive", reason="Mine")

    assert answer.status_code == 409
    assert "Changed by Rita Solano at Thu Nov 19, 14:20 CT: closed." in words(answer)


def bulk(browser: Client, action: str, cases: list[Case], what: str = "", **told: object):
    versions = [f"{case.pk}:{case.version}" for case in cases]
    data = {"case": [case.number for case in cases], "version": versions, **told}
    return browser.post(f"/exceptions/bulk/{action}/{what}", data, follow=bool(what))


def test_many_are_looked_at_before_they_are_waived(browser, cases, now) -> None:
    fixed = open_case("rate_missing", subject_key="l:1", by="rule:readiness", at=now)

    page = words(bulk(browser, "waive", [*cases, fixed]))

    assert "Waive 3 cases" in page
    assert "Left alone It cannot be waived." in page
    assert not Case.objects.filter(status="CLOSED").exists()


def test_many_are_waived_for_one_reason(browser, cases) -> None:
    answer = bulk(browser, "waive", cases, "do/", reason="Clock of the yard was wrong")

    assert "3 cases waived" in words(answer)
    assert set(Case.objects.values_list("status", "close_reason")) == {
        ("CLOSED", "Clock of the yard was wrong")
    }


def test_one_that_changed_meanwhile_is_left_alone_and_the_rest_goes(
    browser, rita, cases, now
) -> None:
    stale = list(Case.objects.order_by("pk"))
    assign_case(cases[1], to=rita, by="user:1", at=now)

    answer = words(bulk(browser, "waive", stale, "do/", reason="Known"))

    assert "2 cases waived" in answer
    assert f"Left alone: {cases[1].number} was changed by" in answer
    assert Case.objects.get(status="OPEN") == cases[1]


def test_many_are_given_to_a_colleague(browser, cases) -> None:
    kyle = UserFactory(role=Role.DISPATCHER, name="Kyle Park")

    assert "Assign 3 cases" in words(bulk(browser, "assign", cases))
    answer = bulk(browser, "assign", cases, "do/", to=kyle.pk)

    assert "3 cases assigned to Kyle Park" in words(answer)
    assert set(Case.objects.values_list("assignee", flat=True)) == {kyle.pk}


def test_a_bulk_waiver_without_a_reason_changes_nothing(browser, cases) -> None:
    answer = bulk(browser, "waive", cases, "do/")

    assert answer.status_code == 422
    assert not Case.objects.filter(status="CLOSED").exists()


def test_nothing_selected_and_unknown_actions_are_refused(browser, cases) -> None:
    assert bulk(browser, "waive", []).status_code == 302
    assert bulk(browser, "approve", cases).status_code == 404
