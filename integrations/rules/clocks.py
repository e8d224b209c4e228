"""From the local time of a place to an instant, never guessing on the nights clocks change."""

from datetime import UTC, datetime, timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError


class ClockError(ValueError):
    """A local time that names no instant, or two; `value` is the time as it was told."""

    code = "invalid_time"

    def __init__(self, message: str, *, value: str = "") -> None:
        super().__init__(message)
        self.value = value


class NonexistentTimeError(ClockError):
    """The clocks of the place jumped over this time."""

    code = "nonexistent_time"


class AmbiguousTimeError(ClockError):
    """The clocks of the place showed this time twice."""

    code = "ambiguous_time"


class UnknownZoneError(ClockError):
    """The name is no time zone we know."""

    code = "unknown_zone"


def parse_zone(name: str) -> tzinfo:
    """Return the zone called `name`: an IANA name, or a fixed offset such as `-06:00`.

    Raises:
        UnknownZoneError: neither of the two.
    """
    if name[:1] in {"+", "-"}:
        return _fixed_offset(name)
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise UnknownZoneError(f"{name!r} is not a time zone.") from error


def instant_of(local: datetime, *, zone: str) -> datetime:
    """Return the UTC instant at which the clocks in `zone` showed `local` (naive).

    Raises:
        NonexistentTimeError: the clocks were put forward over it.
        AmbiguousTimeError: the clocks were put back, it came twice.
        UnknownZoneError: `zone` is not a time zone.
    """
    place = parse_zone(zone)
    first = local.replace(tzinfo=place, fold=0)
    try:
        instant = first.astimezone(UTC)
    except OverflowError as error:
        raise ClockError(f"{local:%Y-%m-%d} is no date of our time.") from error
    told = f"{local:%Y-%m-%d %H:%M}"
    if instant.astimezone(place).replace(tzinfo=None) != local:
        message = f"{told} did not exist in {zone}: the clocks were put forward."
        raise NonexistentTimeError(message, value=told)
    if first.utcoffset() != local.replace(tzinfo=place, fold=1).utcoffset():
        message = f"{told} came twice in {zone}: the clocks were put back."
        raise AmbiguousTimeError(message, value=told)
    return instant


def offset_minutes(instant: datetime, *, zone: str) -> int:
    """Return how many minutes the clocks in `zone` were ahead of UTC at `instant`."""
    offset = instant.astimezone(parse_zone(zone)).utcoffset() or timedelta(0)
    return int(offset.total_seconds() // 60)


def _fixed_offset(name: str) -> tzinfo:
    hours, _, minutes = name[1:].partition(":")
    if not (hours.isdecimal() and (minutes or "0").isdecimal()) or int(hours) > 14:
        raise UnknownZoneError(f"{name!r} is not an offset from UTC.")
    offset = timedelta(hours=int(hours), minutes=int(minutes or "0"))
    return timezone(-offset if name[0] == "-" else offset)
