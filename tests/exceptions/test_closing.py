from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from exceptions.models import Case
from exceptions.operations.closing import ReasonMissing, close_case, close_cases, reopen_case
from exceptions.operations.holding import CaseConflict
from journal.models import Event
from tests.factories.exceptions import CaseFactory

pytestmark = pytest.mark.django_db


def close(case: Case, by: str, at, **told) -> Case:
    return close_case(
        case, **{"by": by, "at": at, "resolution": "settled", "reason": "Driver confirmed."} | told
    )


def test_a_closed_case_says_who_when_what_and_why(dispatcher, now):
    case = close(CaseFactory(), dispatcher.actor, now)
    case.refresh_from_db()
    assert (case.status, case.closed_by, case.closed_at) == ("CLOSED", dispatcher.actor, now)
    assert (case.resolution, case.close_reason) == ("settled", "Driver confirmed.")
    entry = case.entries.get(action="closed")
    assert (entry.by, entry.at, entry.comment) == (dispatcher.actor, now, "Driver confirmed.")
    event = Event.objects.get(name="case.closed")
    assert (event.actor, event.reason) == (dispatcher.actor, "Driver confirmed.")
    assert event.payload["resolution"] == "settled"
    assert event.payload["number"] == case.number


@pytest.mark.parametrize("reason", ["", "   ", "\n\t"])
def test_a_case_is_not_closed_without_a_reason(dispatcher, now, reason):
    case = CaseFactory()
    with pytest.raises(ReasonMissing, match="Say why"):
        close(case, dispatcher.actor, now, reason=reason)
    case.refresh_from_db()
    assert case.status == "OPEN"
    assert not Event.objects.filter(name="case.closed").exists()


def test_a_case_closed_by_somebody_else_meanwhile_tells_who_and_when(dispatcher, biller, now):
    case = CaseFactory()
    mine = Case.objects.get(pk=case.pk)
    close(case, biller.actor, now)
    with pytest.raises(CaseConflict, match="changed by Rita Solano at 2026-11-19 20:20 UTC") as e:
        close(mine, dispatcher.actor, now + timedelta(minutes=1))
    assert (e.value.by, e.value.at) == (biller.actor, now)


def test_a_stale_version_is_a_conflict_though_the_case_is_open(dispatcher, now):
    case = CaseFactory(subject_key="load:1")
    CaseFactory(subject_key="load:1", detail={"place": "stop 2"}, at=now)
    with pytest.raises(CaseConflict, match="rule:milestones"):
        close(case, dispatcher.actor, now, version=1)


@pytest.mark.parametrize("by", ["system:sweeper", "source:tms", "key:3", "user:", "Rita", "rule:"])
def test_the_database_lets_nobody_close_a_case_but_a_person_or_a_rule(now, by):
    with pytest.raises(IntegrityError, match="case_closed_by_person_or_rule"), transaction.atomic():
        close(CaseFactory(), by, now)


def test_a_rule_closes_the_case_whose_fact_arrived_and_no_other(now):
    waiting = CaseFactory(subject_key="load:1")
    other = CaseFactory(subject_key="load:2")
    closed = close_cases(
        "time_order", "load:1", by="rule:milestones", at=now, reason="They agree now."
    )
    assert closed == 1
    waiting.refresh_from_db()
    other.refresh_from_db()
    assert (waiting.status, waiting.resolution) == ("CLOSED", "cleared")
    assert waiting.closed_by == "rule:milestones"
    assert other.status == "OPEN"


def test_closing_what_is_not_open_closes_nothing(now):
    assert close_cases("time_order", "load:9", by="rule:milestones", at=now, reason="x") == 0


def test_a_long_key_is_found_again(now):
    CaseFactory(subject_key="k" * 400)
    assert close_cases("time_order", "k" * 400, by="rule:x", at=now, reason="It came.") == 1


def test_a_reopened_case_keeps_its_clock_and_its_trail(dispatcher, manager, now):
    case = CaseFactory()
    due_at = case.due_at
    close(case, dispatcher.actor, now)
    reopen_case(case, by=manager.actor, at=now, reason="The receipt was of another load.")
    case.refresh_from_db()
    assert (case.status, case.closed_by, case.closed_at) == ("OPEN", "", None)
    assert case.due_at == due_at
    assert list(case.entries.order_by("id").values_list("action", "by")) == [
        ("opened", "rule:milestones"),
        ("closed", dispatcher.actor),
        ("reopened", manager.actor),
    ]


def test_a_case_is_not_reopened_without_a_reason(dispatcher, now):
    case = close(CaseFactory(), dispatcher.actor, now)
    with pytest.raises(ReasonMissing):
        reopen_case(case, by=dispatcher.actor, at=now, reason=" ")


def test_a_case_is_not_reopened_beside_another_open_one(dispatcher, now):
    case = close(CaseFactory(subject_key="load:1"), dispatcher.actor, now)
    newer = CaseFactory(subject_key="load:1", at=now)
    with pytest.raises(CaseConflict) as error:
        reopen_case(case, by=dispatcher.actor, at=now, reason="Not settled.")
    assert error.value.case == newer
    case.refresh_from_db()
    assert case.status == "CLOSED"
