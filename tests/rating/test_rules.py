"""Every fault of a draft is told at once, by row."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from rating.engine.book import AccessorialRule, LaneRow, WeightBreak, Zone
from rating.engine.choices import Basis, ClassSource, StopKind, Trigger
from rating.engine.freight import FakRange
from rating.engine.places import Place
from rating.rules import find_faults
from tests.rating.engine.building import (
    DETENTION,
    LANES,
    LUMPER,
    STOP_OFF,
    TERMS,
    TONU,
    VERSION,
    changed,
)
from tests.rating.engine.freight_building import CUBIC, LINEAR

RULES = (DETENTION, STOP_OFF, LUMPER, TONU)
FIRST, SECOND = LANES


def faults(
    lanes: tuple[LaneRow, ...] = (),
    rules: tuple[AccessorialRule, ...] = (),
    zones: tuple[Zone, ...] = (),
    minimum_charge: Decimal | None = None,
) -> list[str]:
    return [str(fault) for fault in find_faults(lanes, rules, zones, minimum_charge)]


def test_a_coherent_draft_has_no_faults():
    assert faults(LANES, RULES) == []


def test_two_lanes_for_the_same_freight_are_both_named():
    twin = replace(FIRST, row=7, rate=Decimal(9), priority=3)

    assert faults((*LANES, twin)) == ["row 7: prices 604 to 431 like row 1"]


@pytest.mark.parametrize("noun", ["equipment", "commodity", "shipment_type"])
def test_lanes_for_different_freight_stand_side_by_side(noun: str):
    assert faults((*LANES, changed(FIRST, row=7, **{noun: "OTHER"}))) == []


def test_a_row_number_is_used_once():
    assert faults((FIRST, replace(SECOND, row=1))) == ["row 1: has the number of row 1"]
    assert len(faults((FIRST, FIRST))) == 2


@pytest.mark.parametrize("basis", [Basis.PERCENT, Basis.PER_UNIT, Basis.PASS_THROUGH])
def test_a_lane_is_rated_on_what_a_load_has(basis: Basis):
    assert faults((replace(FIRST, basis=basis),)) == [f"row 1: a lane cannot be rated {basis}"]


def test_weight_breaks_belong_to_a_rate_for_the_hundredweight():
    breaks = (WeightBreak(from_weight_lb=Decimal(0), rate=Decimal(1)),)

    assert faults((replace(FIRST, breaks=breaks),)) == [
        "row 1: weight breaks need PER_CWT, not PER_MILE"
    ]
    assert faults((replace(FIRST, basis=Basis.PER_CWT, breaks=breaks),)) == []


@pytest.mark.parametrize(
    ("minimum", "charge", "maximum", "floor"),
    [("900", None, "850", "900"), ("100", "900", "850", "900"), (None, "900", "850", "900")],
)
def test_a_floor_above_the_cap_is_a_fault(
    minimum: str | None, charge: str | None, maximum: str, floor: str
):
    lane = replace(FIRST, minimum=Decimal(minimum) if minimum else None, maximum=Decimal(maximum))

    found = faults((lane,), minimum_charge=Decimal(charge) if charge else None)

    assert found == [f"row 1: minimum {floor} is above maximum {maximum}"]


def test_a_floor_at_the_cap_is_a_flat_price():
    assert faults((replace(FIRST, minimum=Decimal(850), maximum=Decimal(850)),)) == []


def test_a_lane_names_zones_that_the_version_defines():
    lane = replace(FIRST, origin=Place.zone("MW"), destination=Place.region("SE"))
    midwest = Zone(name="MW", members=frozenset({Place.parse("IL")}))
    southeast = Zone(name="SE", members=frozenset({Place.parse("GA")}), is_region=True)

    assert faults((lane,)) == ["row 1: Zone MW is not defined", "row 1: Region SE is not defined"]
    assert faults((lane,), zones=(midwest, southeast)) == []
    assert faults((lane,), zones=(midwest, replace(southeast, is_region=False))) == [
        "row 1: Region SE is not defined"
    ]


def test_a_rule_is_there_once():
    assert faults(rules=(STOP_OFF, replace(STOP_OFF, code="STQ"))) == [
        "rule STOP-1: is there twice"
    ]


def test_two_rules_may_not_charge_one_event():
    twin = replace(STOP_OFF, rule="STOP-2", rate=Decimal(80))

    assert faults(rules=(STOP_OFF, twin)) == ["rule STOP-2: charges SOC for the same as STOP-1"]
    assert faults(rules=(STOP_OFF, replace(twin, stop_kind=StopKind.DROP))) == []


@pytest.mark.parametrize(
    ("rule", "fault"),
    [
        (replace(DETENTION, detention=None), "rule DET-4: needs detention terms"),
        (
            replace(LUMPER, receipt_kind=""),
            "rule LUMP-1: needs the kind of document it passes through",
        ),
        (
            replace(STOP_OFF, trigger=Trigger.SERVICE),
            "rule STOP-1: needs the service it listens to",
        ),
        (
            replace(STOP_OFF, minimum=Decimal(2), maximum=Decimal(1)),
            "rule STOP-1: minimum 2 is above maximum 1",
        ),
        (
            replace(LUMPER, basis=Basis.FLAT),
            "rule LUMP-1: PASS_THROUGH is the basis of receipts, and of nothing else",
        ),
        (
            replace(STOP_OFF, basis=Basis.PASS_THROUGH),
            "rule STOP-1: PASS_THROUGH is the basis of receipts, and of nothing else",
        ),
    ],
)
def test_a_rule_has_what_its_trigger_needs(rule: AccessorialRule, fault: str):
    assert faults(rules=(rule,)) == [fault]


CONVERTING = replace(TERMS, layover_after_minutes=540, layover_rule="LAY-1")


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({}, "rule DET-4: turns into LAY-1, which is no rule"),
        ({"layover_rule": ""}, "rule DET-4: turns into a layover, which is no rule"),
        (
            {"layover_rule": "STOP-1"},
            "rule DET-4: turns into STOP-1, which charges no recorded service",
        ),
    ],
)
def test_a_wait_turns_into_a_layover_that_the_schedule_has(changes: dict[str, Any], fault: str):
    rule = replace(DETENTION, detention=replace(CONVERTING, **changes))

    assert faults(rules=(rule, STOP_OFF)) == [fault]


def test_a_layover_that_is_a_service_is_no_fault():
    layover = replace(
        STOP_OFF, rule="LAY-1", code="LAY", trigger=Trigger.SERVICE, service="LAYOVER"
    )

    assert faults(rules=(replace(DETENTION, detention=CONVERTING), layover)) == []


def test_all_faults_are_told_at_once_lanes_first():
    twin = replace(FIRST, row=7)
    bad = replace(STOP_OFF, minimum=Decimal(2), maximum=Decimal(1))

    found = faults((FIRST, twin, replace(SECOND, basis=Basis.PERCENT)), (bad,))

    assert [fault.split(":")[0] for fault in found] == ["row 7", "row 2", "rule STOP-1"]


def freight_faults(**terms: Any) -> list[str]:
    return [str(fault) for fault in find_faults((), (), (), **terms)]


def fak(min_class: str, max_class: str, rated_class: str = "70") -> FakRange:
    return FakRange(min_class=min_class, max_class=max_class, rated_class=rated_class)


@pytest.mark.parametrize(
    ("ranges", "told"),
    [
        ((fak("50", "77.5"), fak("85", "100")), []),
        ((fak("50", "85"), fak("85", "100")), ["FAK 85 to 100: overlaps FAK 50 to 85"]),
        ((fak("100", "250"), fak("70", "500")), ["FAK 70 to 500: overlaps FAK 100 to 250"]),
        ((fak("100", "92.5"),), ["FAK 100 to 92.5: begins above its end"]),
        ((fak("50", "105"),), ["FAK 50 to 105: '105' is no freight class"]),
        (
            (fak("050", "100"),),
            ["FAK 050 to 100: '050' is no freight class, it is spelled 50"],
        ),
        ((fak("50", "100", "FAK"),), ["FAK 50 to 100: 'FAK' is no freight class"]),
    ],
)
def test_ranges_of_classes_stand_apart_and_name_classes(ranges, told):
    assert freight_faults(fak=ranges) == told


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({}, []),
        ({"floor_class": ""}, []),
        ({"floor_class": "130"}, ["Cubic capacity rule: '130' is no freight class"]),
        (
            {"discount_percent": Decimal(100)},
            ["Cubic capacity rule: a discount of 100 % is not a share"],
        ),
    ],
)
def test_a_space_rule_names_a_class_and_a_share(changes, told):
    assert freight_faults(space_rules=(changed(CUBIC, **changes),)) == told


def test_a_measure_has_one_space_rule():
    assert freight_faults(space_rules=(CUBIC, LINEAR, replace(CUBIC, over=Decimal(350)))) == [
        "Cubic capacity rule: is there twice"
    ]


@pytest.mark.parametrize("source", [ClassSource.DENSITY, ClassSource.DECLARED_ELSE_DENSITY])
def test_a_class_by_density_needs_its_scale(source):
    version = replace(VERSION, class_source=source)

    assert freight_faults(settings=version, has_scale=True) == []
    assert freight_faults(settings=version) == [
        "settings: a class by density needs a density scale"
    ]


@pytest.mark.parametrize("name", ["wide_from_in", "wide_width_in"])
def test_wide_freight_needs_both_widths(name):
    version = changed(VERSION, **{name: Decimal(70)})

    assert freight_faults(settings=version) == [
        "settings: wide freight needs both the width it begins at and the deemed one"
    ]


def test_a_weight_break_names_a_class_that_there_is():
    lane = replace(
        FIRST,
        basis=Basis.PER_CWT,
        breaks=(
            WeightBreak(from_weight_lb=Decimal(0), rate=Decimal(1), freight_class="75"),
            WeightBreak(from_weight_lb=Decimal(500), rate=Decimal(1), freight_class="75"),
            WeightBreak(from_weight_lb=Decimal(0), rate=Decimal(1)),
        ),
    )

    assert faults((lane,)) == ["row 1: '75' is no freight class"]
