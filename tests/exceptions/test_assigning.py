import pytest

from accounts.rules import Role
from exceptions.operations.assigning import assign_case
from exceptions.operations.authorising import NotAllowed
from exceptions.operations.closing import close_case
from exceptions.operations.holding import CaseConflict
from journal.models import Event
from tests.factories import CustomerFactory, UserFactory
from tests.factories.exceptions import CaseFactory

pytestmark = pytest.mark.django_db


def test_an_assigned_case_says_to_whom_and_by_whom(dispatcher, manager, now):
    case = assign_case(CaseFactory(), to=dispatcher, by=manager.actor, at=now)
    case.refresh_from_db()
    assert (case.assignee, case.version) == (dispatcher, 2)
    entry = case.entries.get(action="assigned")
    assert (entry.by, entry.comment) == (manager.actor, "Dana Whitfield")
    event = Event.objects.get(name="case.assigned")
    assert (event.old, event.new) == ({"assignee_id": None}, {"assignee_id": dispatcher.pk})


def test_a_case_can_be_given_back_to_its_team(dispatcher, now):
    case = assign_case(CaseFactory(), to=dispatcher, by=dispatcher.actor, at=now)
    assign_case(case, to=None, by=dispatcher.actor, at=now)
    case.refresh_from_db()
    assert case.assignee is None


def test_giving_it_to_who_has_it_already_writes_nothing(dispatcher, now):
    case = assign_case(CaseFactory(), to=dispatcher, by=dispatcher.actor, at=now)
    assign_case(case, to=dispatcher, by=dispatcher.actor, at=now)
    assert case.version == 2
    assert case.entries.filter(action="assigned").count() == 1


def test_a_customers_person_is_given_no_case(manager, now):
    customer = UserFactory(role=Role.CUSTOMER, customers=[CustomerFactory()])
    with pytest.raises(NotAllowed):
        assign_case(CaseFactory(), to=customer, by=manager.actor, at=now)


def test_somebody_who_has_left_is_given_no_case(manager, now):
    gone = UserFactory(role=Role.BILLER, is_active=False)
    with pytest.raises(NotAllowed):
        assign_case(CaseFactory(), to=gone, by=manager.actor, at=now)


def test_of_two_who_take_a_case_at_once_the_second_is_told(dispatcher, biller, now):
    case = CaseFactory()
    assign_case(case, to=dispatcher, by=dispatcher.actor, at=now, version=1)
    with pytest.raises(CaseConflict, match="Dana Whitfield"):
        assign_case(case, to=biller, by=biller.actor, at=now, version=1)


def test_a_closed_case_is_given_to_nobody(dispatcher, now):
    case = CaseFactory()
    close_case(case, by=dispatcher.actor, at=now, resolution="settled", reason="Done.")
    with pytest.raises(CaseConflict):
        assign_case(case, to=dispatcher, by=dispatcher.actor, at=now)
