"""When a weekly index comes out: on its survey day, a day later after a federal holiday.

EIA surveys on Mondays and publishes the same day at about 17:00 Eastern, on Tuesday when Monday
was a holiday of the United States; the price is still Monday's.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

PUBLISHED_AT = time(17)
WEEK = timedelta(days=7)
_DAY = timedelta(days=1)
_MONDAY, _THURSDAY = 0, 3


def expected_at(survey_on: date, timezone: str) -> datetime:
    """When the price of a survey should be out, in UTC."""
    return datetime.combine(published_on(survey_on), PUBLISHED_AT, ZoneInfo(timezone)).astimezone(
        UTC
    )


def published_on(survey_on: date) -> date:
    """The day the price of a survey comes out."""
    return survey_on + _DAY if is_holiday(survey_on) else survey_on


def survey_of(day: date, *, weekday: int) -> date | None:
    """The survey that a file dates `day`: its own day, or the day after a holiday; else None."""
    if day.weekday() == weekday:
        return day
    before = day - _DAY
    return before if before.weekday() == weekday and is_holiday(before) else None


def last_survey(day: date, *, weekday: int) -> date:
    """The last survey day up to and including `day`."""
    return day - timedelta(days=(day.weekday() - weekday) % 7)


def is_holiday(day: date) -> bool:
    """Whether federal offices of the United States are closed, observed days included."""
    return any(day == each for year in (day.year, day.year + 1) for each in _holidays(year))


def _holidays(year: int) -> Iterator[date]:
    fixed = [(1, 1), (6, 19), (7, 4), (11, 11), (12, 25)]
    yield from (_observed(date(year, month, day)) for month, day in fixed)
    yield _nth(year, 1, _MONDAY, 3)
    yield _nth(year, 2, _MONDAY, 3)
    yield _nth(year, 6, _MONDAY, 1) - WEEK  # the last Monday of May
    yield _nth(year, 9, _MONDAY, 1)
    yield _nth(year, 10, _MONDAY, 2)
    yield _nth(year, 11, _THURSDAY, 4)


def _observed(day: date) -> date:
    """A holiday on Saturday is kept on Friday, one on Sunday on Monday."""
    return day + {5: -_DAY, 6: _DAY}.get(day.weekday(), timedelta())


def _nth(year: int, month: int, weekday: int, count: int) -> date:
    first = date(year, month, 1)
    return first + timedelta(days=(weekday - first.weekday()) % 7) + (count - 1) * WEEK
