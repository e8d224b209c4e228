from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection, connections, transaction
from django.utils import timezone

from accounts.models import Customer
from journal.events import MAX_ATTEMPTS, on
from journal.models import Delivery, Event
from journal.operations import working
from journal.operations.working import (
    backoff,
    bury_crashed,
    claim,
    deliver,
    replay_delivery,
    settle,
    work,
)
from tests.journal import handlers

OBEY = "tests.journal.handlers.obey"
FORGET = "tests.journal.handlers.forget_one"
ALSO = "tests.journal.handlers.also"
LEASE = timedelta(seconds=60)

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _obedient(route):
    route(on("customer.noted", OBEY, queue="billing"))
    handlers.BLOCKS.clear()
    handlers.IN_TRANSACTION.clear()


def fresh(delivery: Delivery) -> Delivery:
    return Delivery.objects.select_related("event").get(pk=delivery.pk)


def notes() -> set[str]:
    """The rows that handlers left: one per delivery, named by it."""
    return set(Customer.objects.filter(code__startswith="D").values_list("code", flat=True))


def note_of(delivery: Delivery) -> str:
    return f"D{delivery.pk}"


# Claiming


def test_a_claim_counts_the_attempt_and_takes_a_lease_before_any_work(tell, now):
    (delivery,) = tell("customer.noted")
    (claimed,) = claim("billing", at=now)
    assert claimed.pk == delivery.pk
    assert (claimed.status, claimed.attempts, claimed.lease_until) == ("LEASED", 1, now + LEASE)
    assert handlers.BLOCKS == []


def test_a_claim_takes_only_its_queue_and_only_what_is_due(tell, now):
    (delivery,) = tell("customer.noted")
    assert claim("render", at=now) == []
    assert claim("billing", at=now - timedelta(seconds=1)) == []
    assert [d.pk for d in claim("billing", at=now)] == [delivery.pk]


def test_a_block_is_bounded_and_in_the_order_of_events(tell, now):
    told = tell("customer.noted", *[{} for _ in range(7)])
    claimed = claim("billing", at=now, limit=5)
    assert [d.event_id for d in claimed] == [d.event_id for d in told[:5]]


def test_a_delivery_under_a_live_lease_is_nobody_elses(tell, now):
    tell("customer.noted")
    claim("billing", at=now)
    last_moment = now + LEASE
    assert claim("billing", at=last_moment) == []
    assert claim("billing", at=last_moment, tried=True) == []


def test_after_the_lease_the_delivery_is_claimed_again_but_only_among_the_tried(tell, now):
    (delivery,) = tell("customer.noted")
    claim("billing", at=now)
    later = now + LEASE + timedelta(seconds=1)
    assert claim("billing", at=later) == []
    (again,) = claim("billing", at=later, tried=True)
    assert (again.pk, again.attempts) == (delivery.pk, 2)


def test_a_row_that_another_worker_is_claiming_is_skipped_and_not_waited_for(tell, now):
    held, free = tell("customer.noted", {}, {})
    with ThreadPoolExecutor(1) as other, transaction.atomic():
        Delivery.objects.select_for_update().get(pk=held.pk)
        claimed = other.submit(_claim_elsewhere, now).result(timeout=10)
    assert claimed == [free.pk]


def test_claims_at_the_same_time_share_nothing_and_miss_nothing(tell, now):
    told = tell("customer.noted", *[{} for _ in range(60)])
    with ThreadPoolExecutor(4) as workers:
        blocks = list(workers.map(lambda _: _claim_elsewhere(now, limit=10), range(12)))
    claimed = [pk for block in blocks for pk in block]
    assert len(claimed) == len(set(claimed))
    claimed += [d.pk for d in claim("billing", at=now)]
    assert sorted(claimed) == sorted(d.pk for d in told)
    assert set(Delivery.objects.values_list("attempts", flat=True)) == {1}


def _claim_elsewhere(at, limit: int = 100) -> list[int]:
    try:
        return [d.pk for d in claim("billing", at=at, limit=limit)]
    finally:
        connections.close_all()


# Verdicts


@pytest.mark.parametrize(
    ("verdict", "status", "note"),
    [
        ("done", "DONE", "noted"),
        ("ignored", "IGNORED", "nothing to do"),
        ("dead", "DEAD", "hopeless"),
    ],
)
def test_a_final_verdict_is_written_with_the_handlers_work(tell, now, verdict, status, note):
    (delivery,) = tell("customer.noted", {"verdict": verdict})
    work("billing")
    settled = fresh(delivery)
    assert (settled.status, settled.note, settled.lease_until) == (status, note, None)
    assert settled.settled_at is not None
    assert notes() == {note_of(delivery)}


def test_a_retry_waits_longer_each_time_and_has_used_an_attempt(tell, now, started):
    (delivery,) = tell("customer.noted", {"verdict": "retry"})
    work("billing")
    waiting = fresh(delivery)
    assert (waiting.status, waiting.attempts, waiting.note) == ("PENDING", 1, "not yet")
    assert waiting.settled_at is None
    assert waiting.next_try_at > started + timedelta(seconds=1)
    assert backoff(5) > backoff(1)


def test_a_retry_may_name_its_own_wait(tell, started):
    (delivery,) = tell("customer.noted", {"verdict": "retry in 7 s"})
    work("billing")
    wait = fresh(delivery).next_try_at - started
    assert timedelta(seconds=7) <= wait < timedelta(seconds=17)


def test_the_wait_never_exceeds_a_quarter_of_an_hour_and_a_bit(monkeypatch):
    monkeypatch.setattr(working, "uniform", lambda _low, high: high)
    assert backoff(30) == timedelta(seconds=900 * 1.2)


def test_a_deferred_delivery_has_used_no_attempt(tell, now):
    (delivery,) = tell("customer.noted", {"verdict": "deferred"})
    work("billing")
    waiting = fresh(delivery)
    assert (waiting.status, waiting.attempts, waiting.note) == ("PENDING", 0, "partner away")


def test_a_delivery_deferred_for_ever_never_dies(tell, now):
    (delivery,) = tell("customer.noted", {"verdict": "deferred"})
    for _ in range(MAX_ATTEMPTS + 2):
        Delivery.objects.update(next_try_at=now)
        work("billing")
    assert len(handlers.BLOCKS) == MAX_ATTEMPTS + 2
    assert fresh(delivery).status == "PENDING"


def test_after_eight_attempts_a_delivery_is_a_dead_letter_and_an_event_tells_of_it(tell, now):
    (delivery,) = tell("customer.noted", {"verdict": "poison"})
    for _ in range(MAX_ATTEMPTS + 3):
        Delivery.objects.update(next_try_at=now)
        work("billing")
    dead = fresh(delivery)
    assert (dead.status, dead.attempts) == ("DEAD", MAX_ATTEMPTS)
    assert dead.note == f"Poisoned: event {delivery.event_id}"
    told = Event.objects.get(name="delivery.dead")
    assert (told.subject_table, told.subject_id) == ("journal_delivery", delivery.pk)
    assert (told.cause_id, told.correlation_id) == (dead.event_id, dead.event.correlation_id)
    assert told.payload == {"subscriber": OBEY, "event": "customer.noted"}


# Failing blocks


def test_one_poison_in_a_block_costs_the_others_nothing(tell, now):
    told = tell("customer.noted", {}, {"verdict": "poison"}, {})
    work("billing")
    before, poison, after = map(fresh, told)
    assert (before.status, after.status) == ("DONE", "DONE")
    assert (poison.status, poison.attempts) == ("PENDING", 1)
    assert [len(block) for block in handlers.BLOCKS] == [3, 1, 1, 1]


def test_what_a_failing_handler_wrote_is_undone(tell, now):
    told = tell("customer.noted", {}, {"verdict": "poison"}, {})
    work("billing")
    assert notes() == {note_of(told[0]), note_of(told[2])}


def test_a_handler_that_forgets_a_verdict_settles_nothing(route, tell, now):
    route(on("customer.noted", FORGET, queue="billing"))
    told = tell("customer.noted", {}, {})
    work("billing")
    assert {fresh(d).status for d in told} == {"PENDING"}
    assert "verdicts" in fresh(told[0]).note


def test_tried_deliveries_are_worked_on_one_at_a_time(tell, now):
    tell("customer.noted", *[{"verdict": "poison"} for _ in range(3)])
    work("billing")
    handlers.BLOCKS.clear()
    Delivery.objects.update(next_try_at=now)
    work("billing")
    assert [len(block) for block in handlers.BLOCKS] == [1, 1, 1]


def test_each_subscriber_settles_for_itself(route, tell, now):
    route(on("customer.noted", OBEY, queue="billing"), on("customer.noted", ALSO, queue="billing"))
    tell("customer.noted", {"verdict": "poison"})
    work("billing")
    assert dict(Delivery.objects.values_list("subscriber", "status")) == {
        OBEY: "PENDING",
        ALSO: "DONE",
    }


def test_work_ends_when_nothing_is_due_and_says_how_much_it_did(tell, now):
    tell("customer.noted", *[{} for _ in range(130)])
    assert work("billing") == 130
    assert work("billing") == 0


def test_work_stops_when_its_time_is_over(tell, now):
    tell("customer.noted")
    assert work("billing", seconds=0) == 0


# Crashes and lost leases


def test_a_worker_that_comes_back_after_its_lease_was_taken_leaves_nothing(tell, now):
    (delivery,) = tell("customer.noted")
    sleeper = claim("billing", at=now)
    claim("billing", at=now + LEASE + timedelta(seconds=1), tried=True)
    deliver(OBEY, sleeper)
    assert notes() == set()
    assert handlers.BLOCKS == []
    assert (fresh(delivery).status, fresh(delivery).attempts) == ("LEASED", 2)


def test_a_settled_delivery_is_not_settled_again_by_a_late_worker(tell, now):
    (delivery,) = tell("customer.noted")
    sleeper = claim("billing", at=now)
    deliver(OBEY, claim("billing", at=now + LEASE + timedelta(seconds=1), tried=True))
    deliver(OBEY, sleeper)
    assert fresh(delivery).status == "DONE"
    assert len(handlers.BLOCKS) == 1


def test_while_a_handler_works_its_deliveries_cannot_be_taken(tell, now, monkeypatch):
    tell("customer.noted")
    block = claim("billing", at=now)
    stolen: list[list[int]] = []

    def slow(deliveries):
        with ThreadPoolExecutor(1) as thief:
            late = now + LEASE + timedelta(seconds=1)
            stolen.append(thief.submit(_claim_tried_elsewhere, late).result(timeout=10))
        return handlers.also(deliveries)

    monkeypatch.setattr(working, "handler_of", lambda _subscriber: slow)
    deliver(OBEY, block)
    assert stolen == [[]]
    assert Delivery.objects.get().status == "DONE"


def _claim_tried_elsewhere(at) -> list[int]:
    try:
        return [d.pk for d in claim("billing", at=at, tried=True)]
    finally:
        connections.close_all()


def test_a_delivery_whose_worker_died_eight_times_is_buried_and_told_of(tell, now):
    (delivery,) = tell("customer.noted")
    for n in range(MAX_ATTEMPTS):
        at = now + n * (LEASE + timedelta(seconds=1))
        assert claim("billing", at=at, tried=n > 0)
    after = at + LEASE + timedelta(seconds=1)
    assert claim("billing", at=after, tried=True) == []
    assert bury_crashed(at=after) == 1
    buried = fresh(delivery)
    assert (buried.status, buried.note) == ("DEAD", "The worker died in each of 8 attempts.")
    assert Event.objects.filter(name="delivery.dead", subject_id=delivery.pk).count() == 1


def test_a_worker_still_at_its_eighth_attempt_is_not_buried(tell, now):
    tell("customer.noted")
    Delivery.objects.update(status="LEASED", attempts=MAX_ATTEMPTS, lease_until=now + LEASE)
    assert bury_crashed(at=now + LEASE) == 0


def test_a_handler_of_the_network_runs_outside_a_transaction(route, tell, now):
    route(on("customer.noted", OBEY, queue="billing", transactional=False))
    (delivery,) = tell("customer.noted")
    work("billing")
    assert handlers.IN_TRANSACTION == [False]
    assert fresh(delivery).status == "DONE"


def test_a_handler_of_rows_runs_inside_the_transaction_that_settles(tell, now):
    tell("customer.noted")
    work("billing")
    assert handlers.IN_TRANSACTION == [True]


# Replay


def test_a_replayed_dead_letter_starts_again_with_all_its_attempts(tell, now):
    (delivery,) = tell("customer.noted", {"verdict": "dead"})
    work("billing")
    with transaction.atomic():
        replay_delivery(fresh(delivery), by="user:5", at=now, reason="rate card fixed")
    again = fresh(delivery)
    assert (again.status, again.attempts, again.note) == ("PENDING", 0, "")
    told = Event.objects.get(name="delivery.replayed")
    assert (told.actor, told.reason) == ("user:5", "rate card fixed")


def test_replaying_what_is_not_dead_changes_nothing(tell, now):
    (delivery,) = tell("customer.noted")
    work("billing")
    with transaction.atomic():
        replay_delivery(fresh(delivery), by="user:5", at=now, reason="by mistake")
    assert fresh(delivery).status == "DONE"
    assert not Event.objects.filter(name="delivery.replayed").exists()


def test_settling_is_one_statement_however_many(tell, now, django_assert_num_queries):
    tell("customer.noted", *[{} for _ in range(20)])
    block = claim("billing", at=now)
    with transaction.atomic(), django_assert_num_queries(1):
        settle(block, handlers.also(block), at=timezone.now())
    assert connection.in_atomic_block is False
    assert set(Delivery.objects.values_list("status", flat=True)) == {"DONE"}
