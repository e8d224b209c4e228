"""Steps spell numbers and times one way everywhere."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from rating.engine import wording

INSTANT = datetime(2026, 11, 18, 19, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("amount", "currency", "text"),
    [
        ("1299.65", "USD", "$1,299.65"),
        ("75", "USD", "$75.00"),
        ("0.198000", "USD", "$0.198"),
        ("-20", "USD", "-$20.00"),
        ("10", "CAD", "CA$10.00"),
        ("1500", "JPY", "JPY 1,500"),
        ("1.5", "KWD", "KWD 1.500"),
    ],
)
def test_money_shows_its_currency(amount: str, currency: str, text: str):
    assert wording.money(Decimal(amount), currency) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [("377", "377"), ("1234.50", "1,234.5"), ("1E+3", "1,000"), ("0.41533333333", "0.415333")],
)
def test_a_number_shows_its_thousands_and_no_idle_zeros(value: str, text: str):
    assert wording.number(Decimal(value)) == text


def test_a_fraction_is_shown_as_percent():
    assert wording.percent(Decimal("0.3285")) == "32.85 %"


@pytest.mark.parametrize(
    ("minutes", "long", "short"),
    [(0, "0m", "0m"), (15, "15m", "15m"), (60, "1h 00m", "1h"), (72, "1h 12m", "1h 12m")],
)
def test_a_length_of_time_is_spelled_in_hours_and_minutes(minutes: int, long: str, short: str):
    assert wording.span(minutes) == long
    assert wording.short_span(minutes) == short


def test_a_time_is_the_places_own_with_its_zone():
    assert wording.clock(INSTANT, "America/New_York") == "14:00 EST"
    assert wording.clock_on(INSTANT, "Asia/Tokyo") == "Nov 19 04:00 JST"


@pytest.mark.parametrize("zone", ["Mars/Olympus", "", "../etc/passwd"])
def test_an_unknown_zone_shows_utc_and_says_so(zone: str):
    assert wording.clock(INSTANT, zone) == "19:00 UTC"


def test_a_day_is_short():
    assert wording.day(date(2026, 3, 2)) == "Mar 2"


def test_one_stop_is_not_stops():
    assert [wording.plural(count, "stop") for count in (1, 2)] == ["1 stop", "2 stops"]


def test_nothing_has_no_sign():
    assert wording.money(Decimal(0), "USD") == "$0.00"


def test_a_place_of_an_unknown_zone_keeps_utc():
    assert wording.local(INSTANT, "Middle/Earth").tzinfo is UTC
