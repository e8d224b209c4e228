"""Each invariant of the journal counts what happens when its guarantee is taken away."""

from collections.abc import Callable, Iterator

import pytest
from django.db import connections, transaction

from dispatch.models import Document
from journal.events import on
from journal.models import Event
from journal.operations.lifecycle import advance
from journal.operations.sealing import seal_events
from journal.operations.working import work
from journal.queries.invariants import INVARIANTS, Walk
from tests.factories import DocumentFactory
from tests.journal.waiting import wait_for_older_transactions

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner"])

OBEY = "tests.journal.handlers.obey"
EVENT = """
    INSERT INTO journal_event (name, subject_table, subject_id, occurred_at, recorded_at, actor,
        reason, old, new, payload, correlation_id, xid, written_at)
    SELECT 'slipped.in', subject_table, subject_id, occurred_at, recorded_at, actor,
        reason, '{{}}', '{{}}', payload, correlation_id, {xid}, {written_at}
    FROM journal_event LIMIT 1
"""
BREACHES = {
    "Events and seals cannot be changed.": [
        "ALTER TABLE journal_event DISABLE TRIGGER journal_event_frozen",
    ],
    "No delivery has been due for more than 15 minutes.": [
        "UPDATE journal_event SET written_at = now() - interval '1 hour'"
        " WHERE name = 'customer.noted'",
        "UPDATE journal_delivery SET status = 'PENDING',"
        " next_try_at = now() - interval '16 minutes'",
    ],
    "The legal moves in the database are those that the models declare.": [
        'INSERT INTO journal_legalmove ("table", from_status, to_status)'
        " VALUES ('dispatch_document', 'ACCEPTED', 'RECEIVED')",
    ],
    "Every row stands in a status that its moves know.": [
        "UPDATE dispatch_document SET status = 'LOST'",
        """UPDATE journal_event SET new = '{"status": "LOST"}', old = '{}'
           WHERE name = 'document.rejected'""",
    ],
    "Every move that was recorded is a legal one.": [
        """UPDATE journal_event SET old = '{"status": "PAID"}' WHERE name = 'document.accepted'""",
    ],
    "The database itself refuses an illegal move, and one that no event tells of.": [
        "DROP TRIGGER dispatch_document_move_told ON dispatch_document",
    ],
    "Every status is the one that its last event tells of.": [
        "UPDATE dispatch_document SET status = 'ACCEPTED'",
    ],
    "Every move begins where the one before it ended.": [
        """UPDATE journal_event SET old = '{"status": "RECEIVED"}'
           WHERE name = 'document.rejected'""",
    ],
    "Every event older than the head of the chain is sealed.": [
        EVENT.format(xid="'3'::xid8", written_at="now()"),
    ],
    "Every seal follows the one before it, from the first without a gap.": [
        f"UPDATE journal_seal SET previous_hash = '{'f' * 64}' WHERE position = 2",
    ],
    "The head of the chain on every past day still stands where it stood.": [
        f"UPDATE journal_anchor SET hash = '{'f' * 64}'",
    ],
    "No event has waited more than 15 minutes for its seal.": [
        EVENT.format(xid="pg_current_xact_id()", written_at="now() - interval '16 minutes'"),
    ],
    "Since a subscriber first heard of an event, it has been sent every one of that name.": [
        "DELETE FROM journal_delivery WHERE event_id = (SELECT max(event_id) FROM journal_delivery)"
    ],
    "No delivery was tried more than 8 times.": ["UPDATE journal_delivery SET attempts = 9"],
    "Of every delivery that was given up, an event tells.": [
        "UPDATE journal_event SET name = 'delivery.lost' WHERE name = 'delivery.dead'",
    ],
}


@pytest.fixture
def as_owner() -> Iterator[Callable[[str], None]]:
    """Run statements as the owner, past every trigger, and undo them."""
    with transaction.atomic(using="owner"), connections["owner"].cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        yield cursor.execute
        transaction.set_rollback(True, using="owner")


@pytest.fixture
def a_day_of_work(route, tell, now) -> None:
    """Events heard, one given up, a document that moved twice, all of it sealed."""
    route(on("customer.noted", OBEY, queue="billing"))
    tell("customer.noted", {}, {"verdict": "dead"}, {})
    work("billing")
    with transaction.atomic():
        document: Document = DocumentFactory()
        advance(document, "ACCEPTED", by="user:1", at=now)
        advance(document, "REJECTED", by="user:2", at=now, reason="Of another load.")
    wait_for_older_transactions()
    with transaction.atomic():
        assert seal_events(at=now) == Event.objects.count()


@pytest.fixture
def found(monkeypatch, route) -> Callable[[], set[str]]:
    """The sentences that are broken, counted over the test's own routes."""

    def broken() -> set[str]:
        with connections["owner"].cursor() as cursor:
            return {
                each.sentence
                for each in INVARIANTS
                if not isinstance(each, Walk) and _here(each).count(cursor)
            }

    return broken


def _here(invariant):
    """Route as the test does: the invariant was written for the map of the system."""
    if invariant.code != "I13":
        return invariant
    return type(invariant)(
        invariant.code, invariant.sentence, invariant.sql, (["customer.noted"], [OBEY])
    )


SENTENCES = [each.sentence for each in INVARIANTS if not isinstance(each, Walk)]


@pytest.mark.parametrize("sentence", SENTENCES)
def test_a_guarantee_taken_away_is_counted(a_day_of_work, as_owner, found, sentence):
    assert found() == set()

    for statement in BREACHES[sentence]:
        as_owner(statement)

    assert sentence in found()


def test_each_breach_is_told_apart_from_most_others(a_day_of_work, as_owner, found):
    as_owner("UPDATE journal_delivery SET attempts = 9")
    assert found() == {"No delivery was tried more than 8 times."}
