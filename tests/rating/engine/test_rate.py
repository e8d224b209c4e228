"""The whole quote: order, total, and one answer for one pair of arguments."""

from dataclasses import replace
from decimal import ROUND_UP, Decimal, localcontext

from rating.engine.book import AccessorialRule, RateBook
from rating.engine.choices import FuelMethod, FuelUnit, Trigger
from rating.engine.facts import Service
from rating.engine.rate import rate
from tests.rating.engine.building import BOOK, FUEL, LANES, LOAD, VERSION


def test_the_load_of_the_pictures_comes_to_the_cent():
    quote = rate(LOAD, BOOK)

    assert [(line.code, line.stop_sequence, line.amount) for line in quote.lines] == [
        ("LHS", None, Decimal("912.34")),
        ("FUE", None, Decimal("173.42")),
        ("SOC", 2, Decimal("75.00")),
        ("DET", 2, Decimal("93.75")),
        ("DET", 3, Decimal("112.50")),
        ("LUM", 3, Decimal("285.00")),
    ]
    assert quote.total == Decimal("1652.01")
    assert quote.is_complete


def test_a_quote_names_its_version_and_keeps_its_facts():
    quote = rate(LOAD, BOOK)

    assert (quote.card_version_id, quote.version_label) == (6, "Prairie Foods Reefer v6")
    assert quote.facts is LOAD
    assert quote.currency == "USD"
    assert {line.version_label for line in quote.lines} == {"Prairie Foods Reefer v6"}


def test_candidates_come_with_the_quote():
    assert [(each.label, each.is_winner) for each in rate(LOAD, BOOK).candidates] == [
        ("604 to 431", True),
        ("604 to OH", False),
    ]


def test_what_can_be_priced_is_priced_although_the_lane_is_missing():
    quote = rate(LOAD, replace(BOOK, lanes=()))

    assert [problem.code for problem in quote.problems] == ["no_rate"]
    assert not quote.is_complete
    assert [line.code for line in quote.lines] == ["FUE", "SOC", "DET", "DET", "LUM"]


def test_an_empty_quote_is_worth_nothing():
    quote = rate(LOAD, RateBook(version=VERSION))

    assert quote.total == 0
    assert isinstance(quote.total, Decimal)


def test_fuel_is_taken_of_the_services_that_burn_it_too():
    redelivery = AccessorialRule(
        rule="RCL-1", code="RCL", name="Redelivery", trigger=Trigger.SERVICE, service="REDELIVERY",
        rate=Decimal(100), bears_fuel=True,
    )  # fmt: skip
    sorting = replace(redelivery, rule="SEG-1", code="SEG", service="SORT", bears_fuel=False)
    facts = replace(LOAD, services=(Service(code="REDELIVERY"), Service(code="SORT")))
    percent = replace(FUEL, unit=FuelUnit.PERCENT, method=FuelMethod.PUBLISHED)
    quote = rate(facts, replace(BOOK, accessorials=(redelivery, sorting), fuel=percent))

    fuel = next(line for line in quote.lines if line.code == "FUE")
    assert fuel.quantity == Decimal("1012.34")
    assert fuel.amount == Decimal("37.88")


def test_a_fuel_problem_stands_beside_the_other_lines():
    quote = rate(replace(LOAD, index_prices=()), BOOK)

    assert [problem.code for problem in quote.problems] == ["no_fuel_index"]
    assert "FUE" not in [line.code for line in quote.lines]


def test_codes_without_a_place_of_their_own_follow_by_name():
    codes = ("ZZZ", "AAA")
    rules = tuple(
        AccessorialRule(rule=code, code=code, name=code, trigger=Trigger.ALWAYS, rate=Decimal(1))
        for code in codes
    )
    quote = rate(LOAD, replace(BOOK, accessorials=(*rules, *BOOK.accessorials)))

    assert [line.code for line in quote.lines][-3:] == ["LUM", "AAA", "ZZZ"]


def test_the_decimal_context_of_the_thread_does_not_matter():
    expected = rate(LOAD, BOOK)

    with localcontext() as context:
        context.prec, context.rounding = 4, ROUND_UP
        assert rate(LOAD, BOOK) == expected


def test_a_book_of_all_lanes_and_one_of_the_fitting_lanes_agree():
    foreign = replace(LANES[0], row=9, origin=LANES[0].destination)

    assert rate(LOAD, replace(BOOK, lanes=(*LANES, foreign))) == rate(LOAD, BOOK)
