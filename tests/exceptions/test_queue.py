from datetime import timedelta
from decimal import Decimal

import pytest

from accounts.rules import Role
from exceptions.operations.assigning import assign_case
from exceptions.operations.closing import close_case
from exceptions.queries.queue import Sort, View, cases_in, ordered
from tests.factories import CustomerFactory, LoadFactory, UserFactory
from tests.factories.exceptions import CaseFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def look(dispatcher, now):
    """What the dispatcher sees in a view."""

    def cases(view: View, sort: Sort = Sort.DUE, person=dispatcher):
        found = cases_in(view, person=person, at=now, day_began_at=now.replace(hour=6, minute=0))
        return list(ordered(found, sort))

    return cases


def test_each_view_keeps_its_own(look, dispatcher, biller, now):
    mine = assign_case(CaseFactory(at=now), to=dispatcher, by=dispatcher.actor, at=now)
    theirs = assign_case(CaseFactory(at=now), to=biller, by=biller.actor, at=now)
    free = CaseFactory(at=now)
    late = CaseFactory(at=now - timedelta(hours=9))
    assert look(View.MINE) == [mine]
    assert look(View.UNASSIGNED) == [late, free]
    assert look(View.TEAM) == [late, mine, theirs, free]
    assert look(View.LATE) == [late]
    assert look(View.CLEARED) == []


def test_cleared_today_begins_at_midnight_on_the_persons_clock(look, dispatcher, now):
    midnight = now.replace(hour=6, minute=0)
    before, after = CaseFactory(), CaseFactory()
    for case, at in ((before, midnight - timedelta(seconds=1)), (after, midnight)):
        close_case(case, by=dispatcher.actor, at=at, resolution="settled", reason="Done.")
    assert look(View.CLEARED) == [after]
    assert look(View.TEAM) == []


def test_each_sort_has_its_order(look, now):
    calm = CaseFactory(at=now, due_at=now + timedelta(hours=20), value_amount=Decimal(900))
    loud = CaseFactory(
        kind="pod_missing", at=now, due_at=now + timedelta(hours=30), value_amount=Decimal(100)
    )
    soon = CaseFactory(at=now, due_at=now + timedelta(hours=1))
    assert look(View.TEAM, Sort.DUE) == [soon, calm, loud]
    assert look(View.TEAM, Sort.VALUE) == [calm, loud, soon]
    assert look(View.TEAM, Sort.RISK) == [loud, calm, soon]


def test_a_page_of_the_queue_is_one_query_however_long_it_is(
    look, dispatcher, now, django_assert_num_queries
):
    for _ in range(5):
        case = CaseFactory(load=LoadFactory(), at=now)
        assign_case(case, to=dispatcher, by=dispatcher.actor, at=now)
    with django_assert_num_queries(1):
        for case in look(View.TEAM):
            told = (case.load.number, case.customer.name, case.assignee.name, case.risk)
            assert all(told)


def test_a_customers_person_sees_only_its_own_customers_cases(look, now):
    own, foreign = LoadFactory(), LoadFactory()
    case = CaseFactory(load=own, at=now)
    CaseFactory(load=foreign, at=now)
    CaseFactory(at=now)
    person = UserFactory(role=Role.CUSTOMER, customers=[own.customer])
    assert look(View.TEAM, person=person) == [case]
    stranger = UserFactory(role=Role.CUSTOMER, customers=[CustomerFactory()])
    assert look(View.TEAM, person=stranger) == []
