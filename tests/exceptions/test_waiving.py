import pytest

from accounts.rules import Role
from exceptions.operations.authorising import NotAllowed
from exceptions.operations.closing import ReasonMissing
from exceptions.operations.holding import CaseConflict
from exceptions.operations.waiving import NotWaivable, waive_case
from exceptions.rules.kinds import KINDS
from tests.factories import UserFactory
from tests.factories.exceptions import CaseFactory

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("role", [Role.BILLER, Role.BILLING_MANAGER, Role.ADMINISTRATOR])
def test_billings_people_waive_where_money_moves(role, now):
    person = UserFactory(role=role)
    case = waive_case(
        CaseFactory(kind="pod_missing"), by=person.actor, at=now, reason="Customer sent its own."
    )
    assert (case.status, case.resolution, case.closed_by) == ("CLOSED", "waived", person.actor)


def test_a_dispatcher_does_not_waive_where_money_moves(dispatcher, now):
    case = CaseFactory(kind="pod_missing")
    with pytest.raises(NotAllowed, match="administrator, biller, billing manager"):
        waive_case(case, by=dispatcher.actor, at=now, reason="No need.")
    case.refresh_from_db()
    assert case.status == "OPEN"


def test_a_dispatcher_waives_what_moves_no_money(dispatcher, now):
    case = waive_case(
        CaseFactory(kind="time_order"), by=dispatcher.actor, at=now, reason="Clock of the yard."
    )
    assert case.status == "CLOSED"


@pytest.mark.parametrize("by", ["rule:pod_accepted", "key:1", "user:0", "user:x"])
def test_only_a_person_waives(db, now, by):
    with pytest.raises(NotAllowed):
        waive_case(CaseFactory(), by=by, at=now, reason="No need.")


def test_who_has_left_waives_nothing(now):
    gone = UserFactory(role=Role.ADMINISTRATOR, is_active=False)
    with pytest.raises(NotAllowed):
        waive_case(CaseFactory(), by=gone.actor, at=now, reason="No need.")


def test_waiving_wants_a_reason(biller, now):
    with pytest.raises(ReasonMissing):
        waive_case(CaseFactory(), by=biller.actor, at=now, reason="  ")


def test_what_was_waived_already_is_a_conflict(biller, manager, now):
    case = CaseFactory()
    waive_case(case, by=manager.actor, at=now, reason="Agreed by phone.", version=1)
    with pytest.raises(CaseConflict, match="Lena Marsh"):
        waive_case(case, by=biller.actor, at=now, reason="Agreed by phone.", version=1)


@pytest.mark.parametrize("kind", [kind.name for kind in KINDS.values() if not kind.is_waivable])
def test_what_holds_for_everybody_is_waived_by_nobody(administrator, now, kind):
    case = CaseFactory(kind=kind)
    with pytest.raises(NotWaivable, match="This cannot be waived"):
        waive_case(case, by=administrator.actor, at=now, reason="Never mind.")
    case.refresh_from_db()
    assert case.status == "OPEN"
