"""Receiving hours of a dock, as people write them: "Mon-Fri 07:00-15:00, Sat 08:00-12:00"."""

import re
from collections.abc import Iterator

DAYS = ("MON", "TUE", "WED", "THU", "FRI", "SAT", "SUN")
_PART = re.compile(
    r"(?P<first>[A-Z]{3})(-(?P<last>[A-Z]{3}))? "
    r"(?P<h1>[0-9]{2}):(?P<m1>[0-9]{2})-(?P<h2>[0-9]{2}):(?P<m2>[0-9]{2})",
    re.ASCII,
)
EXAMPLE = "Mon-Fri 07:00-15:00, Sat 08:00-12:00"
_DAY = 24 * 60

Opening = tuple[int, int, int]
"""Weekday (Monday is 0), and the minutes after its midnight when the dock opens and closes.

A dock that closes at or before its opening closes on the next day.
"""


class HoursError(ValueError):
    """Receiving hours that cannot be read; says which part and how they are written."""


def read_hours(text: str) -> tuple[Opening, ...]:
    """Return the openings of a week in order; none for an empty text.

    Raises:
        HoursError: a part is not such as "Mon-Fri 07:00-15:00".
    """
    parts = [part.strip() for part in text.split(",")] if text.strip() else []
    return tuple(sorted(opening for part in parts for opening in _openings(part)))


def _openings(part: str) -> Iterator[Opening]:
    found = _PART.fullmatch(" ".join(part.upper().split()))
    if found is None:
        raise HoursError(f"{part!r} are no receiving hours; write them like {EXAMPLE}.")
    first, last = found["first"], found["last"] or found["first"]
    if first not in DAYS or last not in DAYS:
        raise HoursError(f"{part!r} names no day; write receiving hours like {EXAMPLE}.")
    opens, closes = (
        _minutes(part, found["h1"], found["m1"]),
        _minutes(part, found["h2"], found["m2"]),
    )
    start = DAYS.index(first)
    for step in range((DAYS.index(last) - start) % 7 + 1):
        yield (start + step) % 7, opens, closes


def _minutes(part: str, hours: str, minutes: str) -> int:
    total = int(hours) * 60 + int(minutes)
    if int(minutes) > 59 or total > _DAY:
        raise HoursError(f"{part!r} has no such time; write receiving hours like {EXAMPLE}.")
    return total
