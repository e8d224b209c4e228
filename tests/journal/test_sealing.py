from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from itertools import pairwise

import pytest
from django.db import connections, transaction

from journal.models import Anchor, Event, Seal
from journal.operations.sealing import seal_events
from journal.queries.chain import GENESIS, Break, find_break, link_hash
from tests.journal.waiting import wait_for_older_transactions

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner"])


def seal(at, limit: int = 5000) -> int:
    wait_for_older_transactions()
    return seal_now(at, limit)


def seal_now(at, limit: int = 5000) -> int:
    with transaction.atomic():
        return seal_events(at=at, limit=limit)


def as_owner(*statements: str) -> None:
    """What somebody with the owner's rights and no scruples does."""
    with transaction.atomic(using="owner"), connections["owner"].cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        for statement in statements:
            cursor.execute(statement)


@pytest.fixture
def chain(tell, now) -> list[Seal]:
    """Five sealed events."""
    for _ in range(5):
        tell("customer.noted")
    seal(now)
    return list(Seal.objects.select_related("event").order_by("position"))


def test_each_seal_follows_from_its_event_and_the_seal_before(chain):
    assert [link.position for link in chain] == [1, 2, 3, 4, 5]
    assert chain[0].previous_hash == GENESIS
    for before, link in pairwise(chain):
        assert link.previous_hash == before.hash
        assert link.hash == link_hash(before.hash, link.event)
    assert find_break() is None


def test_an_event_is_sealed_once_however_often_the_sealer_runs(chain, now):
    assert seal(now) == 0
    assert Seal.objects.count() == Event.objects.count() == 5


def test_a_block_cut_in_the_middle_of_a_transaction_is_continued(tell, now):
    tell("customer.noted", *[{} for _ in range(7)])
    assert [seal(now, limit=3) for _ in range(4)] == [3, 3, 1, 0]
    assert find_break() is None


def test_an_event_still_behind_an_open_transaction_waits_and_is_not_lost(tell, now):
    with transaction.atomic():
        tell("early.opened")
        with ThreadPoolExecutor(1) as other:
            assert other.submit(_tell_and_seal_elsewhere, tell, now).result(timeout=10) == 0
    assert seal(now) == 2
    assert set(Seal.objects.values_list("event__name", flat=True)) == {
        "early.opened",
        "late.committed",
    }


def _tell_and_seal_elsewhere(tell, now) -> int:
    try:
        tell("late.committed")
        return seal_now(now)
    finally:
        connections.close_all()


def test_two_sealers_at_the_same_time_do_not_fork_the_chain(tell, now):
    tell("customer.noted", *[{} for _ in range(40)])
    wait_for_older_transactions()
    with ThreadPoolExecutor(2) as sealers:
        sealed = list(sealers.map(lambda _: _seal_elsewhere(now), range(2)))
    assert sorted(sealed) == [0, 40]
    assert find_break() is None


def _seal_elsewhere(now) -> int:
    try:
        return seal_now(now)
    finally:
        connections.close_all()


def test_the_head_of_each_day_is_anchored(chain, tell, now):
    tell("customer.noted")
    seal(now + timedelta(days=1))
    assert list(Anchor.objects.order_by("anchored_on").values_list("position", flat=True)) == [5, 6]
    assert Anchor.objects.get(position=5).hash == chain[-1].hash


# Each way to falsify


@pytest.mark.parametrize(
    "change",
    [
        "actor = 'user:2'",
        "reason = 'approved by phone'",
        'new = \'{"status": "PAID"}\'',
        "recorded_at = recorded_at + interval '1 microsecond'",
        "customer_id = 1",
        "subject_id = subject_id + 1",
    ],
)
def test_an_altered_event_is_found(chain, change):
    as_owner(f"UPDATE journal_event SET {change} WHERE id = {chain[2].event_id}")
    assert find_break() == Break(3, "the event is not the one that was sealed")


def test_a_deleted_event_is_found(chain):
    as_owner(f"DELETE FROM journal_event WHERE id = {chain[2].event_id}")
    assert find_break() == Break(3, "a link is missing")


def test_an_event_deleted_with_its_seal_is_found(chain):
    as_owner(
        "DELETE FROM journal_seal WHERE position = 3",
        f"DELETE FROM journal_event WHERE id = {chain[2].event_id}",
    )
    assert find_break() == Break(3, "a link is missing")


def test_a_link_removed_and_the_rest_moved_up_is_found(chain):
    as_owner(
        "DELETE FROM journal_seal WHERE position = 3",
        "UPDATE journal_seal SET position = position - 1 WHERE position > 3",
    )
    assert find_break() == Break(3, "the event is not the one that was sealed")


def test_an_inserted_link_is_found(chain, tell, now):
    (slipped,) = _record_without_route(tell)
    as_owner(
        "UPDATE journal_seal SET position = position + 100 WHERE position > 3",
        "UPDATE journal_seal SET position = position - 99 WHERE position > 100",
        f"INSERT INTO journal_seal VALUES (4, '{chain[2].hash}', '{'f' * 64}', now(), {slipped})",
    )
    assert find_break() == Break(4, "the event is not the one that was sealed")


def test_a_cut_tail_is_found(chain):
    as_owner(
        "DELETE FROM journal_seal WHERE position > 3",
        f"DELETE FROM journal_event WHERE id > {chain[2].event_id}",
    )
    assert find_break() == Break(4, "the tail is cut off")


def test_a_tail_cut_and_grown_again_is_found(chain, tell, now):
    as_owner(
        "DELETE FROM journal_seal WHERE position > 3",
        f"DELETE FROM journal_event WHERE id > {chain[2].event_id}",
    )
    for _ in range(4):
        tell("customer.noted")
    seal(now + timedelta(days=1))
    assert find_break() == Break(5, "the chain is not the one that was anchored")


def _record_without_route(tell) -> list[int]:
    tell("customer.slipped_in")
    return [Event.objects.get(name="customer.slipped_in").pk]
