"""Local times become instants, or are refused; they are never guessed."""

from contextlib import suppress
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from integrations.rules.clocks import (
    AmbiguousTimeError,
    ClockError,
    NonexistentTimeError,
    UnknownZoneError,
    instant_of,
    offset_minutes,
    parse_zone,
)

ZONES = [
    "America/New_York", "America/Chicago", "America/Denver", "America/Los_Angeles",
    "Europe/Berlin", "America/St_Johns",
]  # fmt: skip


@pytest.mark.parametrize("zone", ZONES)
def test_each_spring_night_skips_an_hour_and_each_autumn_night_repeats_one(zone):
    for year in (2025, 2026, 2027):
        skipped, repeated = _changes(zone, year)
        with pytest.raises(NonexistentTimeError, match="put forward"):
            instant_of(skipped, zone=zone)
        with pytest.raises(AmbiguousTimeError, match="put back"):
            instant_of(repeated, zone=zone)


def _changes(zone, year):
    """Return a local time that was skipped and one that came twice, by walking the year in UTC."""
    place, step, half = ZoneInfo(zone), timedelta(minutes=15), timedelta(minutes=30)
    at, found = datetime(year, 1, 1, 12, tzinfo=UTC), {}
    while at.year == year:
        before, after = at.astimezone(place), (at + step).astimezone(place)
        if before.utcoffset() != after.utcoffset():
            is_spring = bool(after.dst()) and not before.dst()
            local = after.replace(tzinfo=None)
            found[is_spring] = local - half if is_spring else local
        at += step
    return found[True], found[False]


@given(
    st.datetimes(datetime(1995, 1, 1), datetime(2090, 1, 1)),
    st.sampled_from(ZONES),
)
def test_an_instant_that_is_given_shows_that_very_time_and_no_other_does(local, zone):
    local = local.replace(microsecond=0)
    try:
        instant = instant_of(local, zone=zone)
    except ClockError:
        return

    place = ZoneInfo(zone)
    assert instant.tzinfo is UTC
    assert instant.astimezone(place).replace(tzinfo=None) == local
    for other in (instant - timedelta(hours=1), instant + timedelta(hours=1)):
        assert other.astimezone(place).replace(tzinfo=None) != local


@pytest.mark.parametrize(
    ("zone", "hour"), [("-05:00", 13), ("+05:30", 2), ("+00:00", 8), ("-12:00", 20)]
)
def test_a_fixed_offset_knows_no_summer(zone, hour):
    assert instant_of(datetime(2026, 7, 1, 8), zone=zone).hour == hour


@pytest.mark.parametrize(
    "name", ["", "Mars", "../etc/passwd", "/etc/localtime", "+99:00", "-x", "+1:2:3", "A\x00B"]
)
def test_a_zone_we_do_not_know_is_refused(name):
    with pytest.raises(UnknownZoneError):
        parse_zone(name)


def test_the_offset_is_that_of_the_day():
    winter, summer = datetime(2026, 1, 5, tzinfo=UTC), datetime(2026, 7, 5, tzinfo=UTC)

    assert offset_minutes(winter, zone="America/Chicago") == -360
    assert offset_minutes(summer, zone="America/Chicago") == -300


@pytest.mark.parametrize("year", [1, 9999])
@pytest.mark.parametrize("zone", ["-12:00", "+14:00", "America/Chicago"])
def test_the_ends_of_time_are_an_instant_or_a_refusal(year, zone):
    last = datetime(year, 12, 31, 23, 59) if year > 1 else datetime(1, 1, 1)

    with suppress(ClockError):
        assert instant_of(last, zone=zone).tzinfo is UTC
