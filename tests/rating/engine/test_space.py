"""Cubic feet, feet of trailer, and the rules that look at them."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from rating.engine.book import BookError
from rating.engine.choices import DeemedFor, FloorSpace
from rating.engine.space import Deemed, Freight, Piece, Unmeasured, cubic_feet_of, deem, density_of
from tests.rating.engine.building import VERSION
from tests.rating.engine.freight_building import CUBIC, LINEAR, PALLET, card, shipped

TALL = replace(PALLET, pieces=6, height_in=Decimal(55))
WIDE = card(wide_from_in=Decimal(70), wide_width_in=Decimal(96))
SHARED = card(floor_space=FloorSpace.WIDTH_SHARE)


def sized(length: int, width: int, pieces: int = 1, **more: Any) -> Any:
    return replace(
        PALLET, length_in=Decimal(length), width_in=Decimal(width), pieces=pieces, **more
    )


@pytest.mark.parametrize(
    ("deemed", "is_stackable", "feet"),
    [("96", False, 768), ("84", False, 672), ("50", False, 440), ("96", True, 440),
     (None, False, 440)],
)  # fmt: skip
def test_what_cannot_be_stacked_is_deemed_higher_and_never_lower(deemed, is_stackable, feet):
    version = card(unstackable_height_in=Decimal(deemed) if deemed else None)

    found = cubic_feet_of(shipped(replace(TALL, is_stackable=is_stackable)), version)

    assert found == feet


@pytest.mark.parametrize(("width", "counts"), [(69, 69), (70, 96), (96, 96), (100, 100)])
def test_what_is_wide_is_deemed_as_wide_as_the_trailer(width, counts):
    assert Piece(sized(48, width), 1, WIDE).width == counts
    assert Piece(sized(48, width), 1, WIDE, is_deemed=False).width == width
    assert Piece(sized(48, width), 1, VERSION).width == width


def test_a_card_says_whether_deemed_sizes_count_for_the_class():
    facts = shipped(replace(PALLET, is_stackable=False))
    terms = {"unstackable_height_in": Decimal(80)}
    both, space = card(**terms), card(**terms, deemed_for=DeemedFor.SPACE)

    assert density_of(facts.items[0], 1, facts, both).pcf == Decimal("4.21875")
    assert density_of(facts.items[0], 1, facts, space).pcf == Decimal("8.4375")
    assert Freight(facts, space).density == Decimal("4.21875")


@pytest.mark.parametrize(
    ("version", "items", "feet"),
    [
        # Two 40 in pallets side by side; the fifth begins a row.
        (VERSION, [sized(48, 40, 5)], "12"),
        (VERSION, [sized(48, 48, 4)], "8"),
        (VERSION, [sized(48, 49, 4)], "16"),
        (card(trailer_width_in=Decimal(98)), [sized(48, 49, 4)], "8"),
        # Wider than the trailer, it still stands in it.
        (VERSION, [sized(60, 100, 2)], "10"),
        (card(stacked_pieces=2), [sized(48, 48, 5)], "8"),
        (card(stacked_pieces=2), [sized(48, 48, 5, is_stackable=False)], "12"),
        (WIDE, [sized(48, 70, 2)], "8"),
        (VERSION, [sized(48, 48), sized(36, 96)], "7"),
        # The example of 3plsupport.com: 6.875 + 6 ft.
        (SHARED, [sized(60, 66, 2), sized(48, 48, 3)], "12.875"),
    ],
)
def test_feet_of_trailer_follow_from_the_floor(version, items, feet):
    assert Freight(shipped(*items), version).linear_feet == Decimal(feet)


def test_feet_that_were_measured_count_before_those_that_follow():
    facts = shipped(sized(48, 48, 4), linear_feet=Decimal("9.5"))

    assert Freight(facts, VERSION).linear_feet == Decimal("9.5")


def test_sizes_count_before_cubic_feet_that_were_told():
    told = {"cubic_feet": Decimal(900)}

    assert cubic_feet_of(shipped(TALL, **told), VERSION) == 440
    assert cubic_feet_of(shipped(replace(TALL, height_in=None), **told), VERSION) == 900
    assert cubic_feet_of(shipped(replace(TALL, height_in=None)), VERSION) is None


def reasons(deemed: Deemed) -> list[str]:
    assert deemed.rule is None
    assert deemed.pounds == 0
    return [step.text for step in deemed.steps if step.value == "no change"]


@pytest.mark.parametrize(
    ("feet", "pounds", "reason"),
    [
        ("750", 1, "750 ft³ is not over 750 ft³"),
        ("751", 4506, "6 pcf is not under 6 pcf"),
        ("751", 9012, "12 pcf is not under 6 pcf"),
    ],
)
def test_a_rule_that_does_not_act_says_why(feet, pounds, reason):
    facts = replace(shipped(cubic_feet=Decimal(feet)), weight_lb=Decimal(pounds))

    assert reasons(deem(facts, VERSION, (CUBIC,))) == [f"Cubic capacity rule: {reason}"]


def test_a_limit_may_belong_to_the_rule():
    facts = replace(shipped(cubic_feet=Decimal(750)), weight_lb=Decimal(100))
    rule = replace(CUBIC, includes_limit=True)

    assert deem(facts, VERSION, (rule,)).pounds == 4500
    assert deem(facts, VERSION, (rule,)).steps[0].text == "Cubic capacity rule: from 750 ft³"
    small = replace(facts, cubic_feet=Decimal(749))
    assert reasons(deem(small, VERSION, (rule,))) == [
        "Cubic capacity rule: 749 ft³ is under 750 ft³"
    ]


def test_freight_of_twenty_feet_weighs_1250_lb_for_each():
    # 10 pallets in 5 rows of 4 ft: 20 ft, 533 1/3 cubic feet, 8.4375 pcf.
    deemed = deem(shipped(replace(PALLET, pieces=10, weight_lb=Decimal(4500))), VERSION, (LINEAR,))

    assert deemed.pounds == 25000
    assert [(step.text, step.value) for step in deemed.steps] == [
        ("Linear foot rule: over 15 ft", "20 ft"),
        ("Linear foot rule: 4,500 lb ÷ 533.333333 ft³ is under 22.5 pcf", "8.4375 pcf"),
        ("Deemed weight 20 ft × 1,250 lb per ft", "25,000 lb"),
    ]


def test_the_actual_weight_counts_where_it_is_greater():
    # Trademark Transportation, light or bulky freight: no density, 1,000 lb for each foot.
    rule = replace(LINEAR, over=Decimal(0), under_pcf=None, pounds_per_unit=Decimal(1000))
    facts = replace(shipped(linear_feet=Decimal(4)), weight_lb=Decimal(4001))

    deemed = deem(facts, VERSION, (rule,))

    assert (deemed.rule, deemed.pounds) == (rule, Decimal(4001))
    assert deemed.steps[-1].text == "The actual weight is greater"
    equal = deem(replace(facts, weight_lb=Decimal(4000)), VERSION, (rule,))
    assert [step.text for step in equal.steps][-1] == "Deemed weight 4 ft × 1,000 lb per ft"


def test_a_deemed_weight_is_billed_in_hundredths_of_a_pound():
    facts = replace(shipped(cubic_feet=Decimal("1000.33")), weight_lb=Decimal(1))
    rule = replace(CUBIC, pounds_per_unit=Decimal("6.25"))

    assert deem(facts, VERSION, (rule,)).pounds == Decimal("6252.06")


def test_what_is_known_may_already_say_that_a_rule_does_not_act():
    # The floor is known, the height is not: too short for the rule whatever the density is.
    short = shipped(sized(48, 48, 2, height_in=None))
    assert reasons(deem(short, VERSION, (LINEAR,))) == ["Linear foot rule: 4 ft is not over 15 ft"]
    # Dense by what was measured; nobody told the floor.
    dense = replace(shipped(cubic_feet=Decimal(100)), weight_lb=Decimal(2250))
    assert reasons(deem(dense, VERSION, (LINEAR,))) == [
        "Linear foot rule: 22.5 pcf is not under 22.5 pcf"
    ]


def test_what_is_not_known_and_decides_is_asked_for():
    with pytest.raises(Unmeasured, match="height of item 1"):
        deem(shipped(sized(48, 48, 40, height_in=None)), VERSION, (LINEAR,))
    light = replace(shipped(cubic_feet=Decimal(900)), weight_lb=Decimal(100))
    with pytest.raises(Unmeasured, match="linear feet"):
        deem(light, VERSION, (LINEAR,))


def test_a_rule_on_told_space_shows_no_sizes():
    item = replace(PALLET, height_in=None)
    deemed = deem(shipped(item, cubic_feet=Decimal(900)), VERSION, (CUBIC,))

    assert deemed.steps[0].text == "Cubic capacity rule: over 750 ft³"


def test_of_rules_that_act_alike_the_cubic_one_counts_and_both_show():
    facts = replace(
        shipped(cubic_feet=Decimal(2500), linear_feet=Decimal(16)), weight_lb=Decimal(100)
    )
    rule = replace(LINEAR, pounds_per_unit=Decimal("937.5"))

    deemed = deem(facts, VERSION, (rule, CUBIC))

    assert (deemed.rule, deemed.pounds) == (CUBIC, Decimal(15000))
    assert [step.value for step in deemed.steps] == [
        "2,500 ft³", "0.04 pcf", "15,000 lb", "16 ft", "0.04 pcf", "15,000 lb",
    ]  # fmt: skip


@pytest.mark.parametrize("terms", [{"trailer_width_in": Decimal(0)}, {"stacked_pieces": 0}])
def test_a_trailer_without_room_is_no_tariff(terms):
    with pytest.raises(BookError, match="a trailer has a width"):
        card(**terms)
