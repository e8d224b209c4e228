"""What was recorded beside the clocks reaches the facts that are priced."""

from decimal import Decimal
from typing import Any

import pytest
from pytest_django import DjangoAssertNumQueries

from dispatch.models import Load, LoadItem, Stop
from rating.engine.book import AccessorialRule
from rating.engine.choices import Basis, Trigger
from rating.engine.facts import Clock, LoadFacts, OpenHours, Service
from rating.operations.quoting import quote_load
from rating.queries.load_facts import gather_facts
from tests.factories import LoadFactory
from tests.rating.engine.building import utc
from tests.rating.making import NOW, RULES, delivered_load, published
from tests.rating.test_load_facts import tell

pytestmark = pytest.mark.django_db


def facts_of(load: Load) -> LoadFacts:
    return gather_facts([load])[load.pk]


def service(load: Any, name: str, *, stop: int | None = None, **detail: str) -> Any:
    return tell(load, "SERVICE", "2026-11-19T12:00", stop=stop, detail={"service": name, **detail})


def test_a_service_brings_quantity_unit_stop_and_who_authorised_it():
    load: Any = delivered_load()
    told = service(load, "LAYOVER", stop=2, quantity="2", unit="night", authorised_by="K. Moss")

    assert facts_of(load).services == (
        Service(
            code="LAYOVER", quantity=Decimal(2), unit="night", stop_sequence=2, source="edi",
            reference=f"milestone:{told.pk}", at=utc("2026-11-19T12:00"), authorised_by="K. Moss",
        ),
    )  # fmt: skip


def test_a_service_told_in_one_word_is_one_of_its_unit():
    load: Any = delivered_load()
    service(load, "LAYOVER")

    (told,) = facts_of(load).services

    assert (told.quantity, told.unit, told.stop_sequence) == (Decimal(1), "night", None)


def test_a_service_that_was_taken_back_is_not_charged():
    load: Any = delivered_load()
    told = service(load, "LIFTGATE", stop=1)
    tell(
        load, "SERVICE", "2026-11-19T13:00", supersedes_reference=told.fact_key,
        is_retraction=True, detail={},
    )  # fmt: skip

    assert facts_of(load).services == ()


def test_services_take_no_statement_of_their_own(
    django_assert_num_queries: DjangoAssertNumQueries,
):
    loads: list[Any] = [delivered_load(), LoadFactory()]
    for load in loads:
        for name in ("LIFTGATE", "LAYOVER", "TEAM"):
            service(load, name)

    with django_assert_num_queries(4):
        gather_facts(loads)


def test_empty_miles_may_be_told_as_a_service():
    load: Any = LoadFactory(status=Load.Status.TONU, ended_at=utc("2026-11-18T12:00"))
    service(load, "TEAM", quantity="9")
    service(load, "DEADHEAD", quantity="100")

    assert facts_of(load).deadhead_miles == Decimal(100)


@pytest.mark.parametrize(("scale", "is_fee"), [("42100", True), ("38420", False)])
def test_a_reweigh_is_the_weight_and_a_fee_only_if_it_changed(scale: str, is_fee: bool):
    load: Any = delivered_load(weight_lb=Decimal(38420), reweighed_lb=Decimal(scale))
    told = tell(
        load, "REWEIGHED", "2026-11-18T15:00", detail={"weight_lb": scale, "certificate": "W-77"}
    )

    facts = facts_of(load)

    assert (facts.weight_lb, facts.weight_source) == (Decimal(scale), "edi, certificate W-77")
    assert [(each.code, each.reference, each.is_told) for each in facts.services] == [
        ("REWEIGH", f"milestone:{told.pk}", False)
    ] * is_fee


def test_a_weighing_without_a_number_of_its_certificate_names_its_source():
    load: Any = delivered_load(weight_lb=None, reweighed_lb=Decimal(42100))
    tell(load, "REWEIGHED", "2026-11-18T15:00", detail={"weight_lb": "42100"})

    facts = facts_of(load)

    assert (facts.weight_lb, facts.weight_source, facts.services) == (Decimal(42100), "edi", ())


def test_a_delay_at_a_stop_is_told_with_its_length():
    load: Any = delivered_load()
    told = tell(
        load, "PAUSED", "2026-11-18T20:00", stop=2, detail={"reason": "MEAL", "minutes": "45"}
    )

    (pause,) = facts_of(load).stops[1].pauses

    source = {"source": "edi", "reference": f"milestone:{told.pk}"}
    assert pause.code == "MEAL"
    assert pause.start == Clock(at=utc("2026-11-18T20:00"), **source)
    assert pause.end == Clock(at=utc("2026-11-18T20:45"), **source)


@pytest.mark.parametrize(
    ("when", "is_there"),
    [("2026-11-18T18:00", False), ("2026-11-18T20:00", True), ("2026-11-18T23:00", False)],
)
def test_a_delay_without_a_length_counts_while_the_truck_is_there(when: str, is_there: bool):
    load: Any = delivered_load()
    tell(load, "DELAYED", when, stop=2, detail={"reason": "AH", "reason_text": "driver"})

    assert [each.code for each in facts_of(load).stops[1].pauses] == ["AH"] * is_there


def test_a_truck_that_has_not_left_may_be_delayed_still():
    load: Any = delivered_load()
    Stop.objects.filter(load=load, sequence=2).update(departed_at=None)
    tell(load, "EXCEPTION", "2026-11-18T23:00", stop=2, detail={"reason": "AI"})
    tell(load, "EXCEPTION", "2026-11-18T23:00", stop=2, detail={"text": "no reason told"})

    assert len(facts_of(load).stops[1].pauses) == 1


def test_a_delay_of_the_road_is_no_stops():
    load: Any = delivered_load()
    tell(load, "DELAYED", "2026-11-18T20:00", detail={"reason": "AH"})

    assert all(stop.pauses == () for stop in facts_of(load).stops)


def test_a_stop_brings_its_hours_and_what_others_have_on_the_truck():
    load: Any = delivered_load()
    Stop.objects.filter(load=load, sequence=2).update(
        receiving_hours="Wed 07:00-15:00", truck_weight_lb=Decimal("41000.00")
    )
    Stop.objects.filter(load=load, sequence=3).update(receiving_hours="whenever")

    _, second, third = facts_of(load).stops

    assert second.receiving_hours == (OpenHours(weekday=2, opens_at=420, closes_at=900),)
    assert second.truck_weight_lb == Decimal(41000)
    assert third.receiving_hours == ()


LAYOVER = AccessorialRule(
    rule="LAY-1", code="LAY", name="Layover", trigger=Trigger.SERVICE, service="LAYOVER",
    basis=Basis.PER_UNIT, rate=Decimal(350),
)  # fmt: skip


def test_two_recorded_nights_are_charged_with_their_evidence():
    load: Any = delivered_load()
    published(accessorials=(*RULES, LAYOVER))
    told = service(load, "LAYOVER", stop=2, quantity="2", authorised_by="K. Moss")

    (line,) = (line for line in quote_load(load, at=NOW).lines if line.code == "LAY")

    assert (line.amount, line.stop_sequence) == (Decimal("700.00"), 2)
    assert line.evidence[0].reference == f"milestone:{told.pk}"
    assert "authorised by K. Moss" in line.evidence[0].text


def item(load: Any, line: int, weight: str, freight_class: str) -> None:
    LoadItem.objects.create(
        load=load, customer=load.customer, line=line, weight_lb=Decimal(weight),
        freight_class=freight_class,
    )  # fmt: skip


def test_a_reweigh_is_shared_among_the_items():
    load: Any = delivered_load(weight_lb=Decimal(3000), reweighed_lb=Decimal("3500.01"))
    item(load, 1, "1000", "70")
    item(load, 2, "2000", "100")
    tell(load, "REWEIGHED", "2026-11-18T15:00", detail={"weight_lb": "3500.01"})

    weights = [each.weight_lb for each in facts_of(load).items]

    assert weights == [Decimal("1166.67"), Decimal("2333.34")]


@pytest.mark.parametrize(
    ("detail", "classes"),
    [
        ({"freight_class": "125"}, ["125", "125"]),
        ({"freight_class": "125", "from_class": "100"}, ["70", "125"]),
        ({"freight_class": "125", "from_class": "55"}, ["70", "100"]),
    ],
)
def test_a_reclass_changes_the_class_and_is_a_fee_only_then(
    detail: dict[str, str], classes: list[str]
):
    load: Any = delivered_load()
    item(load, 1, "1000", "70")
    item(load, 2, "2000", "100")
    tell(load, "RECLASSED", "2026-11-18T15:00", detail=detail)

    facts = facts_of(load)

    assert [each.freight_class for each in facts.items] == classes
    is_changed = classes != ["70", "100"]
    assert [each.code for each in facts.services] == ["RECLASS"] * is_changed


@pytest.mark.parametrize(
    ("found", "classes"),
    [
        ((("70", "85"), ("100", "125")), ["85", "125"]),
        ((("70", "100"), ("100", "125")), ["100", "125"]),
        ((("70", "85"), ("85", "92.5")), ["92.5", "100"]),
        ((("70", "85"), ("70", "92.5")), ["92.5", "100"]),
    ],
)
def test_each_of_two_inspections_counts(found, classes):
    load: Any = delivered_load()
    item(load, 1, "1000", "70")
    item(load, 2, "2000", "100")
    for hour, (before, after) in enumerate(found, start=15):
        detail = {"from_class": before, "freight_class": after}
        tell(load, "RECLASSED", f"2026-11-18T{hour}:00", detail=detail)

    assert [each.freight_class for each in facts_of(load).items] == classes
