"""Facts on their way into rows."""

import random
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from itertools import permutations
from threading import Barrier
from uuid import UUID

import pytest
from django.db import IntegrityError, ProgrammingError, connection, transaction
from django.test.utils import CaptureQueriesContext

from accounts.models import Customer
from dispatch.events import MilestoneFacts
from dispatch.models import Load, Milestone, Stop
from dispatch.operations.planning import change_load, create_load
from dispatch.operations.tracking import (
    FactError,
    Telling,
    Tracked,
    add_milestones,
    add_milestones_many,
    fact_key,
)
from dispatch.queries.refold import loads_that_fold_differently
from journal.models import Event
from journal.operations.correlating import correlated
from journal.operations.recording import NoTransaction
from tests.dispatch.plans import DELIVERY, PICKUP, PICKUP_AT, SEVEN, change, fact, plan, stop
from tests.factories import CustomerFactory

pytestmark = pytest.mark.django_db

CORRELATION = UUID("00000000-0000-4000-8000-000000000001")


@pytest.fixture
def load(db, now) -> Load:
    return make_load(now)


def make_load(now: datetime, **fields) -> Load:
    customer: Customer = fields.pop("customer", None) or CustomerFactory.create()
    return create_load(plan(**fields), customer=customer, by="user:1", at=now, source="desk")


def tell(load: Load, *facts: MilestoneFacts, at: datetime, source: str = "tms") -> Tracked:
    return add_milestones(load, facts=facts, source=source, by=f"source:{source}", at=at)


def state_of(load: Load) -> tuple[object, ...]:
    """Everything that the fold wrote."""
    load = Load.objects.get(pk=load.pk)
    stops = load.stops.order_by("sequence").values_list(
        "sequence", "status", "arrived_at", "departed_at"
    )
    return (
        load.status,
        load.picked_up_at,
        load.delivered_at,
        load.ended_at,
        load.last_milestone_at,
        *stops,
    )


def tracked_events(load: Load) -> list[Event]:
    return list(Event.objects.filter(name="load.tracked", subject_id=load.pk).order_by("id"))


class TestOneLoad:
    """What one call does."""

    def test_seven_facts_deliver_the_load_and_complete_its_stops(self, load, now):
        tracked = tell(load, *SEVEN, at=now)

        assert (len(tracked.added), tracked.duplicates, tracked.problems) == (7, 0, ())
        assert tracked.load.status == "DELIVERED"
        assert state_of(load) == (
            "DELIVERED",
            PICKUP_AT + timedelta(hours=1.5),
            PICKUP_AT + timedelta(hours=23),
            None,
            PICKUP_AT + timedelta(hours=23),
            (1, "COMPLETED", PICKUP_AT, PICKUP_AT + timedelta(hours=1.5)),
            (2, "COMPLETED", PICKUP_AT + timedelta(hours=21), PICKUP_AT + timedelta(hours=23)),
        )

    def test_the_event_says_old_and_new_and_what_was_told(self, load, now):
        tell(load, *SEVEN[:3], at=now)
        tell(load, *SEVEN[3:5], at=now)

        (_, event) = tracked_events(load)
        assert event.payload == {
            "status": "IN_TRANSIT",
            "old_status": "DISPATCHED",
            "kinds": ["ARRIVED", "DEPARTED"],
            "late": False,
            "problems": [],
        }
        assert (event.old["status"], event.new["status"]) == ("DISPATCHED", "IN_TRANSIT")
        assert event.new["stops"]["1"]["status"] == "COMPLETED"
        assert event.old["stops"]["1"]["arrived_at"] is None
        assert event.occurred_at == PICKUP_AT + timedelta(hours=1.5)
        assert event.customer_id == load.customer_id

    def test_a_fact_is_kept_with_who_told_it_when_and_where(self, load, now):
        central = timezone(timedelta(hours=-6))
        told = replace(
            SEVEN[3],
            occurred_at=SEVEN[3].occurred_at.astimezone(central),
            source_offset_minutes=-360,
            detail={"text": "arrived at dock 4"},
        )

        with correlated(CORRELATION):
            tell(load, told, at=now, source="edi")

        row = Milestone.objects.get(load=load)
        assert (row.occurred_at, row.received_at) == (PICKUP_AT, now)
        assert (row.source, row.recorded_by) == ("edi", "source:edi")
        assert (row.source_offset_minutes, row.detail) == (-360, {"text": "arrived at dock 4"})
        assert row.stop == load.stops.get(sequence=1)
        assert row.correlation_id == CORRELATION == tracked_events(load)[0].correlation_id

    def test_the_same_facts_again_are_counted_and_change_nothing(self, load, now):
        tell(load, *SEVEN, at=now)
        before = Load.objects.values().get(pk=load.pk)

        tracked = tell(load, *SEVEN, at=now + timedelta(hours=1))

        assert (tracked.added, tracked.duplicates) == ([], 7)
        assert Load.objects.values().get(pk=load.pk) == before
        assert len(tracked_events(load)) == 1

    def test_a_fact_told_twice_in_one_call_is_one_row(self, load, now):
        tracked = tell(load, SEVEN[0], SEVEN[0], at=now)

        assert (len(tracked.added), tracked.duplicates) == (1, 1)

    def test_the_same_arrival_from_two_sources_is_two_facts_and_one_clock(self, load, now):
        tell(load, fact("ARRIVED", 0.1, 1), at=now, source="driver-app")
        tell(load, fact("ARRIVED", 0.0, 1), at=now, source="geofence")

        assert Milestone.objects.filter(load=load).count() == 2
        assert Stop.objects.get(load=load, sequence=1).arrived_at == PICKUP_AT

    def test_a_fact_older_than_the_newest_is_told_of_as_late(self, load, now):
        tell(load, fact("DELIVERED", 23, 2), at=now)
        tell(load, fact("CHECK_CALL", 12), at=now)
        tell(load, fact("ARRIVED", 21, 2), at=now)

        assert [event.payload["late"] for event in tracked_events(load)] == [False, False, True]

    def test_a_departure_before_the_arrival_is_told_as_a_problem(self, load, now):
        tracked = tell(load, fact("ARRIVED", 2, 1), fact("DEPARTED", 1, 1), at=now)

        assert [problem.code for problem in tracked.problems] == ["time_order"]
        assert tracked_events(load)[0].payload["problems"][0]["stop_sequence"] == 1

    def test_a_stop_can_be_named_by_kind_and_place(self, load, now):
        told = fact("ARRIVED", 21, None, stop_kind="DELIVERY", city="COLUMBUS", state="OH")

        tell(load, told, at=now)

        assert Milestone.objects.get(load=load).stop == load.stops.get(sequence=2)
        assert Stop.objects.get(load=load, sequence=2).status == "ARRIVED"

    def test_without_a_transaction_nothing_is_written(self, transactional_db, now):
        with transaction.atomic():
            load = make_load(now)

        with pytest.raises(NoTransaction):
            tell(load, *SEVEN, at=now)

    @pytest.mark.parametrize(
        ("told", "words"),
        [
            (replace(SEVEN[0], kind="TELEPORTED"), "not a kind"),
            (replace(SEVEN[0], occurred_at=datetime(2026, 1, 1)), "names no zone"),
            (replace(SEVEN[0], occurred_at=datetime(9999, 12, 31, tzinfo=UTC)), "the year 9999"),
            (replace(SEVEN[3], stop_sequence=0), "numbered from 1"),
            (replace(SEVEN[3], stop_sequence=40_000), "numbered from 1"),
            (replace(SEVEN[3], source_offset_minutes=900), "900 minutes from UTC"),
            (replace(SEVEN[3], is_retraction=True), "names what it takes back"),
        ],
    )
    def test_a_fact_that_cannot_be_kept_is_refused_in_one_sentence(self, load, now, told, words):
        with pytest.raises(FactError, match=words):
            tell(load, told, at=now)

    def test_a_kept_fact_can_be_neither_changed_nor_removed(self, load, now):
        (row,) = tell(load, SEVEN[0], at=now).added

        for attack in (
            lambda: Milestone.objects.filter(pk=row.pk).update(kind="ACCEPTED"),
            lambda: Milestone.objects.filter(pk=row.pk).delete(),
        ):
            with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
                attack()

    def test_the_database_keeps_a_fact_once(self, load, now):
        (row,) = tell(load, SEVEN[0], at=now).added
        row.pk = None

        with pytest.raises(IntegrityError, match="milestone_fact_once"), transaction.atomic():
            row.save(force_insert=True)


class TestOrder:
    """Late, twice, out of order: one end."""

    def test_forty_random_orders_with_repetitions_end_in_one_state(self, now):
        dice = random.Random(2026)
        customer, states = CustomerFactory(), set()

        for number in range(40):
            load = make_load(now, customer=customer, references=(("SHIPMENT_ID", f"S-{number}"),))
            facts = [*dice.sample(SEVEN, 7), *dice.choices(SEVEN, k=2)]
            cut = dice.randrange(1, len(facts))
            tell(load, *facts[:cut], at=now)
            tell(load, *facts[cut:], at=now)
            states.add(state_of(load))

        assert len(states) == 1
        assert next(iter(states))[0] == "DELIVERED"
        assert loads_that_fold_differently() == 0

    @pytest.mark.parametrize("order", list(permutations(range(3))))
    def test_a_correction_and_its_withdrawal_converge_in_every_order(self, load, now, order):
        facts = (
            fact("ARRIVED", 0, 1, reference="evt-1"),
            fact("ARRIVED", 0.5, 1, reference="evt-2", supersedes_reference="evt-1"),
            fact(
                "ARRIVED",
                0.5,
                1,
                reference="evt-3",
                supersedes_reference="evt-2",
                is_retraction=True,
            ),
        )

        for place in order:
            tell(load, facts[place], at=now)

        assert Stop.objects.get(load=load, sequence=1).arrived_at == PICKUP_AT

    def test_a_person_corrects_a_partner_by_the_key_of_the_fact(self, load, now):
        (wrong,) = tell(load, fact("ARRIVED", 0, 1), at=now).added

        by_hand = fact("ARRIVED", 1, 1, reference="", supersedes_reference=wrong.fact_key)
        tell(load, by_hand, at=now, source="desk")

        assert Stop.objects.get(load=load, sequence=1).arrived_at == PICKUP_AT + timedelta(hours=1)

    @pytest.mark.parametrize("plan_first", [True, False])
    def test_a_fact_of_a_stop_that_the_plan_learns_of_later_converges(self, load, now, plan_first):
        three = change(stops=(PICKUP, stop(2, "STOP_OFF"), replace(DELIVERY, sequence=3)))
        steps = [
            lambda: change_load(load, facts=three, by="user:1", at=now, source="desk"),
            lambda: tell(load, fact("DELIVERED", 23, 3), at=now),
        ]

        for step in steps if plan_first else steps[::-1]:
            step()

        assert state_of(load)[0] == "DELIVERED"
        assert Stop.objects.get(load=load, sequence=3).status == "COMPLETED"

    def test_an_instant_written_with_another_offset_is_the_same_fact(self):
        told = SEVEN[3]
        moved = replace(
            told, occurred_at=told.occurred_at.astimezone(timezone(timedelta(hours=-5)))
        )

        assert fact_key(told, source="tms") == fact_key(moved, source="tms")

    @pytest.mark.parametrize(
        "other",
        [
            {"kind": "DEPARTED"},
            {"occurred_at": datetime(2026, 11, 18, 13, 0, 1, tzinfo=UTC)},
            {"stop_sequence": 2},
            {"stop_kind": "PICKUP"},
            {"city": "Joliet"},
            {"state": "IL"},
            {"source_reference": "evt-9"},
            {"supersedes_reference": "evt-9"},
            {"is_retraction": True},
            {"detail": {"text": "second dock"}},
        ],
    )
    def test_whatever_else_was_told_makes_another_fact(self, other):
        told = SEVEN[3]

        assert fact_key(told, source="tms") != fact_key(replace(told, **other), source="tms")
        assert fact_key(told, source="tms") != fact_key(told, source="edi")


class TestManyLoads:
    """Batches."""

    def make_loads(self, count: int, now: datetime) -> list[Load]:
        customer = CustomerFactory()
        return [
            make_load(now, customer=customer, references=(("SHIPMENT_ID", f"S-{number}"),))
            for number in range(count)
        ]

    def tellings(self, loads: Sequence[Load]) -> list[Telling]:
        return [Telling(load, SEVEN, "tms", "source:tms") for load in loads]

    def test_a_batch_writes_what_single_calls_write(self, now):
        *batch, alone = self.make_loads(4, now)

        tracked = add_milestones_many(self.tellings(batch), at=now)
        tell(alone, *SEVEN, at=now)

        assert [result.load.pk for result in tracked] == [load.pk for load in batch]
        assert {state_of(load) for load in batch} == {state_of(alone)}
        assert [len(tracked_events(load)) for load in batch] == [1, 1, 1]

    def test_one_load_may_be_told_of_several_times_in_a_batch(self, load, now):
        other = UUID("00000000-0000-4000-8000-000000000002")
        first, second = add_milestones_many(
            [
                Telling(load, SEVEN[:3], "tms", "source:tms", CORRELATION),
                Telling(load, SEVEN[2:], "tms", "source:tms", other),
            ],
            at=now,
        )

        assert (len(first.added), len(second.added), second.duplicates) == (3, 4, 1)
        assert [event.payload["old_status"] for event in tracked_events(load)] == [
            "PLANNED",
            "DISPATCHED",
        ]
        assert [event.correlation_id for event in tracked_events(load)] == [CORRELATION, other]
        assert state_of(load)[0] == "DELIVERED"

    def test_the_number_of_statements_does_not_grow_with_the_batch(self, now):
        loads = self.make_loads(13, now)

        with CaptureQueriesContext(connection) as one:
            add_milestones_many(self.tellings(loads[:1]), at=now)
        with CaptureQueriesContext(connection) as twelve:
            add_milestones_many(self.tellings(loads[1:]), at=now)

        assert len(twelve) == len(one) <= 11

    def test_nothing_to_tell_asks_for_nothing(self, now):
        assert add_milestones_many([], at=now) == []


@pytest.mark.django_db(transaction=True)
class TestAtOnce:
    """Two workers, the same loads."""

    def test_two_batches_in_opposite_order_neither_deadlock_nor_lose(self, now):
        with transaction.atomic():
            customer = CustomerFactory()
            loads = [
                make_load(now, customer=customer, references=(("SHIPMENT_ID", f"S-{number}"),))
                for number in range(20)
            ]
        start = Barrier(2)

        def work(order: Sequence[Load], facts: Sequence[MilestoneFacts]) -> None:
            try:
                start.wait(timeout=10)
                for told in facts:
                    with transaction.atomic():
                        add_milestones_many(
                            [Telling(load, [told], "tms", "source:tms") for load in order], at=now
                        )
            finally:
                connection.close()

        with ThreadPoolExecutor(2) as pool:
            jobs = [
                pool.submit(work, loads, SEVEN[::2]),
                pool.submit(work, loads[::-1], [*SEVEN[1::2], SEVEN[0]]),
            ]
            for job in jobs:
                job.result(timeout=60)

        assert {state_of(load)[0] for load in loads} == {"DELIVERED"}
        assert Milestone.objects.count() == 7 * len(loads)
        assert loads_that_fold_differently() == 0

    def test_the_same_fact_at_the_same_time_is_one_row(self, now):
        with transaction.atomic():
            load = make_load(now)
        start = Barrier(4)

        def work() -> int:
            try:
                start.wait(timeout=10)
                with transaction.atomic():
                    return len(tell(load, *SEVEN, at=now).added)
            finally:
                connection.close()

        with ThreadPoolExecutor(4) as pool:
            added = [job.result(timeout=60) for job in [pool.submit(work) for _ in range(4)]]

        assert sorted(added) == [0, 0, 0, 7]
        assert Milestone.objects.filter(load=load).count() == 7
