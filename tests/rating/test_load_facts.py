"""What dispatch folded becomes facts, with the milestone that told each clock."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from dispatch.models import Document, Load, LoadItem, Milestone, Stop
from rating.engine.facts import Clock, Item, LoadFacts, StopFacts
from rating.queries.load_facts import gather_facts
from tests.factories import DocumentFactory, LoadFactory, MilestoneFactory, StopFactory
from tests.rating.engine.building import utc
from tests.rating.making import delivered_load

pytestmark = pytest.mark.django_db


def facts_of(load: Any) -> LoadFacts:
    return gather_facts([load])[load.pk]


def stop_of(load: Any, sequence: int) -> StopFacts:
    return facts_of(load).stops[sequence - 1]


def tell(load: Any, kind: str, when: str, *, stop: int | None = None, **more: Any) -> Any:
    return MilestoneFactory(
        load=load, kind=kind, occurred_at=utc(when), stop_sequence=stop, source="edi", **more
    )


def test_a_load_brings_what_was_agreed():
    load = delivered_load(quoted_amount=Decimal("1445.76"), pieces=1248, piece_unit="cs")

    facts = facts_of(load)

    assert (facts.load, facts.customer, facts.customer_id) == (
        "104882", load.customer.code, load.customer_id,
    )  # fmt: skip
    assert (facts.equipment, facts.shipment_type) == ("REEFER53", "TRUCKLOAD")
    assert (facts.miles, facts.miles_source) == (Decimal(377), "PC*MILER 38 practical")
    assert (facts.weight_lb, facts.pieces, facts.pallets) == (Decimal(38420), Decimal(1248), None)
    assert facts.quoted_amount == Decimal("1445.76")
    assert facts.is_delivered


def test_items_come_in_their_order_with_class_and_size():
    load: Any = LoadFactory(linear_feet=Decimal("12.50"), cubic_feet=None)
    pallet = {"load": load, "customer": load.customer, "length_in": Decimal("48.00")}
    LoadItem.objects.create(line=2, weight_lb=Decimal("90.50"), is_stackable=False, **pallet)
    LoadItem.objects.create(line=1, weight_lb=450, freight_class="77.5", pieces=3, **pallet)

    facts = facts_of(load)

    assert facts.items == (
        Item(weight_lb=Decimal(450), freight_class="77.5", pieces=3, length_in=Decimal(48)),
        Item(weight_lb=Decimal("90.5"), length_in=Decimal(48), is_stackable=False),
    )
    assert str(facts.items[0].length_in) == "48"
    assert (facts.linear_feet, facts.cubic_feet) == (Decimal("12.5"), None)


@pytest.mark.parametrize("unit", ["PLT", "pallets", "Skid"])
def test_pieces_that_are_pallets_are_counted_as_both(unit):
    facts = facts_of(LoadFactory(pieces=22, piece_unit=unit))

    assert (facts.pieces, facts.pallets) == (Decimal(22), Decimal(22))


def test_what_is_not_known_is_none_not_zero():
    facts = facts_of(LoadFactory(weight_lb=None, miles=None, miles_source=""))

    assert (facts.weight_lb, facts.miles, facts.pieces, facts.quoted_amount) == (None,) * 4
    assert (facts.pickup_on, facts.pickup_source, facts.delivered_on) == (None, "", None)
    assert facts.stops == ()


def test_days_are_local_to_where_they_happened():
    load = delivered_load(
        picked_up_at=utc("2026-11-19T03:30"), delivered_at=utc("2026-11-20T04:30")
    )

    facts = facts_of(load)

    assert (facts.pickup_on, facts.pickup_source) == (date(2026, 11, 18), "picked up")
    assert facts.delivered_on == date(2026, 11, 19)


def test_before_it_happens_a_day_is_the_one_that_was_agreed():
    load = delivered_load(picked_up_at=None, delivered_at=None, status=Load.Status.DISPATCHED)

    facts = facts_of(load)

    assert (facts.pickup_on, facts.pickup_source) == (date(2026, 11, 18), "appointment")
    assert facts.delivered_on == date(2026, 11, 19)
    assert not facts.is_delivered


def test_a_load_is_tendered_when_it_was_told_so_else_when_it_came():
    load = delivered_load()
    created = facts_of(load).tendered_on
    tell(load, "TENDERED", "2026-11-15T12:00")

    assert created == (load.created_at - timedelta(hours=6)).date()
    assert facts_of(load).tendered_on == date(2026, 11, 15)


def test_a_clock_names_the_milestone_that_told_it():
    load = delivered_load()
    told = Milestone.objects.get(load=load, stop_sequence=2, kind="ARRIVED")

    assert stop_of(load, 2).arrived == Clock(
        at=utc("2026-11-18T18:48"), source="eld", reference=f"milestone:{told.pk}"
    )


def test_a_clock_that_no_milestone_tells_is_dispatchs_own():
    load = delivered_load()
    stop = Stop.objects.get(load=load, sequence=2)
    Stop.objects.filter(pk=stop.pk).update(arrived_at=utc("2026-11-18T18:50"))

    assert stop_of(load, 2).arrived == Clock(
        at=utc("2026-11-18T18:50"), source="dispatch", reference=f"stop:{stop.pk}"
    )


def test_a_corrected_milestone_is_no_evidence():
    load = delivered_load()
    wrong = Milestone.objects.get(load=load, stop_sequence=2, kind="DEPARTED")
    right = tell(load, "DEPARTED", "2026-11-18T22:12", stop=2, supersedes_reference=wrong.fact_key)

    assert stop_of(load, 2).departed == Clock(
        at=utc("2026-11-18T22:12"), source="edi", reference=f"milestone:{right.pk}"
    )


def test_unloading_and_departure_are_two_clocks():
    load = delivered_load()
    tell(load, "DELIVERED", "2026-11-19T13:00", stop=3)

    stop = stop_of(load, 3)

    assert stop.unloaded
    assert stop.departed
    assert (stop.unloaded.at, stop.departed.at) == (
        utc("2026-11-19T13:00"),
        utc("2026-11-19T14:40"),
    )


def test_a_delivery_that_stands_in_for_a_departure_is_only_a_delivery():
    load = LoadFactory()
    StopFactory(load=load, sequence=1)
    StopFactory(load=load, sequence=2, kind="DELIVERY", departed_at=utc("2026-11-19T13:00"))
    tell(load, "DELIVERED", "2026-11-19T13:00")

    stop = stop_of(load, 2)

    assert stop.departed is None
    assert stop.unloaded
    assert stop.unloaded.at == utc("2026-11-19T13:00")


def test_a_stop_brings_its_place_appointment_and_state():
    load = delivered_load()
    Stop.objects.filter(load=load, sequence=2).update(
        status=Stop.Status.SKIPPED, is_fcfs=True, weight_lb=Decimal("9000.00"), country="CA"
    )

    first, second = facts_of(load).stops[:2]

    assert first.location_code
    assert (first.timezone, first.postal_code, first.is_complete) == (
        "America/Chicago", "60436", True,
    )  # fmt: skip
    assert first.appointment_to == utc("2026-11-18T14:00")
    assert (second.is_skipped, second.is_fcfs, second.weight_lb, second.country) == (
        True, True, Decimal(9000), "CA",
    )  # fmt: skip


def test_receipts_are_those_that_were_not_rejected_oldest_first():
    load = delivered_load()
    last = Stop.objects.get(load=load, sequence=3)
    scale: Any = DocumentFactory(
        load=load, stop=None, kind=Document.Kind.SCALE_TICKET, amount=Decimal("12.59")
    )
    DocumentFactory(
        load=load, stop=last, kind=Document.Kind.LUMPER_RECEIPT, status="REJECTED", reason="blurred"
    )
    DocumentFactory(load=load, kind=Document.Kind.POD)

    receipts = facts_of(load).receipts

    assert [(each.kind, each.number, each.amount, each.stop_sequence) for each in receipts] == [
        ("LUMPER_RECEIPT", "5519", Decimal("285.00"), 3),
        ("SCALE_TICKET", "", Decimal("12.59"), None),
    ]
    assert receipts[1].reference == f"document:{scale.pk}"


@pytest.mark.parametrize(
    ("status", "kind", "name"),
    [
        (Load.Status.CANCELLED, "CANCELLED", "cancelled"),
        (Load.Status.TONU, "TRUCK_NOT_USED", "truck_not_used"),
    ],
)
def test_an_end_before_delivery_is_a_clock(status, kind, name):
    load: Any = LoadFactory(status=status, ended_at=utc("2026-11-18T12:00"))
    bare = getattr(facts_of(load), name)
    told = tell(load, kind, "2026-11-18T12:00")

    clock = getattr(facts_of(load), name)

    assert bare == Clock(at=utc("2026-11-18T12:00"), source="dispatch", reference=f"load:{load.pk}")
    assert clock == Clock(
        at=utc("2026-11-18T12:00"), source="edi", reference=f"milestone:{told.pk}"
    )


@pytest.mark.parametrize(
    ("detail", "miles"),
    [
        ({"deadhead_miles": "120.5"}, Decimal("120.5")),
        ({"deadhead_miles": 100}, Decimal(100)),
        ({"deadhead_miles": "far"}, None),
        ({}, None),
    ],
)
def test_deadhead_miles_are_what_the_milestone_says(detail, miles):
    load = LoadFactory(status=Load.Status.TONU, ended_at=utc("2026-11-18T12:00"))
    tell(load, "TRUCK_NOT_USED", "2026-11-18T12:00", detail=detail)

    assert facts_of(load).deadhead_miles == miles


def test_each_load_has_its_own_papers():
    one: Any = delivered_load()
    other: Any = LoadFactory()

    facts = gather_facts([one, other])

    assert len(facts[one.pk].stops) == 3
    assert facts[other.pk].stops == ()
    assert facts[other.pk].receipts == ()
