"""A fuel programme is read back as it was created, and asks for the prices it needs."""

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from journal.models import Event
from rating.engine.book import FuelProgramme, FuelTiming
from rating.engine.choices import (
    Anchor,
    BelowTable,
    BeyondTable,
    FuelMethod,
    FuelUnit,
    HolidayShift,
    Timing,
)
from rating.engine.money import Rounding
from rating.models import FuelProgramme as ProgrammeRow
from rating.operations.editing import EditRefused
from rating.operations.fuelling import create_programme
from rating.operations.indexing import OlderThanKnown, Published, append_values, create_series
from rating.queries.books import programme_of, whole_book
from rating.queries.fuel_prices import latest_values, prices_for
from tests.rating.engine.building import FUEL, LOAD
from tests.rating.making import DRAFTER, NOW, drafted, midwest_prices

pytestmark = pytest.mark.django_db

EVERYTHING = FuelProgramme(
    name="Everything",
    series="EIA-MW",
    series_name="EIA Midwest",
    method=FuelMethod.STEPS,
    unit=FuelUnit.PERCENT,
    base_price=Decimal("2.50"),
    miles_per_gallon=Decimal("6.50"),
    increment=Decimal("0.13"),
    step_value=Decimal("1.50"),
    last_price=Decimal("5.49"),
    rate_places=3,
    rate_rounding=Rounding.TRUNCATE,
    rounding=Rounding.HALF_EVEN,
    below_table=BelowTable.REFUSE,
    beyond_table=BeyondTable.CONTINUE,
    timing=FuelTiming(
        timing=Timing.MONTH_AVERAGE,
        lag_days=2,
        month_day=10,
        lag_months=3,
        survey_weekday=2,
        holiday_shift=HolidayShift.WITH_PUBLICATION,
        anchor=Anchor.DELIVERY,
    ),
)


def test_every_setting_is_kept():
    create_series(code="EIA-MW", name="EIA Midwest", survey_weekday=2)

    row = create_programme(EVERYTHING, by=DRAFTER, at=NOW)

    row.refresh_from_db()
    assert programme_of(row, ()) == EVERYTHING


def test_a_table_comes_with_its_programme():
    midwest_prices()

    version = drafted(fuel=create_programme(FUEL, by=DRAFTER, at=NOW))

    assert whole_book(version).fuel == FUEL
    assert Event.objects.get(name="fuel_programme.created").new["name"] == "Midwest per mile"


def test_a_programme_keeps_its_history():
    midwest_prices()
    row = create_programme(FUEL, by=DRAFTER, at=NOW)
    row.lag_days = 2
    row.save()

    assert list(row.history.order_by("history_id").values_list("lag_days", flat=True)) == [1, 2]


def test_a_programme_needs_its_series():
    with pytest.raises(EditRefused, match="'EIA-MW' is no index"):
        create_programme(FUEL, by=DRAFTER, at=NOW)


def test_a_formula_is_per_mile():
    midwest_prices()
    formula = replace(FUEL, method=FuelMethod.FORMULA, unit=FuelUnit.PERCENT, rows=())

    with pytest.raises(EditRefused, match="A formula gives money per mile"):
        create_programme(formula, by=DRAFTER, at=NOW)
    create_programme(FUEL, by=DRAFTER, at=NOW)
    with pytest.raises(IntegrityError, match="fuel_formula_is_per_mile"), transaction.atomic():
        ProgrammeRow.objects.update(method="FORMULA", unit="PERCENT")


def test_the_prices_of_a_load_are_the_few_that_may_count():
    midwest_prices()

    [prices] = prices_for(FUEL, [(LOAD, NOW)])

    assert [(each.survey_on, each.value) for each in prices] == [
        (date(2026, 11, 9), Decimal("3.701")),
        (date(2026, 11, 16), Decimal("3.742")),
    ]
    assert prices[1].published_on == date(2026, 11, 16)
    assert str(prices[1].value) == "3.742"


def test_without_a_programme_or_a_day_no_price_is_needed():
    midwest_prices()

    assert prices_for(None, [(LOAD, NOW)]) == [()]
    assert prices_for(FUEL, [(replace(LOAD, pickup_on=None), NOW)]) == [()]


@pytest.mark.parametrize("hour", [20, 21])
def test_a_correction_that_would_never_count_is_refused(hour):
    series = midwest_prices()
    typed = Published(
        survey_on=date(2026, 11, 16),
        value=Decimal("3.999"),
        published_at=datetime(2026, 11, 16, hour, tzinfo=UTC),
    )

    with pytest.raises(OlderThanKnown, match="for 2026-11-16 was published at 2026-11-16"):
        append_values(series, values=[typed], source="typed", by=DRAFTER, at=NOW)

    assert latest_values(series.code)[0].value == Decimal("3.742")
