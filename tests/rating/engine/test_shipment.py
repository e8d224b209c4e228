"""Which class an item is rated at, and what its space makes it weigh."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from rating.engine.book import LaneRow, WeightBreak
from rating.engine.choices import Basis, ClassSource, SpaceMeasure
from rating.engine.classes import class_at, class_of, fak_range, higher_class
from rating.engine.freight import FakRange
from rating.engine.quote import Quote
from tests.rating.engine.building import VERSION
from tests.rating.engine.freight_building import (
    CUBIC,
    FAK,
    LINEAR,
    PALLET,
    SCALE,
    card,
    edition,
    priced,
    shipped,
    steps_of,
    tariff,
)

BY_DENSITY = card(class_source=ClassSource.DENSITY)
# 960 cubic feet at 2,880 lb: 3 pounds per cubic foot.
LIGHT = replace(
    PALLET, weight_lb=Decimal(2880), freight_class="70", pieces=9, height_in=Decimal(80)
)


def charged(quote: Quote) -> list[tuple[str, str, Decimal, Decimal]]:
    """Every line as it is printed: code, description, hundredweights, amount."""
    assert quote.problems == ()
    return [(line.code, line.description, line.quantity, line.amount) for line in quote.lines]


def lacks(quote: Quote) -> tuple[str, str]:
    (problem,) = quote.problems
    assert quote.lines == ()
    return problem.subject_key, problem.message


def test_classes_stand_in_the_order_of_their_numbers():
    assert higher_class("77.5", "100") == higher_class("100", "77.5") == "100"
    assert higher_class("85", "77.5") == "85"


@pytest.mark.parametrize(
    ("text", "found"),
    [("70", "70"), ("070", "70"), (" 77.50", "77.5"), ("71", ""), ("", ""), ("NaN", ""), ("A", "")],
)
def test_a_class_is_spelled_as_the_classification_does(text, found):
    assert class_of(text) == found


def test_a_density_has_the_class_of_the_row_it_reaches():
    scale = edition("own", {"0": "400", "8": "100", "10": "92.5"})

    assert [class_at(Decimal(pcf), scale) for pcf in ("0", "7.999", "8", "9.999", "10", "99")] == [
        "400", "400", "100", "100", "92.5", "92.5",
    ]  # fmt: skip
    assert class_at(Decimal(1), edition("open below", {"2": "250"})) == ""


@pytest.mark.parametrize(
    ("freight_class", "rated"),
    [("50", "70"), ("77.5", "70"), ("100", "70"), ("110", None), ("250", "150")],
)
def test_freight_of_all_kinds_holds_both_ends_of_its_range(freight_class, rated):
    ranges = (FAK, FakRange(min_class="200", max_class="250", rated_class="150"))
    found = fak_range(freight_class, ranges)

    assert (found.rated_class if found else None) == rated


def test_the_declared_class_has_its_own_rate():
    quote = priced(shipped(PALLET))

    assert charged(quote) == [("LHS", "Linehaul, class 125", Decimal("4.5"), Decimal("180.00"))]
    assert steps_of(quote)[1] == ("Class as declared", "class 125")


def test_a_lane_without_classes_asks_for_none():
    plain = LaneRow(
        row=1, basis=Basis.PER_CWT,
        breaks=(WeightBreak(from_weight_lb=Decimal(0), rate=Decimal(10)),),
    )  # fmt: skip
    quote = priced(shipped(replace(PALLET, freight_class="")), plain, fak=(FAK,))

    assert charged(quote) == [("LHS", "Linehaul", Decimal("4.5"), Decimal("45.00"))]


def test_many_classes_are_rated_as_one_and_others_as_they_are():
    inside = priced(shipped(replace(PALLET, freight_class="100")), fak=(FAK,))
    outside = priced(shipped(PALLET), fak=(FAK,))

    assert charged(inside)[0][1:] == ("Linehaul, class 70", Decimal("4.5"), Decimal("90.00"))
    assert steps_of(inside)[1:3] == [
        ("Class as declared", "class 100"),
        ("FAK 50 to 100", "class 70"),
    ]
    assert charged(outside)[0][3] == Decimal("180.00")
    assert steps_of(outside)[2] == ("FAK: class 125 is in no range", "class 125")


def test_mixed_classes_share_one_rate_under_fak_and_the_deficit_pays_it():
    items = [
        replace(PALLET, weight_lb=Decimal(weight), freight_class=name)
        for weight, name in ((2000, "85"), (2900, "100"))
    ]
    quote = priced(shipped(*items), fak=(FAK,))

    # 4,900 lb at 20 are 980; 5,000 lb at the 10 from 5,000 lb on are 500.
    assert [line[3] for line in charged(quote)] == [Decimal(200), Decimal(290), Decimal(10)]
    assert quote.lines[2].code == "DAA"


def test_the_class_follows_from_the_density():
    quote = priced(shipped(PALLET), version=BY_DENSITY, density_scale=SCALE, fak=(FAK,))

    assert charged(quote)[0][1:] == ("Linehaul, class 70", Decimal("4.5"), Decimal("90.00"))
    assert steps_of(quote)[1:5] == [
        ("Space of item 1: 1 × 48 × 48 × 40 in", "53.333333 ft³"),
        ("Density 450 lb ÷ 53.333333 ft³", "8.4375 pcf"),
        ("Class by 13 steps; declared 125", "class 100"),
        ("FAK 50 to 100", "class 70"),
    ]


def test_a_density_on_the_edge_belongs_to_the_higher_row():
    # 640 lb in 53 1/3 cubic feet are 12 pounds exactly, though the space has no last decimal.
    quote = priced(
        shipped(replace(PALLET, weight_lb=Decimal(640), freight_class="")),
        version=BY_DENSITY,
        density_scale=SCALE,
    )

    assert steps_of(quote)[3] == ("Class by 13 steps", "class 85")


@pytest.mark.parametrize(
    ("day", "freight_class"), [(date(2025, 7, 18), "60"), (date(2025, 7, 19), "55")]
)
def test_the_pickup_day_chooses_the_edition(day, freight_class):
    heavy = shipped(replace(PALLET, weight_lb=Decimal(2000)), pickup_on=day)
    lane = tariff({"60": 17, "55": 15})

    quote = priced(heavy, lane, version=BY_DENSITY, density_scale=SCALE)

    assert quote.lines[0].description == f"Linehaul, class {freight_class}"


@pytest.mark.parametrize(("declared", "freight_class"), [("125", "125"), ("", "100")])
def test_density_may_stand_in_for_a_class_that_was_not_declared(declared, freight_class):
    version = card(class_source=ClassSource.DECLARED_ELSE_DENSITY)
    item = replace(PALLET, freight_class=declared)

    quote = priced(shipped(item), version=version, density_scale=SCALE)

    assert quote.lines[0].description == f"Linehaul, class {freight_class}"


def test_space_that_was_measured_stands_in_for_the_sizes_of_the_only_item():
    item = replace(PALLET, height_in=None)
    alone = shipped(item, cubic_feet=Decimal(45))

    quote = priced(alone, version=BY_DENSITY, density_scale=SCALE)

    assert steps_of(quote)[1] == ("Density 450 lb ÷ 45 ft³", "10 pcf")
    both = shipped(item, item, cubic_feet=Decimal(45))
    assert lacks(priced(both, version=BY_DENSITY, density_scale=SCALE)) == (
        "fact:height of item 1",
        "The load has no height of item 1, which a class by density needs",
    )


@pytest.mark.parametrize(
    ("change", "fact"),
    [
        ({"length_in": None}, "length of item 2"),
        ({"width_in": Decimal(0)}, "width of item 2"),
        ({"height_in": None}, "height of item 2"),
        ({"pieces": None}, "number of pieces of item 2"),
    ],
)
def test_a_size_that_a_class_needs_is_asked_for_never_guessed(change, fact):
    facts = shipped(PALLET, replace(PALLET, **change))

    subject, message = lacks(priced(facts, version=BY_DENSITY, density_scale=SCALE))

    assert subject == f"fact:{fact}"
    assert message == f"The load has no {fact}, which a class by density needs"


def test_a_class_that_is_missing_or_unknown_is_a_problem():
    missing = priced(shipped(PALLET, replace(PALLET, freight_class="")))
    unknown = priced(shipped(replace(PALLET, freight_class="71")))

    assert lacks(missing) == (
        "fact:class of item 2",
        "The load has no class of item 2, which the rates of this lane need",
    )
    assert missing.problems[0].code == unknown.problems[0].code == "fact_missing"
    assert lacks(unknown) == (
        "fact:class of item 1",
        "Item 1 declares '71', which is no freight class",
    )


@pytest.mark.parametrize(
    ("scale", "day", "subject", "message"),
    [
        (None, date(2026, 1, 2), "scale:Prairie Foods Reefer v6",
         "Prairie Foods Reefer v6 has no density scale for Jan 2 2026"),
        (replace(SCALE, editions=SCALE.editions[1:]), date(2025, 1, 2), "scale:NMFC density",
         "NMFC density has no density scale for Jan 2 2025"),
        (replace(SCALE, editions=(edition("steel", {"30": "60"}),)), date(2025, 1, 2),
         "scale:steel", "steel has no class for 8.4375 pcf"),
    ],
)  # fmt: skip
def test_a_scale_that_has_no_class_is_a_problem_of_the_card(scale, day, subject, message):
    quote = priced(shipped(PALLET, pickup_on=day), version=BY_DENSITY, density_scale=scale)

    assert lacks(quote) == (subject, message)
    assert quote.problems[0].code == "no_rate"


def test_the_scale_needs_the_day_of_pickup():
    quote = priced(shipped(PALLET, pickup_on=None), version=BY_DENSITY, density_scale=SCALE)

    assert lacks(quote)[0] == "fact:pickup day"


def test_light_freight_weighs_what_its_space_weighs_at_the_floor_class_without_discount():
    version = card(discount_percent=Decimal(60))

    quote = priced(shipped(LIGHT), version=version, fak=(FAK,), space_rules=(CUBIC,))

    # 960 cubic feet at 6 lb are 5,760 lb: past the break at 5,000 lb, where class 125 pays 20.
    assert charged(quote) == [
        ("LHS", "Linehaul, class 125", Decimal("57.6"), Decimal("1152.00")),
    ]
    assert steps_of(quote)[1:9] == [
        ("Space of item 1: 9 × 48 × 48 × 80 in", "960 ft³"),
        ("Cubic capacity rule: over 750 ft³", "960 ft³"),
        ("Cubic capacity rule: 2,880 lb ÷ 960 ft³ is under 6 pcf", "3 pcf"),
        ("Deemed weight 960 ft³ × 6 lb per ft³", "5,760 lb"),
        ("Cubic capacity rule: discount instead of the card's", "0 %"),
        ("Class as declared", "class 70"),
        ("Cubic capacity rule: freight of all kinds does not apply", "class 70"),
        ("Cubic capacity rule: not below class 125", "class 125"),
    ]
    assert steps_of(quote)[9] == ("Deemed over actual weight, at the lowest rate", "2,880 lb")


def test_a_space_rule_may_keep_fak_and_the_discount_of_the_card():
    rule = replace(CUBIC, uses_fak=True, floor_class="", discount_percent=None)
    version = card(discount_percent=Decimal(50))
    facts = shipped(replace(LIGHT, freight_class="100"))

    quote = priced(facts, version=version, fak=(FAK,), space_rules=(rule,))

    assert charged(quote)[0][1:] == ("Linehaul, class 70", Decimal("57.6"), Decimal("576.00"))
    assert quote.total == Decimal("288.00")


def test_a_space_rule_may_have_a_discount_of_its_own():
    rule = replace(CUBIC, discount_percent=Decimal(25))
    lane = replace(tariff(), discount_percent=Decimal(80))

    assert priced(shipped(LIGHT), lane, space_rules=(rule,)).total == Decimal("864.00")


def test_a_class_above_the_floor_stays():
    quote = priced(shipped(replace(LIGHT, freight_class="250")), space_rules=(CUBIC,))

    assert quote.lines[0].description == "Linehaul, class 250"


def test_deficit_weight_is_tried_on_the_deemed_weight():
    # 800 cubic feet are deemed 4,800 lb: at 40 they cost 1,920, as 5,000 lb at 20 only 1,000.
    item = replace(LIGHT, pieces=10, height_in=Decimal(60), weight_lb=Decimal(1000))

    quote = priced(shipped(item), space_rules=(CUBIC,))

    assert charged(quote) == [
        ("LHS", "Linehaul, class 125", Decimal(48), Decimal("960.00")),
        ("DAA", "Deficit weight", Decimal(2), Decimal("40.00")),
    ]
    assert "200 lb deficit" in steps_of(quote, 1)[0][0]


def test_deemed_pounds_of_mixed_freight_pay_the_lowest_rate():
    rule = replace(CUBIC, floor_class="", discount_percent=None)
    dense = replace(PALLET, weight_lb=Decimal(300), freight_class="250", height_in=Decimal(1))

    quote = priced(shipped(dense, replace(LIGHT, weight_lb=Decimal(1200))), space_rules=(rule,))

    # 961 1/3 cubic feet at 6 lb are 5,768 lb; 1,500 are there, the rest goes to class 70.
    assert charged(quote) == [
        ("LHS", "Linehaul, class 250", Decimal(3), Decimal("120.00")),
        ("LHS", "Linehaul, class 70", Decimal("54.68"), Decimal("546.80")),
    ]
    assert [line.occurrence for line in quote.lines] == [1, 2]
    assert steps_of(quote)[1][0].startswith("Space of item 1")
    assert steps_of(quote, 1)[1:3] == [
        ("Class as declared", "class 70"),
        ("Deemed over actual weight, at the lowest rate", "4,268 lb"),
    ]


def test_without_weight_breaks_the_deemed_weight_is_what_the_lane_counts():
    lane = LaneRow(row=1, basis=Basis.PER_POUND, rate=Decimal("0.10"))

    quote = priced(shipped(LIGHT), lane, space_rules=(CUBIC,))

    assert (quote.lines[0].quantity, quote.total) == (Decimal(5760), Decimal("576.00"))
    assert steps_of(quote)[4][0] == "Deemed weight 960 ft³ × 6 lb per ft³"


@pytest.mark.parametrize("basis", [Basis.PER_MILE, Basis.FLAT])
def test_a_truck_hired_whole_is_not_rated_by_its_space(basis):
    lane = LaneRow(row=1, basis=basis, rate=Decimal(2))

    quote = priced(shipped(LIGHT), lane, space_rules=(replace(CUBIC, discount_percent=None),))

    assert not any("Deemed" in text for text, _ in steps_of(quote))


def test_cubic_feet_are_counted_from_the_sizes():
    lane = LaneRow(row=1, basis=Basis.PER_CUBIC_FOOT, rate=Decimal(3))

    assert priced(shipped(PALLET), lane).total == Decimal("160.00")
    assert priced(shipped(PALLET), lane).lines[0].quantity == Decimal("53.333")
    assert lacks(priced(shipped(replace(PALLET, pieces=None)), lane))[0] == "fact:cubic feet"


def test_the_heavier_of_two_rules_that_act_counts():
    # 9 rows of one, 36 ft of trailer: 45,000 lb by the foot, 5,760 lb by the space.
    quote = priced(
        shipped(LIGHT), version=replace(VERSION, trailer_width_in=Decimal(90)),
        space_rules=(CUBIC, LINEAR),
    )  # fmt: skip

    assert quote.lines[0].quantity == Decimal(450)
    assert quote.lines[0].description == "Linehaul, class 70"


def test_a_load_without_weight_is_not_rated_by_weight():
    facts = replace(shipped(), cubic_feet=Decimal(900))

    assert lacks(priced(facts))[0] == "fact:weight"
    assert lacks(priced(facts, space_rules=(CUBIC,)))[0] == "fact:weight"


def test_a_load_without_items_has_the_space_that_was_measured():
    lane = LaneRow(
        row=1, basis=Basis.PER_CWT,
        breaks=(WeightBreak(from_weight_lb=Decimal(0), rate=Decimal(10)),),
    )  # fmt: skip
    facts = replace(shipped(cubic_feet=Decimal(1000)), weight_lb=Decimal(3000))

    quote = priced(facts, lane, space_rules=(CUBIC,))

    assert quote.total == Decimal("600.00")
    unmeasured = priced(replace(facts, cubic_feet=None), lane, space_rules=(CUBIC,))
    assert lacks(unmeasured) == (
        "fact:cubic feet",
        "The load has no cubic feet, which the space rules of this card need",
    )
    linear = replace(LINEAR, measure=SpaceMeasure.LINEAR_FEET)
    assert lacks(priced(facts, lane, space_rules=(linear,)))[0] == "fact:linear feet"
