"""How steps and labels spell numbers, times and spans: the same words on page, PDF and API."""

from datetime import UTC, date, datetime, tzinfo
from decimal import Decimal
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from rating.engine.money import HUNDRED, minor_units, round_rate, tidy

_SIGNS = {"USD": "$", "CAD": "CA$", "MXN": "MX$", "EUR": "€", "GBP": "£"}
_MOST_PLACES = 6
# Units that are words; all others are signs, and have no plural.
_WORDS = {
    "charge": "charges",
    "day": "days",
    "inch": "inches",
    "load": "loads",
    "night": "nights",
    "receipt": "receipts",
    "stop": "stops",
    "ton": "tons",
    "unit": "units",
}
# Not strftime's: those follow the locale of the process.
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def money(amount: Decimal, currency: str) -> str:
    """An amount or a rate with its currency: "$1,299.65", "-$20.00", "JPY 1,500"."""
    sign = _SIGNS.get(currency, f"{currency} ")
    return f"{'-' if amount < 0 else ''}{sign}{number(abs(amount), places=minor_units(currency))}"


# Bills repeat few figures: the same rates, quantities and zeros on each.
@lru_cache(maxsize=8192, typed=True)
def number(value: Decimal, *, places: int = 0) -> str:
    """A number with its thousands, at most six decimals: "1,234", "5.5", "0.415333"."""
    shown = round_rate(value, max(places, _MOST_PLACES))
    return f"{tidy(shown, places=places):,f}"


def counted(quantity: Decimal, unit: str) -> str:
    """A quantity with its unit, words in the plural: "377 mi", "1 night", "2 nights"."""
    several = unit in _WORDS and quantity != 1
    return f"{number(quantity)} {_WORDS[unit] if several else unit}".strip()


def percent(fraction: Decimal) -> str:
    """A fraction as percent: 0.3285 is "32.85 %"."""
    return f"{number(fraction * HUNDRED)} %"


def span(minutes: int) -> str:
    """A length of time: "2h 00m", "15m"."""
    hours, rest = divmod(minutes, 60)
    return f"{hours}h {rest:02d}m" if hours else f"{rest}m"


def short_span(minutes: int) -> str:
    """A length of time without idle zeros: "2h", "1h 30m"."""
    return f"{minutes // 60}h" if minutes and not minutes % 60 else span(minutes)


def clock(instant: datetime, timezone: str) -> str:
    """The time of day on the wall of the place, with the name of its zone: "14:00 EST"."""
    return f"{local(instant, timezone):%H:%M %Z}"


def clock_on(instant: datetime, timezone: str) -> str:
    """Day and time at the place: "Nov 18 14:00 EST"."""
    there = local(instant, timezone)
    return f"{day(there.date())} {there:%H:%M %Z}"


def local(instant: datetime, timezone: str) -> datetime:
    """The instant on the wall of the place; UTC where the zone is not known."""
    return instant.astimezone(zone(timezone))


def zone(timezone: str) -> tzinfo:
    """The zone of that name, UTC where it is not known."""
    try:
        return ZoneInfo(timezone)
    except (ZoneInfoNotFoundError, ValueError):
        return UTC


def day(when: date) -> str:
    """A day without its year: "Nov 16"."""
    return f"{_MONTHS[when.month - 1]} {when.day}"


def plural(count: int, noun: str) -> str:
    """A count and its noun: "1 stop", "3 stops"."""
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"
