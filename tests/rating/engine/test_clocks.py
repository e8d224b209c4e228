"""Waiting time is subtracted in UTC, minute by minute, and never invented."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from rating.engine.book import BookError, DetentionTerms, FreeTime
from rating.engine.choices import ClockEnd, ClockStart, Increments, LateArrival, StopKind
from rating.engine.clocks import (
    ClockMissing,
    ClockReversed,
    Wait,
    free_minutes,
    measure_wait,
    minutes_between,
    whole_increments,
)
from rating.engine.facts import Clock, Pause, StopFacts
from tests.rating.engine.building import INDIANAPOLIS, changed, clock, utc

TERMS = DetentionTerms(free_times=(FreeTime(minutes=120),), increment_minutes=15)


def wait(stop: StopFacts, terms: DetentionTerms = TERMS) -> Wait:
    found = measure_wait(stop, terms, Decimal(38420))
    assert isinstance(found, Wait)
    return found


def stay(came: str, left: str, due: str | None = None, **more: Any) -> StopFacts:
    return replace(
        INDIANAPOLIS,
        arrived=clock(came),
        departed=clock(left),
        appointment_from=utc(due) if due else None,
        **more,
    )


def test_the_clock_of_an_early_truck_starts_at_the_appointment():
    found = wait(INDIANAPOLIS)

    assert found.started_at == utc("2026-11-18T19:00")
    assert (found.waited, found.free, found.over_free) == (192, 120, 72)
    assert found.late_minutes == 0


def test_a_contract_may_start_the_clock_at_arrival():
    found = wait(INDIANAPOLIS, replace(TERMS, clock_start=ClockStart.ARRIVAL))

    assert found.started_at == utc("2026-11-18T18:48")
    assert found.waited == 204


def test_first_come_first_served_starts_at_arrival_and_is_never_late():
    stop = stay("2026-03-02T12:00", "2026-03-02T15:00", due="2026-03-02T08:00", is_fcfs=True)
    early = stay("2026-03-02T06:00", "2026-03-02T15:00", due="2026-03-02T08:00", is_fcfs=True)

    assert (wait(stop).waited, wait(stop).late_minutes) == (180, 0)
    assert wait(early).waited == 540


def test_without_an_appointment_the_clock_starts_at_arrival():
    found = wait(stay("2026-03-02T12:00", "2026-03-02T15:00"))

    assert (found.waited, found.late_minutes) == (180, 0)


def test_a_truck_is_late_after_the_end_of_its_window():
    stop = stay("2026-03-02T09:10", "2026-03-02T12:00", due="2026-03-02T08:00")
    window = replace(stop, appointment_to=utc("2026-03-02T09:00"))

    assert wait(stop).late_minutes == 70
    assert wait(window).late_minutes == 10
    assert wait(window).started_at == utc("2026-03-02T09:10")


@pytest.mark.parametrize(
    ("came", "rule", "is_forfeited"),
    [
        ("2026-03-02T08:30", LateArrival.FORFEITS_DETENTION, False),
        ("2026-03-02T08:31", LateArrival.FORFEITS_DETENTION, True),
        ("2026-03-02T08:31", LateArrival.STARTS_AT_ARRIVAL, False),
    ],
)
def test_beyond_the_tolerance_the_contract_decides(
    came: str, rule: LateArrival, is_forfeited: bool
):
    terms = replace(TERMS, late_tolerance_minutes=30, late_arrival=rule)
    stop = stay(came, "2026-03-02T12:00", due="2026-03-02T08:00")

    assert wait(stop, terms).is_forfeited is is_forfeited


@pytest.mark.parametrize(
    ("end", "unloaded", "departed", "waited"),
    [
        (ClockEnd.DEPARTED, "2026-03-02T10:00", "2026-03-02T11:00", 180),
        (ClockEnd.UNLOADED, "2026-03-02T10:00", "2026-03-02T11:00", 120),
        (ClockEnd.DEPARTED_ELSE_UNLOADED, "2026-03-02T10:00", "2026-03-02T11:00", 180),
        (ClockEnd.DEPARTED_ELSE_UNLOADED, "2026-03-02T10:00", None, 120),
    ],
)
def test_the_contract_says_which_clock_ends_the_wait(
    end: ClockEnd, unloaded: str, departed: str | None, waited: int
):
    stop = replace(
        INDIANAPOLIS,
        appointment_from=None,
        arrived=clock("2026-03-02T08:00"),
        unloaded=clock(unloaded),
        departed=clock(departed) if departed else None,
    )

    assert wait(stop, replace(TERMS, clock_end=end)).waited == waited


@pytest.mark.parametrize(
    ("end", "missing", "which"),
    [
        (ClockEnd.DEPARTED, "arrived", "arrival"),
        (ClockEnd.DEPARTED, "departed", "departure"),
        (ClockEnd.UNLOADED, "unloaded", "departure"),
        (ClockEnd.DEPARTED_ELSE_UNLOADED, "departed", "departure"),
    ],
)
def test_a_missing_clock_is_named(end: ClockEnd, missing: str, which: str):
    stop = changed(INDIANAPOLIS, **{missing: None})

    assert measure_wait(stop, replace(TERMS, clock_end=end), None) == ClockMissing(which)


def test_a_reversed_pair_is_not_a_wait():
    stop = stay("2026-03-02T12:00", "2026-03-02T11:59")
    found = measure_wait(stop, TERMS, None)

    assert found == ClockReversed(clock("2026-03-02T12:00"), clock("2026-03-02T11:59"))


def test_a_truck_that_leaves_in_the_minute_it_came_waited_nothing():
    assert wait(stay("2026-03-02T12:00", "2026-03-02T12:00")).waited == 0


def test_a_truck_that_leaves_before_its_appointment_waited_nothing():
    found = wait(stay("2026-03-02T06:00", "2026-03-02T07:00", due="2026-03-02T08:00"))

    assert (found.waited, found.over_free) == (0, 0)


def test_seconds_are_not_billed():
    assert minutes_between(utc("2026-03-02T08:00:59"), utc("2026-03-02T10:00:01")) == 120
    assert minutes_between(utc("2026-03-02T08:00:01"), utc("2026-03-02T10:00:59")) == 120


@pytest.mark.parametrize("zone", ["America/New_York", "America/Denver", "Europe/Berlin"])
@pytest.mark.parametrize(
    ("night", "truth"),
    [(datetime(2026, 3, 8), 7), (datetime(2026, 11, 1), 9), (datetime(2026, 6, 1), 8)],
)
def test_the_nights_when_the_wall_clock_jumps_change_nothing(
    zone: str, night: datetime, truth: int
):
    """22:00 to 06:00 on the wall is 7, 9 or 8 true hours."""
    if zone == "Europe/Berlin":
        night = {3: datetime(2026, 3, 29), 11: datetime(2026, 10, 25)}.get(night.month, night)
    there = ZoneInfo(zone)
    came = (night - timedelta(hours=2)).replace(tzinfo=there)
    left = (night + timedelta(hours=6)).replace(tzinfo=there)
    stop = replace(
        INDIANAPOLIS, appointment_from=came, arrived=Clock(at=came), departed=Clock(at=left)
    )

    assert wait(stop).waited == truth * 60


def test_a_clock_without_a_zone_is_refused():
    with pytest.raises(ValueError, match="time zone"):
        Clock(at=datetime(2026, 3, 2, 8))


def test_a_clock_is_kept_in_utc():
    told = datetime(2026, 3, 2, 8, tzinfo=ZoneInfo("America/Chicago"))

    assert Clock(at=told).at == datetime(2026, 3, 2, 14, tzinfo=UTC)
    assert Clock(at=told).at.tzinfo is UTC


def pause(start: str, end: str) -> Pause:
    return Pause(start=clock(start), end=clock(end))


@pytest.mark.parametrize(
    ("pauses", "paused"),
    [
        ((pause("2026-03-02T12:00", "2026-03-02T13:00"),), 60),
        # Overlapping pauses count once, whatever their order.
        (
            (
                pause("2026-03-02T12:30", "2026-03-02T13:30"),
                pause("2026-03-02T12:00", "2026-03-02T13:00"),
            ),
            90,
        ),
        (
            (
                pause("2026-03-02T12:00", "2026-03-02T13:00"),
                pause("2026-03-02T12:10", "2026-03-02T12:20"),
            ),
            60,
        ),
        # Only what lies inside the stay counts.
        ((pause("2026-03-02T07:00", "2026-03-02T08:30"),), 30),
        ((pause("2026-03-02T15:30", "2026-03-02T18:00"),), 30),
        ((pause("2026-03-02T18:00", "2026-03-02T19:00"),), 0),
    ],
)
def test_pauses_are_taken_off_the_wait(pauses: tuple[Pause, ...], paused: int):
    found = wait(stay("2026-03-02T08:00", "2026-03-02T16:00", pauses=pauses))

    assert found.paused == paused
    assert found.over_free == 480 - 120 - paused


FREE = (
    FreeTime(minutes=60),
    FreeTime(minutes=90, from_weight_lb=Decimal(10000)),
    FreeTime(minutes=120, stop_kind=StopKind.DELIVERY),
    FreeTime(minutes=180, stop_kind=StopKind.DELIVERY, from_weight_lb=Decimal(20000)),
)


@pytest.mark.parametrize(
    ("kind", "weight", "minutes"),
    [
        (StopKind.PICKUP, "9999", 60),
        (StopKind.PICKUP, "10000", 90),
        (StopKind.DELIVERY, "19999", 120),
        (StopKind.DELIVERY, "20000", 180),
        (StopKind.DELIVERY, None, 120),
    ],
)
def test_free_time_goes_by_stop_kind_then_by_weight(
    kind: StopKind, weight: str | None, minutes: int
):
    stop = replace(INDIANAPOLIS, kind=kind)

    assert free_minutes(FREE, stop, Decimal(weight) if weight else None) == minutes


def test_without_free_time_every_minute_counts():
    assert free_minutes((), INDIANAPOLIS, Decimal(1)) == 0


@pytest.mark.parametrize(
    ("how", "minutes", "count"),
    [
        (Increments.ANY_STARTED, 0, 0),
        (Increments.ANY_STARTED, 1, 1),
        (Increments.ANY_STARTED, 15, 1),
        (Increments.ANY_STARTED, 16, 2),
        (Increments.HALF_AND_OVER, 7, 0),
        (Increments.HALF_AND_OVER, 8, 1),
        (Increments.FULL_ONLY, 14, 0),
        (Increments.FULL_ONLY, 29, 1),
    ],
)
def test_a_started_increment_counts_as_the_tariff_says(how: Increments, minutes: int, count: int):
    assert whole_increments(minutes, 15, how) == count


def test_half_an_hour_counts_as_the_whole_hour():
    assert whole_increments(90, 60, Increments.HALF_AND_OVER) == 2


def test_an_increment_lasts_at_least_a_minute():
    with pytest.raises(BookError, match="at least a minute"):
        replace(TERMS, increment_minutes=0)
