"""The calendar of a weekly index: Mondays, and Tuesdays after federal holidays."""

from datetime import UTC, date, datetime

import pytest

from integrations.rules.publication import (
    expected_at,
    is_holiday,
    last_survey,
    published_on,
    survey_of,
)

EASTERN = "America/New_York"


@pytest.mark.parametrize(
    "day",
    [
        "2026-01-01", "2026-01-19", "2026-02-16", "2026-05-25", "2026-06-19", "2026-07-03",
        "2026-09-07", "2026-10-12", "2026-11-11", "2026-11-26", "2026-12-25",
        "2021-12-31",  # New Year's Day 2022 was a Saturday
        "2023-01-02",  # and that of 2023 a Sunday
    ],
)  # fmt: skip
def test_the_holidays_of_federal_offices(day: str):
    assert is_holiday(date.fromisoformat(day))


@pytest.mark.parametrize("day", ["2026-11-16", "2026-07-04", "2026-05-18", "2022-01-01"])
def test_other_days_are_none(day: str):
    assert not is_holiday(date.fromisoformat(day))


def test_a_price_is_out_on_its_monday_or_on_tuesday_after_a_holiday():
    assert published_on(date(2026, 11, 16)) == date(2026, 11, 16)
    assert published_on(date(2026, 5, 25)) == date(2026, 5, 26)


def test_the_hour_is_the_publishers_in_winter_and_in_summer():
    assert expected_at(date(2026, 11, 16), EASTERN) == datetime(2026, 11, 16, 22, tzinfo=UTC)
    assert expected_at(date(2026, 5, 25), EASTERN) == datetime(2026, 5, 26, 21, tzinfo=UTC)


def test_a_day_of_the_file_is_its_survey_or_the_day_after_a_holiday():
    assert survey_of(date(2026, 11, 16), weekday=0) == date(2026, 11, 16)
    assert survey_of(date(2026, 5, 26), weekday=0) == date(2026, 5, 25)
    assert survey_of(date(2026, 11, 17), weekday=0) is None


@pytest.mark.parametrize(("day", "survey"), [(16, 16), (19, 16), (22, 16), (23, 23)])
def test_the_last_survey_before_a_day(day: int, survey: int):
    assert last_survey(date(2026, 11, day), weekday=0) == date(2026, 11, survey)
