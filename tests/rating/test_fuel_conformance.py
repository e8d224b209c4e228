"""Real published series and tables, rated by the engine to their printed figures."""

import csv
import os
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from rating.engine.book import FuelProgramme, FuelRow, FuelTiming
from rating.engine.choices import BeyondTable, FuelMethod, FuelUnit
from rating.engine.facts import IndexPrice
from rating.engine.fuel_index import Reading, Unpublished, read_index
from rating.engine.fuel_methods import Surcharge, surcharge

pytestmark = pytest.mark.conformance

GSA = FuelProgramme(
    name="GSA",
    series="EIA",
    method=FuelMethod.STEPS,
    unit=FuelUnit.PERCENT,
    base_price=Decimal("2.50"),
    increment=Decimal("0.13"),
    beyond_table=BeyondTable.CONTINUE,
)


def rows(name: str) -> list[dict[str, str]]:
    path = Path(os.environ["CONFORMANCE_DATA"]) / "fuel" / name
    with path.open(newline="") as file:
        return list(csv.DictReader(file))


def series(name: str, *, day: str, value: str, effective: str = "") -> list[IndexPrice]:
    return [
        IndexPrice(
            series="S",
            survey_on=date.fromisoformat(row[day]),
            value=Decimal(row[value]),
            effective_from=date.fromisoformat(row[effective]) if effective else None,
        )
        for row in rows(name)
    ]


def diesel() -> list[IndexPrice]:
    return series("eia_weekly_us_diesel_2024.csv", day="survey_monday", value="usd_per_gallon")


def value_of(programme: FuelProgramme, index: str) -> Decimal:
    found = surcharge(programme, Decimal(index))
    assert isinstance(found, Surcharge)
    return found.value


@pytest.mark.parametrize("end", ["from_usd_gal", "to_usd_gal"])
def test_steps_give_the_whole_table_of_gsa(end: str):
    table = rows("gsa_freight_fsc_percent_table.csv")

    assert [value_of(GSA, row[end]) for row in table] == [Decimal(row["percent"]) for row in table]


@pytest.mark.parametrize("column", ["percent_A", "usd_per_mile_B"])
@pytest.mark.parametrize("end", ["from_usd_gal", "to_usd_gal"])
def test_a_published_table_gives_back_each_of_its_rows(column: str, end: str):
    published = rows("olt_percent_and_per_mile_table.csv")
    table = FuelProgramme(
        name="OLT",
        series="EIA",
        method=FuelMethod.TABLE,
        unit=FuelUnit.PERCENT,
        rows=tuple(
            FuelRow(
                from_price=Decimal(row["from_usd_gal"]),
                to_price=Decimal(row["to_usd_gal"]),
                value=Decimal(row[column]),
            )
            for row in published
        ),
    )

    assert [value_of(table, row[end]) for row in published] == [
        Decimal(row[column]) for row in published
    ]


@pytest.mark.parametrize("lag", [1, 2])
def test_every_day_of_the_eia_series_has_the_price_of_its_week(lag: int):
    prices = diesel()
    by_survey = {price.survey_on: price.value for price in prices}
    timing = FuelTiming(lag_days=lag)
    first = prices[0].survey_on + timedelta(days=lag)

    for offset in range(7 * len(prices)):
        day = first + timedelta(days=offset)
        found = read_index(prices, timing, day)

        assert isinstance(found, Reading)
        assert found.value == by_survey[prices[0].survey_on + timedelta(days=offset // 7 * 7)]
    assert isinstance(
        read_index(prices, timing, first + timedelta(days=7 * len(prices))), Unpublished
    )


@pytest.mark.parametrize(
    ("day", "percent"), [("2024-07-30", "10"), ("2024-07-29", "10"), ("2024-02-14", "13")]
)
def test_the_eia_series_rates_by_gsas_steps(day: str, percent: str):
    found = read_index(diesel(), FuelTiming(lag_days=2), date.fromisoformat(day))

    assert isinstance(found, Reading)
    assert value_of(GSA, str(found.value)) == Decimal(percent)


def test_each_published_percentage_holds_from_its_own_day():
    published = series(
        "roadrunner_ltl_fsc_history_a.csv",
        day="index_date",
        value="ltl_under_20000lb_pct",
        effective="effective_date",
    )

    for price in published:
        assert price.effective_from
        for offset in range(5):
            found = read_index(published, FuelTiming(), price.effective_from + timedelta(offset))
            assert isinstance(found, Reading)
            assert (found.value, found.effective_from) == (price.value, price.effective_from)


def test_a_stored_history_contradicts_any_table_so_it_is_never_recomputed():
    history = rows("roadrunner_ltl_fsc_history_a.csv")
    dear, cheap = (
        next(row for row in history if row["index_date"] == day)
        for day in ("2024-10-28", "2025-03-03")
    )

    assert Decimal(cheap["index_usd_gal"]) < Decimal(dear["index_usd_gal"])
    assert Decimal(cheap["ltl_under_20000lb_pct"]) > Decimal(dear["ltl_under_20000lb_pct"])


def test_a_week_that_is_missing_from_the_real_series_is_missing():
    holed = [price for price in diesel() if price.survey_on != date(2024, 5, 13)]

    assert read_index(holed, FuelTiming(), date(2024, 5, 15)) == Unpublished(date(2024, 5, 13))
