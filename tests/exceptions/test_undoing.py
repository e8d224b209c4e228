"""One's own last step can be taken back, until somebody else acted or something came of it."""

from datetime import timedelta

import pytest

from exceptions.models import Case
from exceptions.operations.assigning import assign_case
from exceptions.operations.closing import close_case
from exceptions.operations.commenting import CommentMissing, ask_about_case, comment_on_case
from exceptions.operations.opening import open_case
from exceptions.operations.snoozing import snooze_case
from exceptions.operations.undoing import NotUndoable, reopen_waived, undo_step
from exceptions.operations.waiving import waive_case
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def rita():
    return UserFactory(role="biller", name="Rita Solano")


@pytest.fixture
def case(now) -> Case:
    return open_case("time_order", subject_key="s:1", by="rule:milestones", at=now)


def test_an_assignment_goes_back_to_who_had_it(case, rita, now) -> None:
    kyle = UserFactory(role="biller")
    assign_case(case, to=kyle, by="user:1", at=now)
    assign_case(case, to=rita, by=rita.actor, at=now)

    assert undo_step(case, by=rita.actor, at=now) == "assigned"
    assert case.assignee == kyle


def test_a_snoozed_case_comes_back(case, rita, now) -> None:
    snooze_case(case, until=now + timedelta(hours=1), by=rita.actor, at=now)

    undo_step(case, by=rita.actor, at=now)

    assert case.snoozed_until is None


def test_a_remark_in_between_does_not_hinder(case, rita, now) -> None:
    assign_case(case, to=rita, by=rita.actor, at=now)
    comment_on_case(case, comment="Mine.", by="user:1", at=now)

    undo_step(case, by=rita.actor, at=now)

    assert case.assignee is None


def test_nobody_undoes_what_another_did(case, rita, now) -> None:
    assign_case(case, to=rita, by="user:1", at=now)

    with pytest.raises(NotUndoable, match="somebody else"):
        undo_step(case, by=rita.actor, at=now)


def test_what_was_decided_is_not_undone(case, rita, now) -> None:
    close_case(case, by=rita.actor, at=now, resolution="approve", reason="Approved")

    with pytest.raises(NotUndoable):
        undo_step(case, by=rita.actor, at=now)
    with pytest.raises(NotUndoable):
        reopen_waived(case, by=rita.actor, at=now)


def test_a_waived_case_opens_again(case, rita, now) -> None:
    waive_case(case, by=rita.actor, at=now, reason="Known")

    reopen_waived(case, by=rita.actor, at=now)

    assert (case.status, case.closed_by) == ("OPEN", "")


def test_a_question_is_kept_on_the_trail(case, rita, now) -> None:
    ask_about_case(case, whom="Prairie AP", question="The PO?", by=rita.actor, at=now)

    assert case.entries.get(action="asked").comment == "Prairie AP: The PO?"
    with pytest.raises(CommentMissing):
        ask_about_case(case, whom="Prairie AP", question=" ", by=rita.actor, at=now)
