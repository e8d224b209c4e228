"""The fuel line: on what, since when, and never a guess."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from rating.engine.book import FuelTiming
from rating.engine.choices import Anchor, Basis, FuelMethod, FuelUnit
from rating.engine.facts import IndexPrice, LoadFacts
from rating.engine.fuel import rate_fuel
from rating.engine.money import Rounding
from rating.engine.quote import Line, NoCharge, Problem
from tests.rating.engine.building import BOOK, FUEL, LOAD, VERSION

NET = Decimal("912.34")
PERCENT = replace(FUEL, unit=FuelUnit.PERCENT)


def line(facts: LoadFacts = LOAD, *, base: Decimal | None = NET, **programme: Any) -> Line:
    found = rate_fuel(facts, replace(BOOK, fuel=replace(FUEL, **programme)), base)
    assert isinstance(found, Line)
    return found


def problem(facts: LoadFacts, *, base: Decimal | None = NET, **programme: Any) -> Problem:
    found = rate_fuel(facts, replace(BOOK, fuel=replace(FUEL, **programme)), base)
    assert isinstance(found, Problem)
    return found


def test_a_mile_surcharge_multiplies_the_miles():
    fuel = line()

    assert (fuel.basis, fuel.quantity, fuel.unit, fuel.rate) == (
        Basis.PER_MILE, Decimal(377), "mi", Decimal("0.46"),
    )  # fmt: skip
    assert fuel.amount == Decimal("173.42")
    assert (fuel.code, fuel.summary, fuel.rule) == (
        "FUE", "EIA Midwest 3.742, Nov 16", "Midwest per mile",
    )  # fmt: skip


def test_a_percentage_is_taken_of_the_base():
    fuel = line(unit=FuelUnit.PERCENT)

    assert (fuel.basis, fuel.quantity, fuel.rate) == (Basis.PERCENT, NET, Decimal("0.0046"))
    assert fuel.amount == Decimal("4.20")


def test_the_steps_lead_from_the_index_to_the_amount():
    assert [(step.text, step.value) for step in line().steps] == [
        ("EIA Midwest of Nov 16", "3.742"),
        ("In force from Nov 17", "Midwest per mile"),
        ("3.742 is in 3.700 – 3.749", "0.46 per mile"),
        ("377 mi × $0.46 per mi", "$173.42"),
        ("Amount", "$173.42"),
    ]


def test_a_percentage_is_worded_as_one():
    steps = line(unit=FuelUnit.PERCENT).steps

    assert steps[2].value == "0.46 %"
    assert steps[3].text == "0.46 % of $912.34"


def test_a_rate_that_never_ends_is_billed_exactly_and_shown_short():
    formula = line(
        method=FuelMethod.FORMULA, base_price=Decimal("1.25"), miles_per_gallon=Decimal(6)
    )

    assert formula.steps[2].value == "0.415333 per mile"
    assert formula.steps[3].text == "377 mi × $0.415333 per mi"
    assert formula.amount == Decimal("156.58")


def test_the_evidence_names_survey_and_publication():
    told = replace(LOAD.index_prices[1], published_on=date(2026, 11, 17))
    (evidence,) = line(replace(LOAD, index_prices=(told,))).evidence
    (silent,) = line().evidence

    assert evidence.reference == "index:EIA-MW:2026-11-16"
    assert evidence.source == "published 2026-11-17"
    assert silent.source == ""


def test_a_programme_may_truncate_where_its_card_rounds():
    # 33.6448 and 33.6498 differ only under half-up.
    facts = replace(LOAD, miles=Decimal("73.15"))

    assert line(facts).amount == Decimal("33.65")
    assert line(facts, rounding=Rounding.TRUNCATE).amount == Decimal("33.64")


def test_without_a_rounding_of_its_own_a_programme_follows_the_card():
    version = replace(VERSION, rounding=Rounding.TRUNCATE)
    found = rate_fuel(replace(LOAD, miles=Decimal("73.15")), replace(BOOK, version=version), NET)

    assert isinstance(found, Line)
    assert found.amount == Decimal("33.64")


def test_the_anchor_chooses_the_day():
    late = replace(LOAD, tendered_on=date(2026, 11, 12))

    assert line(late, timing=FuelTiming(anchor=Anchor.TENDER)).summary == "EIA Midwest 3.701, Nov 9"
    assert line(late, timing=FuelTiming(anchor=Anchor.DELIVERY)).summary.endswith("Nov 16")


def test_a_surcharge_of_nothing_is_no_line_but_is_told():
    cheap = IndexPrice(series="EIA-MW", survey_on=date(2026, 11, 16), value=Decimal("3.599"))
    found = rate_fuel(replace(LOAD, index_prices=(cheap,)), BOOK, NET)

    assert found == NoCharge(
        rule="Midwest per mile", code="FUE", reason="3.599 is under the first row, 3.600"
    )


def test_a_missing_week_is_a_problem_with_the_survey_as_its_subject():
    other = IndexPrice(series="EIA-US", survey_on=date(2026, 11, 16), value=Decimal("3.742"))
    found = problem(replace(LOAD, index_prices=(other,)))

    assert (found.code, found.subject_key) == ("no_fuel_index", "index:EIA-MW:2026-11-16")
    assert found.message == "EIA Midwest of 2026-11-16 is not on file"


def test_a_series_without_a_name_is_called_by_its_code():
    assert problem(replace(LOAD, index_prices=()), series_name="").message.startswith("EIA-MW of")


def test_an_index_outside_the_table_is_a_problem():
    dear = IndexPrice(series="EIA-MW", survey_on=date(2026, 11, 16), value=Decimal("3.800"))
    found = problem(replace(LOAD, index_prices=(dear,)))

    assert (found.code, found.subject_key) == ("fuel_out_of_table", "fuel:Midwest per mile")
    assert found.message == "Midwest per mile has no row for an index of 3.800"


@pytest.mark.parametrize(
    ("facts", "base", "unit", "subject"),
    [
        (replace(LOAD, pickup_on=None), NET, FuelUnit.PER_MILE, "fact:pickup date"),
        (replace(LOAD, miles=None), NET, FuelUnit.PER_MILE, "fact:miles"),
        (LOAD, None, FuelUnit.PERCENT, "fact:linehaul"),
    ],
)
def test_what_the_surcharge_is_taken_of_must_be_known(
    facts: LoadFacts, base: Decimal | None, unit: FuelUnit, subject: str
):
    found = problem(facts, base=base, unit=unit)

    assert (found.code, found.subject_key) == ("fact_missing", subject)


def test_a_book_without_a_programme_cannot_be_asked():
    with pytest.raises(ValueError, match="has no fuel programme"):
        rate_fuel(LOAD, replace(BOOK, fuel=None), NET)


def test_a_card_that_bills_whole_dollars_bills_fuel_so():
    dollars = replace(BOOK, version=replace(VERSION, rounding_places=0))

    found = rate_fuel(LOAD, dollars, NET)

    assert isinstance(found, Line)
    assert found.amount == Decimal("173.00")


def test_what_a_programme_lacks_is_told_in_a_sentence():
    assert problem(replace(LOAD, miles=None)).message == (
        "Midwest per mile is charged on miles, which the load does not have"
    )
    assert problem(replace(LOAD, pickup_on=None)).message == (
        "Midwest per mile goes by the pickup date, which is not known"
    )


def test_a_reason_begins_as_a_sentence_does():
    found = line(method=FuelMethod.PUBLISHED, unit=FuelUnit.PERCENT)

    assert found.steps[2].text == "Published for the week"
