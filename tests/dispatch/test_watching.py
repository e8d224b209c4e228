"""What the clock makes of an open load is kept beside it, whoever changes it."""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from dispatch.events import DocumentFacts, LoadFacts, MilestoneFacts, Purpose, StopFacts
from dispatch.models import Load, Watch
from dispatch.models.watch import FAR
from dispatch.operations.filing import Acceptance, file_paper, reject_document
from dispatch.operations.planning import assign_carrier, change_load, create_load
from dispatch.operations.tracking import add_milestones
from tests.factories import CarrierFactory, CustomerFactory
from tests.factories.dispatch import PICKUP

pytestmark = pytest.mark.django_db

DELIVERY = PICKUP + timedelta(hours=26)
HOUR = timedelta(hours=1)


def stop(sequence: int, kind: str, start: datetime | None, **more: Any) -> StopFacts:
    return StopFacts(
        sequence=sequence, kind=kind, name=f"Dock {sequence}", city="Joliet", state="IL",
        appointment_from=start, appointment_to=start + HOUR if start else None, **more,
    )  # fmt: skip


def make(*stops: StopFacts) -> Load:
    planned = stops or (stop(1, "PICKUP", PICKUP), stop(2, "DELIVERY", DELIVERY))
    facts = LoadFacts(references=(("PO", "4500870731"),), stops=planned, miles=Decimal(377))
    return create_load(facts, customer=CustomerFactory(), by="user:1", at=PICKUP, source="desk")


def tell(load: Load, kind: str, at: datetime, *, sequence: int | None = None) -> None:
    fact = MilestoneFacts(kind=kind, occurred_at=at, stop_sequence=sequence)
    add_milestones(load, facts=[fact], source="tms", by="source:tms", at=min(at, DELIVERY))


def watch_of(load: Load) -> Watch:
    return Watch.objects.get(load=load)


def test_a_new_load_waits_for_its_pickup_and_for_somebody_to_drive() -> None:
    watch = watch_of(make())

    assert watch.phase == "BEFORE"
    assert not watch.is_assigned
    assert watch.late_at == PICKUP + HOUR
    assert (watch.pickup_at, watch.delivery_at) == (PICKUP, DELIVERY)


def test_a_load_without_appointments_sorts_behind_all_others_and_is_never_late() -> None:
    watch = watch_of(make(stop(1, "PICKUP", None), stop(2, "DELIVERY", None)))

    assert (watch.pickup_at, watch.delivery_at, watch.late_at) == (FAR, FAR, None)


def test_a_tender_is_an_offer_until_it_is_accepted() -> None:
    load = make()
    tell(load, "TENDERED", PICKUP - 9 * HOUR)
    offered = watch_of(load).phase

    tell(load, "ACCEPTED", PICKUP - 8 * HOUR)

    assert (offered, watch_of(load).phase) == ("OFFERED", "BEFORE")


def test_assigning_a_carrier_is_seen() -> None:
    load = make()

    assign_carrier(load, carrier=CarrierFactory(), by="user:1", at=PICKUP)

    assert watch_of(load).is_assigned


def test_a_truck_that_comes_early_waits_from_its_appointment() -> None:
    load = make()

    tell(load, "ARRIVED", PICKUP - HOUR, sequence=1)

    watch = watch_of(load)
    assert (watch.phase, watch.waiting_from, watch.late_at) == ("AT_STOP", PICKUP, None)


def test_where_the_first_come_is_served_first_the_clock_starts_at_arrival() -> None:
    load = make(stop(1, "PICKUP", PICKUP, is_fcfs=True), stop(2, "DELIVERY", DELIVERY))

    tell(load, "ARRIVED", PICKUP - HOUR, sequence=1)

    assert watch_of(load).waiting_from == PICKUP - HOUR


def test_under_way_the_next_window_and_the_last_sign_of_life_count() -> None:
    load = make()
    tell(load, "ARRIVED", PICKUP, sequence=1)
    tell(load, "DEPARTED", PICKUP + HOUR, sequence=1)

    tell(load, "CHECK_CALL", PICKUP + 5 * HOUR)

    watch = watch_of(load)
    assert (watch.phase, watch.late_at) == ("ROLLING", DELIVERY + HOUR)
    assert watch.heard_at == PICKUP + 5 * HOUR


def test_an_estimate_beyond_the_window_makes_the_load_late_when_it_is_told() -> None:
    load = make()
    tell(load, "DEPARTED", PICKUP + HOUR, sequence=1)
    estimate = MilestoneFacts(kind="ETA", occurred_at=DELIVERY + 3 * HOUR, stop_sequence=2)
    told_at = PICKUP + 4 * HOUR

    add_milestones(load, facts=[estimate], source="tms", by="source:tms", at=told_at)

    watch = watch_of(load)
    assert (watch.eta_at, watch.late_at) == (DELIVERY + 3 * HOUR, told_at)
    assert watch.heard_at == told_at


def test_a_stop_whose_arrival_nobody_told_does_not_make_a_load_late_that_went_on() -> None:
    load = make()

    tell(load, "ARRIVED", DELIVERY, sequence=2)
    tell(load, "DEPARTED", DELIVERY, sequence=2)

    assert watch_of(load).late_at is None


def test_a_delivered_load_is_watched_until_its_proof_is_there_and_again_when_it_is_refused() -> (
    None
):
    load = make()
    tell(load, "DELIVERED", DELIVERY, sequence=2)
    before = watch_of(load).phase
    paper = DocumentFacts(kind="POD", filename="pod.txt", content=b"signed J. Alvarez")
    proof = file_paper(
        load, facts=paper, source="desk", by="user:1", at=DELIVERY, acceptance=Acceptance.BY_HAND
    )
    between = Watch.objects.filter(load=load).exists()

    reject_document(proof, by="user:1", at=DELIVERY, reason="Not signed.")

    assert (before, between, watch_of(load).phase) == ("DONE", False, "DONE")


def test_a_load_that_is_called_off_is_not_watched() -> None:
    load = make()

    tell(load, "CANCELLED", PICKUP)

    assert not Watch.objects.filter(load=load).exists()


def test_a_moved_appointment_is_watched_by_the_new_one() -> None:
    load = make()
    moved = (stop(1, "PICKUP", PICKUP + 4 * HOUR), stop(2, "DELIVERY", DELIVERY))

    change = LoadFacts(references=(), stops=moved, purpose=Purpose.CHANGE)
    change_load(load, facts=change, by="user:1", at=PICKUP, source="desk")

    assert watch_of(load).late_at == PICKUP + 5 * HOUR
