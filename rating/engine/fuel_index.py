"""Which published price is in force on a load's day.

An index is a list of published values that only ever grows. A value that should be there and is
not is a problem, never the value of another week. Where the same survey was published again, the
one that stands last in the facts counts, and it takes effect when the first one did.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal

from rating.engine.book import FuelTiming
from rating.engine.choices import HolidayShift, Timing
from rating.engine.facts import IndexPrice
from rating.engine.money import ZERO, round_rate

# EIA publishes three decimals, and tables of surcharges meet at the third.
INDEX_PLACES = 3
_WEEK = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Reading:
    """The index value in force, since when, and the surveys it was read from."""

    value: Decimal
    effective_from: date
    surveys: tuple[IndexPrice, ...]


@dataclass(frozen=True, slots=True)
class Unpublished:
    """The survey that is needed and not known."""

    survey_on: date


def read_index(prices: Sequence[IndexPrice], timing: FuelTiming, on: date) -> Reading | Unpublished:
    """The value of one series in force on `on` under `timing`."""
    return _READERS[timing.timing](_latest_by_survey(prices), timing, on)


def needed_surveys(timing: FuelTiming, on: date) -> tuple[date, date]:
    """The first and last survey day that `read_index` can need for `on`."""
    if timing.timing == Timing.WEEKLY:
        return on - timedelta(days=timing.lag_days) - 3 * _WEEK, on
    if timing.timing == Timing.MONTH_DAY:
        month = _month_in_force(timing, on)
        return month, month + timedelta(days=6)
    month = _months_before(on, timing.lag_months)
    return month, _next_month(month) - timedelta(days=1)


def _latest_by_survey(prices: Sequence[IndexPrice]) -> tuple[IndexPrice, ...]:
    """One value a survey, the last stated, effective and published as the first one was."""
    known: dict[date, IndexPrice] = {}
    for price in prices:
        first = known.get(price.survey_on, price)
        known[price.survey_on] = replace(
            price,
            published_on=first.published_on,
            effective_from=price.effective_from or first.effective_from,
        )
    return tuple(known[survey] for survey in sorted(known))


def _weekly(prices: tuple[IndexPrice, ...], timing: FuelTiming, on: date) -> Reading | Unpublished:
    started = [price for price in prices if _effective_from(price, timing) <= on]
    if not started:
        return Unpublished(_survey_before(on - timedelta(days=timing.lag_days), timing))
    price = max(started, key=lambda each: (_effective_from(each, timing), each.survey_on))
    due = price.survey_on + _WEEK
    is_known = any(price.survey_on < each.survey_on <= due for each in prices)
    if not is_known and due + timedelta(days=timing.lag_days) <= on:
        return Unpublished(due)
    return _reading(price.value, _effective_from(price, timing), (price,))


def _effective_from(price: IndexPrice, timing: FuelTiming) -> date:
    """The first day of a weekly price: the stated one, else survey day, lag and holiday shift."""
    if price.effective_from:
        return price.effective_from
    start = price.survey_on + timedelta(days=timing.lag_days)
    if timing.holiday_shift == HolidayShift.WITH_PUBLICATION and price.published_on:
        return start + max(price.published_on - price.survey_on, timedelta())
    return start


def _month_day(
    prices: tuple[IndexPrice, ...], timing: FuelTiming, on: date
) -> Reading | Unpublished:
    month = _month_in_force(timing, on)
    survey = _survey_before(month + timedelta(days=6), timing)
    price = next((each for each in prices if each.survey_on == survey), None)
    if price is None:
        return Unpublished(survey)
    return _reading(price.value, month.replace(day=timing.month_day), (price,))


def _month_average(
    prices: tuple[IndexPrice, ...], timing: FuelTiming, on: date
) -> Reading | Unpublished:
    month = _months_before(on, timing.lag_months)
    surveys = _surveys_of(month, timing)
    held = {price.survey_on: price for price in prices}
    for survey in surveys:
        if survey not in held:
            return Unpublished(survey)
    used = tuple(held[survey] for survey in surveys)
    mean = sum((price.value for price in used), ZERO) / len(used)
    return _reading(mean, on.replace(day=1), used)


def _reading(value: Decimal, since: date, surveys: tuple[IndexPrice, ...]) -> Reading:
    return Reading(round_rate(value, INDEX_PLACES), since, surveys)


def _month_in_force(timing: FuelTiming, on: date) -> date:
    """The first day of the month whose first price is in force on `on`."""
    return on.replace(day=1) if on.day >= timing.month_day else _months_before(on, 1)


def _survey_before(on: date, timing: FuelTiming) -> date:
    """The last survey day up to and including `on`."""
    return on - timedelta(days=(on.weekday() - timing.survey_weekday) % 7)


def _surveys_of(month: date, timing: FuelTiming) -> list[date]:
    first = _survey_before(month + timedelta(days=6), timing)
    days = (first + week * _WEEK for week in range(5))
    return [each for each in days if each.month == month.month]


def _months_before(on: date, count: int) -> date:
    months = on.year * 12 + on.month - 1 - count
    return date(months // 12, months % 12 + 1, 1)


def _next_month(month: date) -> date:
    return _months_before(month, -1)


_Reader = Callable[[tuple[IndexPrice, ...], FuelTiming, date], Reading | Unpublished]

_READERS: Mapping[Timing, _Reader] = {
    Timing.WEEKLY: _weekly,
    Timing.MONTH_DAY: _month_day,
    Timing.MONTH_AVERAGE: _month_average,
}
