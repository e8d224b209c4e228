"""Each invariant of cases counts what happens when its guarantee is taken away."""

from collections.abc import Callable, Iterator

import pytest
from django.db import connections, transaction

from exceptions.operations.closing import close_case
from exceptions.queries.invariants import INVARIANTS
from tests.factories import CustomerFactory, LoadFactory, UserFactory
from tests.factories.exceptions import CaseFactory

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner"])

CLOSED = "Every closed case was closed by a person we know or a named rule, for a reason."
TRAIL = "The trail of every case tells of its opening, and of its end by the same actor."
BREACHES = [
    (
        "The trail of a case cannot be changed.",
        "DROP TRIGGER exceptions_caseentry_not_emptied ON exceptions_caseentry",
    ),
    (
        CLOSED,
        "ALTER TABLE exceptions_case DROP CONSTRAINT case_closed_by_somebody_for_a_reason",
        "UPDATE exceptions_case SET close_reason = '' WHERE status = 'CLOSED'",
    ),
    (
        CLOSED,
        "UPDATE exceptions_case SET closed_by = 'user:0' WHERE status = 'CLOSED'",
        "UPDATE exceptions_caseentry SET by = 'user:0' WHERE action = 'closed'",
    ),
    (
        CLOSED,
        "ALTER TABLE exceptions_case DROP CONSTRAINT case_closed_by_person_or_rule",
        "UPDATE exceptions_case SET closed_by = 'source:tms' WHERE status = 'CLOSED'",
        "UPDATE exceptions_caseentry SET by = 'source:tms' WHERE action = 'closed'",
    ),
    (
        "Nothing has more than one open case.",
        "DROP INDEX case_one_open",
        "UPDATE exceptions_case SET kind = 'time_order', subject_key = 'load:1'",
    ),
    (TRAIL, "DELETE FROM exceptions_caseentry WHERE action = 'opened'"),
    (TRAIL, "DELETE FROM exceptions_caseentry WHERE action = 'closed'"),
    (TRAIL, "UPDATE exceptions_caseentry SET by = 'user:0' WHERE action = 'closed'"),
    (
        "A case about a load belongs to the load's customer.",
        "UPDATE exceptions_case SET customer_id = (SELECT max(id) FROM accounts_customer)",
    ),
]


@pytest.fixture
def as_owner() -> Iterator[Callable[[str], None]]:
    """Run statements as the owner, past every trigger, and undo them."""
    with transaction.atomic(using="owner"), connections["owner"].cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        yield cursor.execute
        transaction.set_rollback(True, using="owner")


@pytest.fixture
def cases(now) -> None:
    """Two open ones, one closed by a person."""
    person, load = UserFactory(), LoadFactory()
    CaseFactory(load=load)
    CaseFactory(load=load)
    with transaction.atomic():
        close_case(
            CaseFactory(load=load), by=person.actor, at=now, resolution="settled", reason="Done."
        )
    CustomerFactory()


def broken() -> set[str]:
    with connections["owner"].cursor() as cursor:
        return {each.sentence for each in INVARIANTS if each.count(cursor)}


@pytest.mark.parametrize(("sentence", "statements"), [(s, rest) for s, *rest in BREACHES])
def test_a_guarantee_taken_away_is_counted(cases, as_owner, sentence, statements):
    assert broken() == set()

    for statement in statements:
        as_owner(statement)

    assert broken() == {sentence}


def test_every_invariant_is_put_to_the_test():
    assert {each.sentence for each in INVARIANTS} == {sentence for sentence, *_ in BREACHES}
