"""Which week's price counts, on which day, and what happens when it is not there."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from rating.engine.book import FuelTiming
from rating.engine.choices import HolidayShift, Timing
from rating.engine.facts import IndexPrice
from rating.engine.fuel_index import Reading, Unpublished, needed_surveys, read_index

TUESDAY = FuelTiming(lag_days=1)
WEDNESDAY = FuelTiming(lag_days=2)


def price(survey: str, value: str = "3.742", **more: Any) -> IndexPrice:
    return IndexPrice(
        series="EIA", survey_on=date.fromisoformat(survey), value=Decimal(value), **more
    )


NOV_9, NOV_16 = price("2026-11-09", "3.701"), price("2026-11-16", "3.742")


def value_on(day: str, timing: FuelTiming, *prices: IndexPrice) -> Decimal | date:
    found = read_index(prices, timing, date.fromisoformat(day))
    return found.value if isinstance(found, Reading) else found.survey_on


@pytest.mark.parametrize(
    ("timing", "day", "value"),
    [
        # Monday's price from Tuesday (tgstruck), or from Wednesday (Estes, GSA, Roadrunner).
        (TUESDAY, "2026-11-16", "3.701"),
        (TUESDAY, "2026-11-17", "3.742"),
        (TUESDAY, "2026-11-23", "3.742"),
        (WEDNESDAY, "2026-11-17", "3.701"),
        (WEDNESDAY, "2026-11-18", "3.742"),
        (WEDNESDAY, "2026-11-24", "3.742"),
    ],
)
def test_a_weekly_price_holds_from_its_weekday_for_seven_days(
    timing: FuelTiming, day: str, value: str
):
    assert value_on(day, timing, NOV_9, NOV_16) == Decimal(value)


def test_the_order_of_prices_does_not_matter():
    assert value_on("2026-11-18", TUESDAY, NOV_16, NOV_9) == Decimal("3.742")


def test_the_day_after_the_last_week_asks_for_the_next_survey():
    assert value_on("2026-11-24", TUESDAY, NOV_9, NOV_16) == date(2026, 11, 23)


def test_a_missing_week_is_named_although_later_weeks_are_known():
    later = price("2026-11-30", "3.800")

    assert value_on("2026-11-26", TUESDAY, NOV_16, later) == date(2026, 11, 23)


def test_before_any_price_the_survey_that_is_needed_is_named():
    assert value_on("2026-11-12", TUESDAY, NOV_16) == date(2026, 11, 9)
    assert value_on("2026-11-12", TUESDAY) == date(2026, 11, 9)


def test_on_the_survey_day_itself_the_week_before_is_in_force():
    assert value_on("2026-11-09", TUESDAY, NOV_16) == date(2026, 11, 2)


@pytest.mark.parametrize(
    ("day", "survey"), [("2026-11-12", "2026-11-11"), ("2026-11-10", "2026-11-04")]
)
def test_an_index_may_be_surveyed_on_another_weekday(day: str, survey: str):
    wednesdays = FuelTiming(lag_days=1, survey_weekday=2)

    assert value_on(day, wednesdays) == date.fromisoformat(survey)


def test_a_stated_day_overrules_the_weekday():
    stated = price("2026-11-16", "3.742", effective_from=date(2026, 11, 19))

    assert value_on("2026-11-18", TUESDAY, NOV_9, stated) == Decimal("3.701")
    assert value_on("2026-11-19", TUESDAY, NOV_9, stated) == Decimal("3.742")


def test_a_holiday_delays_the_price_where_the_contract_says_so():
    # Memorial Day 2026 was a Monday: published on Tuesday, still Monday's price.
    before = price("2026-05-18", "3.600", published_on=date(2026, 5, 18))
    holiday = price("2026-05-25", "3.650", published_on=date(2026, 5, 26))
    shifting = FuelTiming(lag_days=1, holiday_shift=HolidayShift.WITH_PUBLICATION)

    assert value_on("2026-05-26", TUESDAY, before, holiday) == Decimal("3.650")
    assert value_on("2026-05-26", shifting, before, holiday) == Decimal("3.600")
    assert value_on("2026-05-27", shifting, before, holiday) == Decimal("3.650")


def test_a_price_dated_before_its_survey_shifts_nothing():
    early = price("2026-11-16", "3.742", published_on=date(2026, 11, 13))
    shifting = FuelTiming(lag_days=1, holiday_shift=HolidayShift.WITH_PUBLICATION)

    assert value_on("2026-11-17", shifting, early) == Decimal("3.742")


def test_without_a_date_of_publication_nothing_is_shifted():
    shifting = FuelTiming(lag_days=1, holiday_shift=HolidayShift.WITH_PUBLICATION)

    assert value_on("2026-11-17", shifting, NOV_16) == Decimal("3.742")


def test_a_correction_counts_from_the_day_the_first_value_did():
    first = price("2026-11-16", "3.742", published_on=date(2026, 11, 16))
    corrected = price("2026-11-16", "3.724", published_on=date(2026, 11, 18))
    shifting = FuelTiming(lag_days=1, holiday_shift=HolidayShift.WITH_PUBLICATION)

    assert value_on("2026-11-17", shifting, first, corrected) == Decimal("3.724")


def test_a_correction_keeps_the_stated_day_unless_it_states_another():
    first = price("2026-11-16", effective_from=date(2026, 11, 18))
    again = price("2026-11-16", "3.800")
    moved = price("2026-11-16", "3.900", effective_from=date(2026, 11, 19))

    assert value_on("2026-11-18", TUESDAY, first, again) == Decimal("3.800")
    assert value_on("2026-11-18", TUESDAY, NOV_9, first, again, moved) == Decimal("3.701")


def test_a_reading_tells_since_when_and_from_which_survey():
    found = read_index([NOV_9, NOV_16], TUESDAY, date(2026, 11, 18))

    assert found == Reading(Decimal("3.742"), date(2026, 11, 17), (NOV_16,))


def test_an_index_is_read_at_three_decimals():
    assert value_on("2026-11-17", TUESDAY, price("2026-11-16", "3.7425")) == Decimal("3.743")


MONTHLY = FuelTiming(timing=Timing.MONTH_DAY, month_day=15)


@pytest.mark.parametrize(
    ("day", "value"),
    [
        # SDDC: the price of the first Monday, from the 15th to the 14th.
        ("2026-11-14", "3.600"),
        ("2026-11-15", "3.700"),
        ("2026-12-14", "3.700"),
    ],
)
def test_the_first_price_of_a_month_holds_from_the_fifteenth(day: str, value: str):
    october, november = price("2026-10-05", "3.600"), price("2026-11-02", "3.700")

    assert value_on(day, MONTHLY, october, price("2026-11-09", "9.999"), november) == Decimal(value)


def test_a_missing_first_monday_is_named():
    assert value_on("2026-11-20", MONTHLY, NOV_9) == date(2026, 11, 2)
    assert value_on("2027-01-03", MONTHLY, NOV_9) == date(2026, 12, 7)


@pytest.mark.parametrize("day", ["2026-06-15", "2026-07-14"])
def test_a_month_that_begins_on_monday_counts_its_first_day(day: str):
    assert value_on(day, MONTHLY, price("2026-06-01", "3.5")) == Decimal("3.5")


AVERAGE = FuelTiming(timing=Timing.MONTH_AVERAGE, lag_months=2)
OCTOBER = [
    price(f"2026-10-{day:02}", value)
    for day, value in ((5, "3.600"), (12, "3.610"), (19, "3.630"), (26, "3.640"))
]


def test_the_mean_of_a_month_counts_two_months_later():
    # Pan Am Southern: October sets December.
    found = read_index(OCTOBER, AVERAGE, date(2026, 12, 20))

    assert found == Reading(Decimal("3.620"), date(2026, 12, 1), tuple(OCTOBER))


def test_a_month_with_five_mondays_needs_all_five():
    november = [price(f"2026-11-{day:02}") for day in (2, 9, 16, 23)]

    assert value_on("2027-01-05", AVERAGE, *november) == date(2026, 11, 30)
    assert value_on("2027-01-05", AVERAGE, *november, price("2026-11-30")) == Decimal("3.742")


def test_the_mean_of_a_month_that_begins_on_monday_counts_its_first_day():
    june = [price(f"2026-06-{day:02}") for day in (8, 15, 22, 29)]

    assert value_on("2026-08-05", AVERAGE, *june) == date(2026, 6, 1)


@pytest.mark.parametrize(
    ("timing", "first", "last"),
    [
        (TUESDAY, "2026-11-26", "2026-12-18"),
        (MONTHLY, "2026-12-01", "2026-12-07"),
        (AVERAGE, "2026-10-01", "2026-10-31"),
    ],
)
def test_only_few_surveys_are_asked_for(timing: FuelTiming, first: str, last: str):
    assert needed_surveys(timing, date(2026, 12, 18)) == (
        date.fromisoformat(first),
        date.fromisoformat(last),
    )


@pytest.mark.parametrize("timing", [TUESDAY, WEDNESDAY, MONTHLY, AVERAGE])
def test_the_surveys_asked_for_are_enough_to_read_any_day(timing: FuelTiming):
    mondays = [date(2026, 1, 5) + timedelta(days=7 * week) for week in range(70)]
    every = [price(day.isoformat(), f"3.{week:03}") for week, day in enumerate(mondays)]

    for offset in range(0, 366, 3):
        day = date(2026, 4, 15) + timedelta(days=offset)
        first, last = needed_surveys(timing, day)
        few = [each for each in every if first <= each.survey_on <= last]

        assert read_index(few, timing, day) == read_index(every, timing, day)


def test_unpublished_names_its_survey():
    assert read_index([], AVERAGE, date(2026, 12, 20)) == Unpublished(date(2026, 10, 5))


def test_a_price_of_the_month_tells_since_when_and_from_which_survey():
    monthly = FuelTiming(timing=Timing.MONTH_DAY)
    first = price("2026-11-02", "3.701")

    assert read_index([first], monthly, date(2026, 11, 20)) == Reading(
        Decimal("3.701"), date(2026, 11, 15), (first,)
    )
