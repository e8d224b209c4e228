"""Periods are whole days on the house's clock, and are compared with as much of the one before."""

from datetime import UTC, date, datetime

import pytest

from insights.rules.frames import BadPeriod, Frame, Span, period_of

ZONE = "America/Chicago"


def days(period):
    return period.first_on, period.last_on


@pytest.mark.parametrize(
    ("span", "first_on", "before"),
    [
        (Span.WEEK, date(2026, 11, 16), (date(2026, 11, 9), date(2026, 11, 12))),
        (Span.MONTH, date(2026, 11, 1), (date(2026, 10, 1), date(2026, 10, 19))),
        (Span.QUARTER, date(2026, 10, 1), (date(2026, 7, 1), date(2026, 8, 19))),
    ],
)
def test_a_running_period_ends_today_and_is_compared_with_as_much_of_the_one_before(
    now, span, first_on, before
) -> None:
    period = period_of(span, at=now, zone=ZONE)

    assert days(period) == (first_on, date(2026, 11, 19))
    assert days(period.before()) == before


def test_the_last_days_of_a_long_month_are_compared_with_all_of_a_short_one() -> None:
    period = period_of(Span.MONTH, at=datetime(2026, 3, 31, 18, tzinfo=UTC), zone=ZONE)

    assert days(period.before()) == (date(2026, 2, 1), date(2026, 2, 28))


def test_the_day_is_that_of_the_house_not_of_greenwich() -> None:
    late = datetime(2026, 11, 20, 3, tzinfo=UTC)

    period = period_of(Span.WEEK, at=late, zone=ZONE)

    assert period.last_on == date(2026, 11, 19) == Frame(period, late).today


def test_a_period_over_a_change_of_the_clocks_has_all_of_its_hours(now) -> None:
    period = period_of(
        Span.CUSTOM, at=now, zone=ZONE, first_on=date(2026, 11, 1), last_on=date(2026, 11, 1)
    )

    assert (period.until - period.since).total_seconds() == 24 * 3600
    assert (period.since.astimezone(UTC).hour, period.until.astimezone(UTC).hour) == (5, 6)


def test_days_that_are_named_are_compared_with_as_many_before(now) -> None:
    period = period_of(
        Span.CUSTOM, at=now, zone=ZONE, first_on=date(2026, 11, 5), last_on=date(2026, 11, 7)
    )

    assert days(period.before()) == (date(2026, 11, 2), date(2026, 11, 4))


@pytest.mark.parametrize(
    ("span", "first_on", "last_on", "field"),
    [
        (Span.CUSTOM, None, date(2026, 11, 1), "first_on"),
        (Span.CUSTOM, date(2026, 11, 1), None, "last_on"),
        (Span.CUSTOM, date(2026, 11, 2), date(2026, 11, 1), "last_on"),
        (Span.CUSTOM, date(2025, 11, 1), date(2026, 11, 30), "last_on"),
        (Span.CUSTOM, date(1, 1, 1), date(1, 1, 1), "first_on"),
        (Span.CUSTOM, date(9999, 12, 31), date(9999, 12, 31), "first_on"),
        (Span.MONTH, date(2026, 11, 1), None, "period"),
    ],
)
def test_days_that_make_no_period_are_refused_by_name(now, span, first_on, last_on, field) -> None:
    with pytest.raises(BadPeriod) as refused:
        period_of(span, at=now, zone=ZONE, first_on=first_on, last_on=last_on)

    assert refused.value.field == field
