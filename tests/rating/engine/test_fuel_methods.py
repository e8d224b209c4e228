"""From an index to a surcharge, by formula, steps, table or as published."""

from dataclasses import replace
from decimal import Decimal

import pytest

from rating.engine.book import BookError, FuelProgramme, FuelRow
from rating.engine.choices import BelowTable, BeyondTable, FuelMethod, FuelUnit
from rating.engine.fuel_methods import OutOfTable, Surcharge, surcharge
from rating.engine.money import Rounding
from tests.rating.engine.building import changed

FORMULA = FuelProgramme(
    name="formula",
    series="EIA",
    method=FuelMethod.FORMULA,
    unit=FuelUnit.PER_MILE,
    base_price=Decimal("1.25"),
    miles_per_gallon=Decimal("6.5"),
)
STEPS = FuelProgramme(
    name="steps",
    series="EIA",
    method=FuelMethod.STEPS,
    unit=FuelUnit.PERCENT,
    base_price=Decimal("2.50"),
    increment=Decimal("0.13"),
    last_price=Decimal("5.490"),
)
TABLE = FuelProgramme(
    name="table",
    series="EIA",
    method=FuelMethod.TABLE,
    unit=FuelUnit.PERCENT,
    rows=tuple(
        FuelRow(from_price=Decimal(low), to_price=Decimal(high), value=Decimal(value))
        for low, high, value in (
            ("1.051", "1.100", "1.5"),
            ("1.000", "1.050", "1.0"),
            ("1.151", "1.200", "3.5"),
        )
    ),
)


def value(programme: FuelProgramme, index: str) -> Decimal | None:
    """The surcharge, None when the table has no answer."""
    found = surcharge(programme, Decimal(index))
    return found.value if isinstance(found, Surcharge) else None


@pytest.mark.parametrize(
    ("index", "expected"), [("1.200", "0"), ("1.250", "0"), ("1.251", "0.001"), ("3.850", "2.6")]
)
def test_a_formula_charges_what_is_above_the_base(index: str, expected: str):
    assert value(replace(FORMULA, miles_per_gallon=Decimal(1)), index) == Decimal(expected)


def test_a_formula_divides_by_miles_to_the_gallon():
    assert value(FORMULA, "3.850") == Decimal("0.4")


@pytest.mark.parametrize(
    ("places", "mode", "expected"),
    [
        (2, Rounding.HALF_UP, "0.18"),
        (3, Rounding.HALF_UP, "0.177"),
        (2, Rounding.TRUNCATE, "0.17"),
        (4, Rounding.HALF_UP, "0.1769"),
    ],
)
def test_the_contract_says_how_the_mile_rate_is_rounded(places: int, mode: Rounding, expected: str):
    programme = replace(FORMULA, rate_places=places, rate_rounding=mode)

    assert value(programme, "2.400") == Decimal(expected)


@pytest.mark.parametrize("name", ["miles_per_gallon", "increment"])
def test_a_programme_divides_by_more_than_nothing(name: str):
    with pytest.raises(BookError, match="must be above 0"):
        changed(FORMULA, **{name: Decimal(0)})


@pytest.mark.parametrize(
    ("index", "expected"),
    [("2.500", "0"), ("2.501", "1"), ("2.630", "1"), ("2.631", "2"), ("5.490", "23")],
)
def test_steps_reproduce_the_published_table(index: str, expected: str):
    assert value(STEPS, index) == Decimal(expected)


def test_a_step_may_be_worth_more_than_one():
    assert value(replace(STEPS, step_value=Decimal("0.5")), "2.631") == Decimal(1)


@pytest.mark.parametrize(
    ("beyond", "expected"),
    [
        (BeyondTable.REFUSE, None),
        (BeyondTable.LAST_ROW, Decimal(23)),
        (BeyondTable.CONTINUE, Decimal(24)),
    ],
)
def test_beyond_the_last_step_the_programme_decides(beyond: BeyondTable, expected: Decimal | None):
    assert value(replace(STEPS, beyond_table=beyond), "5.491") == expected


def test_steps_without_a_last_price_go_on():
    assert value(replace(STEPS, last_price=None), "5.491") == Decimal(24)


@pytest.mark.parametrize(
    ("index", "expected"),
    [("1.000", "1.0"), ("1.050", "1.0"), ("1.051", "1.5"), ("1.100", "1.5"), ("1.200", "3.5")],
)
def test_both_ends_of_a_row_belong_to_it(index: str, expected: str):
    assert value(TABLE, index) == Decimal(expected)


def test_a_hole_in_a_table_is_not_bridged():
    assert surcharge(TABLE, Decimal("1.120")) == OutOfTable(Decimal("1.120"))


def test_an_empty_table_answers_nothing():
    assert value(replace(TABLE, rows=()), "1.000") is None


@pytest.mark.parametrize(
    ("below", "expected"),
    [
        (BelowTable.NOTHING, Decimal(0)),
        (BelowTable.FIRST_ROW, Decimal("1.0")),
        (BelowTable.REFUSE, None),
    ],
)
def test_below_the_table_the_programme_decides(below: BelowTable, expected: Decimal | None):
    assert value(replace(TABLE, below_table=below), "0.999") == expected


@pytest.mark.parametrize(
    ("beyond", "index", "expected"),
    [
        (BeyondTable.REFUSE, "1.201", None),
        (BeyondTable.LAST_ROW, "9.000", Decimal("3.5")),
        # The last two rows differ by 0.100 in price and 2.0 in value.
        (BeyondTable.CONTINUE, "1.201", Decimal("5.5")),
        (BeyondTable.CONTINUE, "1.300", Decimal("5.5")),
        (BeyondTable.CONTINUE, "1.301", Decimal("7.5")),
    ],
)
def test_beyond_the_table_the_programme_decides(
    beyond: BeyondTable, index: str, expected: Decimal | None
):
    assert value(replace(TABLE, beyond_table=beyond), index) == expected


def test_a_table_of_one_row_has_no_step_to_continue_by():
    programme = replace(TABLE, rows=TABLE.rows[:1], beyond_table=BeyondTable.CONTINUE)

    assert value(programme, "1.101") is None


def test_a_published_percentage_is_the_surcharge():
    programme = replace(STEPS, method=FuelMethod.PUBLISHED)

    assert surcharge(programme, Decimal("32.850")) == Surcharge(
        Decimal("32.850"), "published for the week"
    )


@pytest.mark.parametrize(
    ("programme", "index", "reason"),
    [
        (FORMULA, "1.200", "index 1.200 is not above the base 1.25"),
        (FORMULA, "1.250", "index 1.250 is not above the base 1.25"),
        (FORMULA, "3.850", "(3.850 − 1.25) ÷ 6.5 mpg"),
        (STEPS, "2.631", "2 steps of 0.13 above 2.5"),
        (TABLE, "1.051", "1.051 is in 1.051 – 1.100"),
        (TABLE, "0.999", "0.999 is under the first row, 1.000"),
        (
            replace(TABLE, beyond_table=BeyondTable.LAST_ROW),
            "1.201",
            "1.201 is over the last row, 1.200",
        ),
        (
            replace(TABLE, beyond_table=BeyondTable.CONTINUE),
            "1.201",
            "1.201 is over the last row, 1.200, and continues by 2",
        ),
    ],
)
def test_a_surcharge_says_how_it_came_about(programme: FuelProgramme, index: str, reason: str):
    found = surcharge(programme, Decimal(index))

    assert isinstance(found, Surcharge)
    assert found.reason == reason


def test_a_rounded_surcharge_keeps_its_reason():
    found = surcharge(replace(FORMULA, rate_places=2), Decimal("3.751"))

    assert found == Surcharge(Decimal("0.38"), "(3.751 − 1.25) ÷ 6.5 mpg")


@pytest.mark.parametrize("index", ["0.999", "1.110", "1.201"])
def test_what_is_out_of_a_table_is_told_with_its_index(index: str):
    strict = replace(TABLE, below_table=BelowTable.REFUSE)

    assert surcharge(strict, Decimal(index)) == OutOfTable(Decimal(index))


def test_what_is_beyond_the_steps_is_told_with_its_index():
    assert surcharge(STEPS, Decimal("5.491")) == OutOfTable(Decimal("5.491"))
