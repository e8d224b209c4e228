"""Instants are shown on a named clock."""

from datetime import UTC, date, datetime, timedelta

import pytest

from dispatch.models import Stop
from web.templatetags import clocks

MORNING = datetime(2026, 11, 19, 14, 40, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _today(clock) -> None:
    """All is read on Thursday, November 19, 2026."""


@pytest.mark.parametrize(
    ("zone", "words"),
    [
        ("America/Chicago", "Thu Nov 19, 08:40 CT"),
        ("America/New_York", "Thu Nov 19, 09:40 ET"),
        ("America/Phoenix", "Thu Nov 19, 07:40 MT"),
        ("Europe/Berlin", "Thu Nov 19, 15:40 CET"),
        ("Asia/Kolkata", "Thu Nov 19, 20:10 IST"),
        ("America/Sao_Paulo", "Thu Nov 19, 11:40 UTC-03"),
        ("", "Thu Nov 19, 08:40 CT"),
    ],
)
def test_a_moment_names_its_zone(zone: str, words: str) -> None:
    assert clocks.moment(MORNING, zone) == words


@pytest.mark.parametrize(
    ("days", "full", "bare"),
    [
        (0, "Thu Nov 19, 08:40 CT", "Thu 08:40"),
        (-6, "Fri Nov 13, 08:40 CT", "Fri 08:40"),
        (-7, "Nov 12, 08:40 CT", "Nov 12 08:40"),
        (-400, "Oct 15, 2025, 09:40 CT", "Oct 15, 2025 09:40"),
    ],
)
def test_a_day_is_said_as_briefly_as_is_clear(days: int, full: str, bare: str) -> None:
    at = MORNING + timedelta(days=days)

    assert (clocks.moment(at), clocks.moment_bare(at)) == (full, bare)


def test_what_has_not_happened_is_empty() -> None:
    assert [f(None) for f in (clocks.moment, clocks.moment_bare, clocks.clock, clocks.day)] == [
        ""
    ] * 4


@pytest.mark.parametrize(
    ("span", "words"),
    [
        (timedelta(minutes=45), "45m"),
        (timedelta(hours=3, minutes=12), "3h 12m"),
        (timedelta(hours=2), "2h 00m"),
        (timedelta(hours=30, minutes=5), "30h 05m"),
        (timedelta(minutes=-12), "\N{MINUS SIGN}12m"),
    ],
)
def test_a_length_of_time_is_hours_and_minutes(span: timedelta, words: str) -> None:
    assert clocks.minutes(span) == words


def test_a_date_keeps_its_year_only_when_it_must() -> None:
    assert clocks.day_short(date(2026, 12, 5)) == "Dec 5"
    assert clocks.day_short(date(2025, 12, 5)) == "Dec 5, 2025"
    assert clocks.day(date(2026, 12, 5)) == "Dec 5, 2026"


def stop(**fields) -> Stop:
    return Stop(timezone="America/Chicago", **fields)


def test_an_appointment_is_on_the_clock_of_its_stop() -> None:
    at, hour = datetime(2026, 11, 18, 13, tzinfo=UTC), timedelta(hours=1)

    assert clocks.appointment(stop()) == "None"
    assert clocks.appointment(stop(is_fcfs=True)) == "First come, first served"
    assert clocks.appointment(stop(appointment_from=at)) == "Wed Nov 18, 07:00 CT"
    assert (
        clocks.appointment(stop(appointment_from=at, appointment_to=at + hour))
        == "Wed Nov 18, 07:00 – 08:00 CT"
    )


def test_a_running_time_is_written_as_clocks_do():
    assert clocks.running(timedelta(hours=14, minutes=5)) == "14:05"
    assert clocks.running(None) == ""
