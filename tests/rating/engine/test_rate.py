"""The whole quote: order, total, and one answer for one pair of arguments."""

from dataclasses import replace
from datetime import date
from decimal import ROUND_UP, Decimal, localcontext

from rating.engine.book import AccessorialRule, RateBook
from rating.engine.choices import FuelMethod, FuelUnit, StopKind, Trigger
from rating.engine.facts import IndexPrice, Receipt, Service, StopFacts
from rating.engine.places import Place
from rating.engine.rate import rate
from tests.rating.engine.building import (
    BOOK,
    FUEL,
    LANES,
    LOAD,
    LUMPER,
    VERSION,
    clock,
    utc,
)


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


def stay(sequence: int, kind: StopKind, postal_code: str, due: str, left: str) -> StopFacts:
    return StopFacts(
        sequence=sequence,
        kind=kind,
        postal_code=postal_code,
        timezone="America/Chicago",
        appointment_from=utc(due),
        arrived=clock(due),
        departed=clock(left),
    )


def paid(kind: str, number: str, amount: str) -> Receipt:
    return Receipt(kind=kind, number=number, amount=Decimal(amount), currency="USD")


def test_the_other_loads_of_the_pictured_invoice_come_to_the_cent():
    green_bay = replace(LANES[0], row=3, origin=Place.parse("543"), destination=Place.parse("631"),
                        rate=Decimal("2.39"))  # fmt: skip
    nashville = replace(LANES[0], row=4, destination=Place.parse("372"))
    scale = replace(LUMPER, rule="SCL-1", code="SCL", receipt_kind="SCALE_TICKET", service="")
    book = replace(
        BOOK, lanes=(*LANES, green_bay, nashville), accessorials=(*BOOK.accessorials, scale)
    )
    october = IndexPrice(series="EIA-MW", survey_on=date(2026, 10, 26), value=Decimal("3.688"))
    week = replace(LOAD, pickup_on=date(2026, 10, 27), index_prices=(october,))
    to_st_louis = replace(
        week,
        miles=Decimal(497),
        stops=(
            stay(1, StopKind.PICKUP, "54304", "2026-10-27T11:00", "2026-10-27T12:20"),
            stay(2, StopKind.DELIVERY, "63147", "2026-10-28T12:00", "2026-10-28T13:15"),
        ),
        receipts=(paid("SCALE_TICKET", "", "12.59"),),
    )
    to_nashville = replace(
        week,
        miles=Decimal(487),
        stops=(
            stay(1, StopKind.PICKUP, "60436", "2026-10-27T20:00", "2026-10-27T21:41"),
            stay(2, StopKind.DELIVERY, "37210", "2026-10-28T18:00", "2026-10-28T22:00"),
        ),
        receipts=(paid("LUMPER_RECEIPT", "5481", "240.40"),),
    )

    quotes = [rate(facts, book) for facts in (LOAD, to_st_louis, to_nashville)]

    assert [[str(line.amount) for line in quote.lines] for quote in quotes[1:]] == [
        ["1187.83", "223.65", "12.59"],
        ["1178.54", "219.15", "150.00", "240.40"],
    ]
    assert sum(quote.total for quote in quotes) == Decimal("4864.17")


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
    sorting = replace(
        redelivery, rule="SEG-1", code="SEG", service="SORT", rate=Decimal(55), bears_fuel=False
    )
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
