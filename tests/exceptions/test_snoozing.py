"""A case can be put away; its clock runs on, and it comes back by itself."""

from datetime import timedelta

import pytest

from exceptions.models import Case
from exceptions.operations.closing import close_case
from exceptions.operations.holding import CaseConflict
from exceptions.operations.opening import open_case
from exceptions.operations.snoozing import BadSnooze, snooze_case
from exceptions.queries.queue import View, cases_in
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db

BY = "user:7"


@pytest.fixture
def case(now) -> Case:
    return open_case("time_order", subject_key="s:1", by="rule:milestones", at=now)


def shown(view: View, at) -> list[Case]:
    person = UserFactory(role="biller")
    return list(cases_in(view, person=person, at=at, day_began_at=at))


def test_it_leaves_the_list_until_then_and_keeps_its_deadline(case, now) -> None:
    due = case.due_at

    snooze_case(case, until=now + timedelta(hours=4), by=BY, at=now, reason="Dock is closed")

    assert (shown(View.TEAM, now), shown(View.SNOOZED, now)) == ([], [case])
    later = now + timedelta(hours=5)
    assert (shown(View.TEAM, later), shown(View.SNOOZED, later)) == ([case], [])
    case.refresh_from_db()
    assert case.due_at == due
    assert case.entries.get(action="snoozed").comment == "Dock is closed"


def test_it_can_be_taken_up_before(case, now) -> None:
    snooze_case(case, until=now + timedelta(hours=4), by=BY, at=now)

    snooze_case(case, until=None, by=BY, at=now)

    assert shown(View.TEAM, now) == [case]


@pytest.mark.parametrize("days", [-1, 0, 31])
def test_only_a_time_soon_to_come_will_do(case, now, days: int) -> None:
    with pytest.raises(BadSnooze):
        snooze_case(case, until=now + timedelta(days=days), by=BY, at=now)


def test_a_closed_or_changed_case_is_not_put_away(case, now) -> None:
    stale, until = case.version, now + timedelta(hours=1)
    snooze_case(case, until=until, by=BY, at=now)

    with pytest.raises(CaseConflict):
        snooze_case(case, until=None, by=BY, at=now, version=stale)
    close_case(case, by=BY, at=now, resolution="done", reason="Done")
    with pytest.raises(CaseConflict):
        snooze_case(case, until=None, by=BY, at=now)
