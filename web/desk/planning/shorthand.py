"""What dispatchers type for a place and an appointment, read and written: pure functions.

Joliet IL 60436          a town; the ZIP may be left out, a comma may stand between
60436                    a ZIP alone; the book of locations may know its town
tomorrow 7-9             a window; also 0700-0900, 7:00-9:00, 7a-3p
11/20 14:00              an instant on that day, the next one to come
fri 8                    the next Friday, today included
+2 6-18                  two days from today
"""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from dispatch.rules.places import ZONE_OF_PROVINCE, ZONE_OF_STATE, state_of

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
TOWN = re.compile(
    r"(?P<city>.*?[^,\s])[,\s]+(?P<state>[A-Za-z]{2})(?:[,\s]+(?P<code>[\w -]{3,10}))?"
)
ZIP = re.compile(r"\d{5}(-\d{4})?|[A-Za-z]\d[A-Za-z] ?\d[A-Za-z]\d")
CLOCK = re.compile(r"(?P<hour>\d{1,2})(?::?(?P<minute>\d{2}))?(?P<half>[ap])?m?", re.IGNORECASE)
# A day that lies further back than this means the next year's.
LONG_AGO = timedelta(days=180)
NOON = 12


class Unread(ValueError):
    """A word that stands for no place and no time; says what would."""


@dataclass(frozen=True, slots=True)
class Town:
    """A place as it was typed."""

    city: str
    state: str
    postal_code: str
    country: str


def read_town(text: str) -> Town:
    """Read a town or a postal code; raises Unread."""
    words = " ".join(text.split())
    if ZIP.fullmatch(words):
        country = "US" if words[0].isdigit() else "CA"
        return Town("", state_of(words, country=country), words.upper(), country)
    found = TOWN.fullmatch(words)
    state = found["state"].upper() if found else ""
    if found is None or state not in ZONE_OF_STATE.keys() | ZONE_OF_PROVINCE.keys():
        raise Unread("Type a town with its state, such as Joliet IL 60436, or a location's code.")
    country = "CA" if state in ZONE_OF_PROVINCE else "US"
    return Town(found["city"], state, (found["code"] or "").upper(), country)


def write_town(*, city: str, state: str, postal_code: str) -> str:
    """Write a place as it is typed."""
    return " ".join(filter(None, (city, state, postal_code)))


def read_window(text: str, *, zone: str, now: datetime) -> tuple[datetime, datetime]:
    """Read an appointment on the clock of `zone`; an instant is a window without length.

    Raises Unread, also for a time that never was or came twice on that clock.
    """
    words = text.lower().replace("–", "-").split()
    if len(words) not in (1, 2):
        raise Unread("Type a day and a window, such as tomorrow 7-9 or 11/20 14:00.")
    today = now.astimezone(ZoneInfo(zone)).date()
    if len(words) == 1 and not is_clock(words[0]):
        raise Unread("Type the hours too, such as fri 7-9.")
    day = read_day(words[0], today=today) if len(words) == 2 else today
    start_text, _, end_text = words[-1].partition("-")
    start = read_clock(start_text)
    end = read_clock(end_text) if end_text else start
    until = day if end >= start else day + timedelta(days=1)
    return _instant(day, start, zone), _instant(until, end, zone)


def read_day(text: str, *, today: date) -> date:
    """Read a day: a word, a weekday, +days, month/day, or a date in full; raises Unread."""
    if text in ("today", "tod", "t"):
        return today
    if text in ("tomorrow", "tom", "tmr"):
        return today + timedelta(days=1)
    if re.fullmatch(r"\+\d{1,3}", text):
        return today + timedelta(days=int(text))
    if text[:3] in DAYS and text.isalpha():
        return today + timedelta(days=(DAYS.index(text[:3]) - today.weekday()) % 7)
    return _calendar_day(text, today=today)


def _calendar_day(text: str, *, today: date) -> date:
    numbers = re.fullmatch(r"(\d{1,2})/(\d{1,2})(?:/(\d{2}|\d{4}))?", text)
    try:
        if numbers is None:
            return date.fromisoformat(text)
        month, day, year = numbers.groups()
        if year:
            return date(int(year) % 100 + 2000, int(month), int(day))
        near = date(today.year, int(month), int(day))
        return near if today - near < LONG_AGO else near.replace(year=today.year + 1)
    except ValueError as error:
        raise Unread(f"{text!r} is no day; type 11/20, fri, tomorrow or +2.") from error


def read_clock(text: str) -> time:
    """Read a time of day: 7, 7:30, 0730, 7a, 3p; raises Unread."""
    found = CLOCK.fullmatch(text)
    if found is None:
        raise Unread(f"{text!r} is no time; type 7, 0700, 7:30 or 3p.")
    hour, minute = int(found["hour"]), int(found["minute"] or 0)
    if found["half"]:
        if not 1 <= hour <= NOON:
            raise Unread(f"{text!r} is no time of day.")
        hour = hour % NOON + (NOON if found["half"].lower() == "p" else 0)
    try:
        return time(hour, minute)
    except ValueError as error:
        raise Unread(f"{text!r} is no time of day.") from error


def is_clock(text: str) -> bool:
    """Tell whether a word alone is a time rather than a day."""
    return all(CLOCK.fullmatch(part) for part in text.split("-"))


def write_window(start: datetime | None, end: datetime | None, *, zone: str) -> str:
    """Write an appointment as it is typed, on the clock of `zone`; empty when there is none."""
    if start is None:
        return ""
    local = start.astimezone(ZoneInfo(zone))
    text = f"{local:%Y-%m-%d} {local:%H:%M}"
    if end is None or end == start:
        return text
    return f"{text}-{end.astimezone(ZoneInfo(zone)):%H:%M}"


def _instant(day: date, clock: time, zone: str) -> datetime:
    local = datetime.combine(day, clock, ZoneInfo(zone))
    back = local.astimezone(UTC).astimezone(ZoneInfo(zone))
    if back.replace(tzinfo=None) != local.replace(tzinfo=None):
        raise Unread("Clocks go forward that night: this time never is.")
    if local.utcoffset() != local.replace(fold=1).utcoffset():
        raise Unread("Clocks go back that night: this time comes twice; choose another.")
    return local
