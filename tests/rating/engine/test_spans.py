"""Stretches of time, and receiving hours on the nights when the wall clock jumps."""

from datetime import datetime
from itertools import islice

import pytest

from rating.engine.facts import OpenHours
from rating.engine.spans import (
    Span,
    around_the_clock,
    before,
    reach,
    receiving,
    to_minute,
    total,
    without,
)
from tests.rating.engine.building import utc

CHICAGO = "America/Chicago"


def daily(opens: int, closes: int) -> tuple[OpenHours, ...]:
    return tuple(OpenHours(weekday=n, opens_at=opens, closes_at=closes) for n in range(7))


def span(start: str, end: str) -> Span:
    return Span(utc(start), utc(end))


MORNING = span("2026-11-18T08:00", "2026-11-18T09:00")
NOON = span("2026-11-18T13:00", "2026-11-18T14:00")


def openings(hours: tuple[OpenHours, ...], start: str, count: int = 2) -> list[Span]:
    return list(islice(receiving(hours, CHICAGO, utc(start)), count))


def test_a_dock_receives_on_the_clock_of_its_place():
    assert openings(daily(7 * 60, 15 * 60), "2026-11-18T14:00") == [
        span("2026-11-18T14:00", "2026-11-18T21:00"),
        span("2026-11-19T13:00", "2026-11-19T21:00"),
    ]


def test_hours_over_midnight_belong_to_the_day_they_begin():
    friday = (OpenHours(weekday=4, opens_at=22 * 60, closes_at=6 * 60),)

    assert openings(friday, "2026-11-21T08:00", 1) == [span("2026-11-21T08:00", "2026-11-21T12:00")]


def test_hours_that_overlap_count_once():
    hours = (
        OpenHours(weekday=2, opens_at=420, closes_at=720),
        OpenHours(weekday=2, opens_at=600, closes_at=900),
    )

    assert openings(hours, "2026-11-18T06:00") == [
        span("2026-11-18T13:00", "2026-11-18T18:00"),
        span("2026-11-18T18:00", "2026-11-18T21:00"),
    ]


@pytest.mark.parametrize(
    ("day", "minutes"),
    [
        ("2026-03-08T04:00", 7 * 60),  # forward: 22:00 to 06:00 lasts an hour less
        ("2026-11-01T03:00", 9 * 60),  # back: an hour more
        ("2026-11-18T04:00", 8 * 60),
    ],
)
def test_a_night_shift_lasts_as_long_as_it_lasts(day: str, minutes: int):
    assert openings(daily(22 * 60, 6 * 60), day, 1)[0].minutes == minutes


@pytest.mark.parametrize(
    ("opens", "closes", "start", "first"),
    [
        # 02:30 never was on March 8: the dock opens when the wall shows 03:30.
        (150, 600, "2026-03-08T06:00", span("2026-03-08T08:30", "2026-03-08T15:00")),
        # 01:30 came twice on November 1: open from the first, closed after the second.
        (90, 600, "2026-11-01T05:30", span("2026-11-01T06:30", "2026-11-01T16:00")),
        (0, 90, "2026-11-01T04:30", span("2026-11-01T05:00", "2026-11-01T07:30")),
    ],
)
def test_an_hour_that_never_was_or_came_twice(opens: int, closes: int, start: str, first: Span):
    assert openings(daily(opens, closes), start, 1) == [first]


def test_what_is_excluded_is_cut_out():
    day = [
        span("2026-11-18T08:00", "2026-11-18T12:00"),
        span("2026-11-18T13:00", "2026-11-18T17:00"),
    ]
    gaps = [
        span("2026-11-18T11:30", "2026-11-18T13:30"),
        span("2026-11-18T09:00", "2026-11-18T09:30"),
        span("2026-11-18T09:15", "2026-11-18T09:20"),
        span("2026-11-18T18:00", "2026-11-18T19:00"),
    ]

    assert list(without(day, gaps)) == [
        span("2026-11-18T08:00", "2026-11-18T09:00"),
        span("2026-11-18T09:30", "2026-11-18T11:30"),
        span("2026-11-18T13:30", "2026-11-18T17:00"),
    ]
    assert list(without(day[:1], [span("2026-11-18T07:00", "2026-11-18T12:00")])) == []


def test_time_is_taken_up_to_an_end():
    start = utc("2026-11-18T08:00")

    assert total(before(around_the_clock(start), utc("2026-11-18T10:30"))) == 150
    assert list(before(around_the_clock(start), start)) == []
    assert (
        total(before([span("2026-11-18T08:00", "2026-11-18T09:00")], utc("2026-11-19T00:00"))) == 60
    )


@pytest.mark.parametrize(
    ("minutes", "instant"),
    [(0, "2026-11-18T08:00"), (60, "2026-11-18T09:00"), (61, "2026-11-18T13:01"), (121, None)],
)
def test_when_so_many_minutes_are_over(minutes: int, instant: str | None):
    expected: datetime | None = utc(instant) if instant else None

    assert reach([MORNING, NOON], minutes) == expected


def test_hours_that_never_use_up_the_free_time_give_it_no_end():
    a_minute_a_week = (OpenHours(weekday=2, opens_at=420, closes_at=421),)

    assert reach(receiving(a_minute_a_week, CHICAGO, utc("2026-11-18T06:00")), 60_000) is None


def test_a_dock_that_closes_as_it_opens_is_open_for_a_day():
    wednesday = (OpenHours(weekday=2, opens_at=8 * 60, closes_at=8 * 60),)

    assert openings(wednesday, "2026-11-18T14:00", 1) == [
        span("2026-11-18T14:00", "2026-11-19T14:00")
    ]


def test_an_opening_that_began_yesterday_at_the_place_is_still_running():
    tuesday = (OpenHours(weekday=1, opens_at=22 * 60, closes_at=21 * 60),)

    # Wednesday 20:00 in Chicago is Thursday by UTC.
    assert openings(tuesday, "2026-11-19T02:00", 1) == [
        span("2026-11-19T02:00", "2026-11-19T03:00")
    ]


def test_the_minute_of_an_instant_has_neither_seconds_nor_less():
    told = utc("2026-11-18T14:00").replace(second=59, microsecond=999_999)

    assert to_minute(told) == utc("2026-11-18T14:00")
