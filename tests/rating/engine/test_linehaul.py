"""Gross, discount, floor, cap: in that order, on lines that add up."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from rating.engine.book import CardVersion, LaneRow, RateBook, WeightBreak
from rating.engine.choices import Basis
from rating.engine.facts import Item, LoadFacts
from rating.engine.linehaul import rate_linehaul
from rating.engine.quote import Line, ProblemCode
from tests.rating.engine.building import BOOK, COLUMBUS, JOLIET, LOAD, VERSION

BREAKS = (
    WeightBreak(from_weight_lb=Decimal(1), rate=Decimal("14.38")),
    WeightBreak(from_weight_lb=Decimal(500), rate=Decimal("10.29")),
)


def lines(
    lane: LaneRow, facts: LoadFacts = LOAD, version: CardVersion = VERSION
) -> tuple[Line, ...]:
    linehaul = rate_linehaul(facts, RateBook(version=version, lanes=(lane,)))
    assert linehaul.problems == ()
    return linehaul.lines


def row(basis: Basis = Basis.FLAT, rate: str = "1000", **more: Any) -> LaneRow:
    return LaneRow(row=1, basis=basis, rate=Decimal(rate), **more)


def problems(lane: LaneRow | None, facts: LoadFacts = LOAD) -> list[tuple[str, str]]:
    lanes = (lane,) if lane else ()
    found = rate_linehaul(facts, RateBook(version=VERSION, lanes=lanes)).problems
    return [(problem.subject_key, problem.message) for problem in found]


def amounts(*found: Line) -> list[tuple[str, Decimal]]:
    return [(line.code, line.amount) for line in found]


def test_a_mile_rate_multiplies_the_guides_miles_and_names_the_guide():
    (line,) = rate_linehaul(LOAD, BOOK).lines

    assert (line.quantity, line.unit, line.rate) == (Decimal(377), "mi", Decimal("2.42"))
    assert line.amount == Decimal("912.34")
    assert line.summary == "604 to 431"
    assert [evidence.source for evidence in line.evidence] == [
        "departed stop 1",
        "PC*MILER 37 practical",
    ]


def test_the_first_step_is_the_lane_and_the_last_the_amount():
    (line,) = rate_linehaul(LOAD, BOOK).lines

    assert [(step.text, step.value) for step in line.steps] == [
        ("Lane 604 to 431, beats 604 to OH", "lane 1"),
        ("377 mi × $2.42 per mi", "$912.34"),
        ("Not under the minimum $850.00", "no change"),
        ("Amount", "$912.34"),
    ]


def test_a_flat_lane_needs_no_facts():
    bare = LoadFacts(currency="USD", stops=LOAD.stops)
    (line,) = lines(row(), bare)

    assert line.amount == Decimal("1000.00")
    assert line.evidence == ()


def test_miles_are_no_evidence_for_a_flat_price():
    (line,) = lines(row())

    assert [evidence.kind for evidence in line.evidence] == ["date"]


def test_a_spot_load_is_billed_as_quoted():
    (line,) = lines(row(Basis.AS_QUOTED, "0"), replace(LOAD, quoted_amount=Decimal("1445.76")))

    assert line.basis == Basis.AS_QUOTED
    assert line.amount == Decimal("1445.76")
    assert line.steps[1].text == "$1,445.76 flat"


def test_a_minimum_that_counts_becomes_the_line():
    (line,) = lines(row(rate="420", minimum=Decimal(500)))

    assert (line.basis, line.quantity, line.rate, line.amount) == (
        Basis.MINIMUM, Decimal(1), Decimal(500), Decimal("500.00"),
    )  # fmt: skip
    assert line.steps[-2].text == "Minimum charge applies instead"


def test_the_higher_of_lane_and_card_minimum_counts():
    version = replace(VERSION, minimum_charge=Decimal(600))

    assert amounts(*lines(row(rate="420", minimum=Decimal(500)), version=version)) == [
        ("LHS", Decimal("600.00"))
    ]
    assert amounts(*lines(row(rate="420", minimum=Decimal(700)), version=version)) == [
        ("LHS", Decimal("700.00"))
    ]


def test_a_maximum_caps_and_says_so():
    (line,) = lines(row(rate="1200", maximum=Decimal(1100)))

    assert (line.basis, line.amount) == (Basis.MAXIMUM, Decimal("1100.00"))


def test_bounds_that_are_met_change_nothing():
    (line,) = lines(row(minimum=Decimal(1000), maximum=Decimal(1000)))

    assert line.basis == Basis.FLAT
    assert [step.text for step in line.steps[2:-1]] == [
        "Not under the minimum $1,000.00",
        "Not over the maximum $1,000.00",
    ]


def test_crossed_bounds_are_a_problem():
    version = replace(VERSION, minimum_charge=Decimal(1200))
    lane = row(maximum=Decimal(1100))
    linehaul = rate_linehaul(LOAD, RateBook(version=version, lanes=(lane,)))

    assert linehaul.lines == ()
    (problem,) = linehaul.problems
    assert problem.code == ProblemCode.BOUNDS_CROSSED
    assert problem.message == "lane 1: minimum $1,200.00 is above maximum $1,100.00"


def test_a_discount_is_a_negative_line_on_the_gross():
    version = replace(VERSION, discount_percent=Decimal(65))
    gross, discount = lines(row(), version=version)

    assert amounts(gross, discount) == [("LHS", Decimal("1000.00")), ("DSC", Decimal("-650.00"))]
    assert discount.description == "Discount 65 %"
    assert (discount.quantity, discount.rate) == (Decimal(1000), Decimal("-0.65"))
    assert [step.text for step in discount.steps] == ["-65 % of $1,000.00", "Amount"]


def test_the_lanes_discount_replaces_the_cards_even_when_it_is_none():
    version = replace(VERSION, discount_percent=Decimal(65))

    found = lines(row(discount_percent=Decimal(0)), version=version)

    assert amounts(*found) == [("LHS", Decimal("1000.00"))]


def test_the_floor_is_checked_after_the_discount_and_replaces_both_lines():
    version = replace(VERSION, discount_percent=Decimal(65))
    (line,) = lines(row(minimum=Decimal(400)), version=version)

    assert (line.code, line.basis, line.amount) == ("LHS", Basis.MINIMUM, Decimal("400.00"))
    assert [step.text for step in line.steps[1:]] == [
        "$1,000.00 flat",
        "-65 % of $1,000.00",
        "Minimum charge applies instead",
        "Amount",
    ]


def test_deficit_weight_is_a_line_of_its_own_and_the_lines_add_up_to_the_rated_charge():
    facts = replace(LOAD, weight_lb=Decimal(450))
    actual, deficit = lines(row(Basis.PER_CWT, "0", breaks=BREAKS), facts)

    # 4.5 cwt at 10.29 is 46.305 and rounds to 46.31; the whole charge is 51.45.
    assert amounts(actual, deficit) == [("LHS", Decimal("46.31")), ("DAA", Decimal("5.14"))]
    assert (deficit.quantity, deficit.rate) == (Decimal("0.5"), Decimal("10.29"))
    assert deficit.steps[0].text == "Cheaper as 500 lb: 50 lb deficit at $10.29 per cwt"
    assert deficit.steps[0].value == "$51.45 in all"


def test_the_discount_comes_off_linehaul_and_deficit_together():
    version = replace(VERSION, discount_percent=Decimal(50))
    lane = row(Basis.PER_CWT, "0", breaks=BREAKS)
    found = lines(lane, replace(LOAD, weight_lb=Decimal(450)), version)

    assert amounts(*found) == [
        ("LHS", Decimal("46.31")), ("DAA", Decimal("5.14")), ("DSC", Decimal("-25.73")),
    ]  # fmt: skip


def test_items_of_a_mixed_shipment_are_lines_with_an_identity_each():
    items = (Item(weight_lb=Decimal(600)), Item(weight_lb=Decimal(400)))
    first, second = lines(row(Basis.PER_CWT, "0", breaks=BREAKS), replace(LOAD, items=items))

    assert (first.identity, second.identity) == (("LHS", None, 1), ("LHS", None, 2))
    assert first.amount + second.amount == Decimal("102.90")


@pytest.mark.parametrize(
    ("lane", "facts", "code", "subject"),
    [
        (row(Basis.PER_MILE), replace(LOAD, miles=None), "fact_missing", "fact:miles"),
        (
            row(Basis.PER_CWT, breaks=BREAKS),
            replace(LOAD, weight_lb=None),
            "fact_missing",
            "fact:weight",
        ),
        (
            row(Basis.PER_CWT, breaks=BREAKS[1:]),
            replace(LOAD, weight_lb=Decimal(10)),
            "no_rate",
            "lane",
        ),
    ],
)
def test_what_cannot_be_counted_is_a_problem(
    lane: LaneRow, facts: LoadFacts, code: str, subject: str
):
    version = replace(VERSION, allows_deficit=False)
    linehaul = rate_linehaul(facts, RateBook(version=version, lanes=(lane,)))

    assert linehaul.lines == ()
    assert linehaul.net is None
    assert [(each.code, each.subject_key) for each in linehaul.problems] == [(code, subject)]


def test_a_load_outside_the_grid_says_where_it_goes_and_which_lane_came_near():
    lanes = (row(equipment="VAN_53"), replace(row(equipment="FLATBED"), row=2))
    near = rate_linehaul(LOAD, RateBook(version=VERSION, lanes=lanes))
    far = rate_linehaul(LOAD, RateBook(version=VERSION))
    nowhere = rate_linehaul(replace(LOAD, stops=()), RateBook(version=VERSION))

    assert near.problems[0].message == (
        "Prairie Foods Reefer v6 has no lane for Joliet, IL 60436 to Columbus, OH 43137; "
        "lane anywhere to anywhere is for equipment VAN_53, the load has REEFER_53"
    )
    assert far.problems[0].message.endswith(
        "has no lane for Joliet, IL 60436 to Columbus, OH 43137"
    )
    assert nowhere.problems[0].message.endswith("has no lane for a load without stops")


def test_what_a_lane_lacks_is_told_in_a_sentence():
    unweighed = replace(LOAD, miles=None, weight_lb=None)

    assert problems(row(Basis.PER_MILE, "2"), unweighed) == [
        ("fact:miles", "Lane anywhere to anywhere is rated PER_MILE, and the load has no miles")
    ]
    assert problems(row(Basis.PER_CWT, breaks=BREAKS), unweighed) == [
        ("fact:weight", "Lane anywhere to anywhere is rated PER_CWT, and the load has no weight")
    ]
    classed = (replace(BREAKS[0], freight_class="50"),)
    other = replace(LOAD, items=(Item(weight_lb=Decimal(900), freight_class="70"),))
    assert problems(row(Basis.PER_CWT, breaks=classed), other) == [
        ("lane", "Lane anywhere to anywhere has no weight break for this shipment")
    ]


def test_a_lane_that_is_not_there_is_told_with_both_places():
    nowhere = replace(LOAD, stops=(replace(JOLIET, city="", state=""), COLUMBUS))
    fitting = row(equipment="FLATBED")

    assert problems(None, nowhere) == [
        ("lane", "Prairie Foods Reefer v6 has no lane for 60436 to Columbus, OH 43137")
    ]
    assert problems(fitting) == [
        (
            "lane",
            "Prairie Foods Reefer v6 has no lane for Joliet, IL 60436 to Columbus, OH 43137; "
            "lane anywhere to anywhere is for equipment FLATBED, the load has REEFER_53",
        )
    ]


@pytest.mark.parametrize(
    "lane",
    [
        row(Basis.PER_PALLET, "2"),
        row(minimum=Decimal(3), maximum=Decimal(2)),
    ],
)
def test_the_lane_that_was_found_is_kept_beside_its_problem(lane: LaneRow):
    linehaul = rate_linehaul(LOAD, RateBook(version=VERSION, lanes=(lane,)))

    assert linehaul.problems
    assert linehaul.match.lane == lane


def test_a_bound_within_which_the_price_lies_leaves_its_basis():
    (line,) = lines(row(Basis.PER_MILE, "2", minimum=Decimal(1), maximum=Decimal(5000)))

    assert (line.basis, line.quantity, line.unit) == (Basis.PER_MILE, Decimal(377), "mi")


def test_an_amount_quoted_in_another_currency_is_never_billed_as_the_cards_own():
    quoted = replace(LOAD, currency="CAD", quoted_amount=Decimal(900))
    lane = row(Basis.AS_QUOTED)

    assert problems(lane, quoted) == [
        (
            "fact:quoted amount in USD",
            "Lane anywhere to anywhere is rated AS_QUOTED, "
            "and the load has no quoted amount in USD",
        )
    ]
    assert problems(lane, replace(quoted, currency="USD")) == []
