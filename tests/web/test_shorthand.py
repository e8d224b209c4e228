"""What dispatchers type for a place and an appointment is read as they mean it."""

from datetime import UTC, datetime

import pytest

from web.desk.planning.shorthand import Town, Unread, read_town, read_window, write_window

# Thursday Nov 19, 14:20 in Chicago.
NOW = datetime(2026, 11, 19, 20, 20, tzinfo=UTC)
CHICAGO = "America/Chicago"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Joliet IL 60436", Town("Joliet", "IL", "60436", "US")),
        ("Joliet, IL", Town("Joliet", "IL", "", "US")),
        ("  st. louis  mo 63101", Town("st. louis", "MO", "63101", "US")),
        ("Toronto ON M5V 2T6", Town("Toronto", "ON", "M5V 2T6", "CA")),
        ("60436", Town("", "IL", "60436", "US")),
        ("m5v 2t6", Town("", "ON", "M5V 2T6", "CA")),
    ],
)
def test_a_place_is_a_town_or_a_postal_code(text: str, expected: Town) -> None:
    assert read_town(text) == expected


@pytest.mark.parametrize("text", ["Joliet", "Joliet XX", "IL", "somewhere near here"])
def test_what_is_no_place_is_refused_with_what_would_be(text: str) -> None:
    with pytest.raises(Unread, match="Joliet IL 60436"):
        read_town(text)


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        ("tomorrow 7-9", "2026-11-20 07:00", "2026-11-20 09:00"),
        ("today 1530", "2026-11-19 15:30", "2026-11-19 15:30"),
        ("fri 0700-0900", "2026-11-20 07:00", "2026-11-20 09:00"),
        ("thursday 7:30", "2026-11-19 07:30", "2026-11-19 07:30"),
        ("wed 8", "2026-11-25 08:00", "2026-11-25 08:00"),
        ("+2 6-18", "2026-11-21 06:00", "2026-11-21 18:00"),
        ("11/20 14:00", "2026-11-20 14:00", "2026-11-20 14:00"),
        ("1/4 7a-3p", "2027-01-04 07:00", "2027-01-04 15:00"),
        ("11/20/27 12a", "2027-11-20 00:00", "2027-11-20 00:00"),
        ("2026-12-01 22-2", "2026-12-01 22:00", "2026-12-02 02:00"),
        ("9-11", "2026-11-19 09:00", "2026-11-19 11:00"),
    ],
)
def test_an_appointment_is_read_on_the_clock_of_the_place(text: str, start: str, end: str) -> None:
    read = read_window(text, zone=CHICAGO, now=NOW)

    assert [f"{instant:%Y-%m-%d %H:%M}" for instant in read] == [start, end]
    assert {instant.tzname() for instant in read} == {"CST"}


@pytest.mark.parametrize(
    "text", ["fri", "13/40 7", "fri 25", "fri 7x", "7 to 9 fri", "", "13p", "fri 0p", "2/30 7"]
)
def test_what_is_no_appointment_is_refused(text: str) -> None:
    with pytest.raises(Unread):
        read_window(text, zone=CHICAGO, now=NOW)


@pytest.mark.parametrize("text", ["3/14/27 2:30", "11/7/27 1:30"])
def test_a_time_that_never_is_or_comes_twice_is_refused(text: str) -> None:
    with pytest.raises(Unread, match="Clocks go"):
        read_window(text, zone=CHICAGO, now=NOW)


@pytest.mark.parametrize("text", ["2026-11-20 07:00-09:00", "2026-11-20 14:00"])
def test_what_is_written_reads_as_the_same(text: str) -> None:
    start, end = read_window(text, zone=CHICAGO, now=NOW)

    assert write_window(start, end, zone=CHICAGO) == text
    assert write_window(None, None, zone=CHICAGO) == ""
