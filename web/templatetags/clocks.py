"""Instants as people read them: in a named zone, never without saying which.

Everything stored is UTC; a stop's times are shown on the stop's clock, everything else on the
desk's own: the signed-in person's.
"""

from datetime import date, datetime, timedelta, tzinfo
from functools import cache
from zoneinfo import ZoneInfo

from babel.dates import get_timezone_name
from django import template
from django.utils import timezone

from dispatch.models import Stop
from web.locales import HOUSE, is_day_first

register = template.Library()

DESK_ZONE = "America/Chicago"


@cache
def zone(name: str) -> ZoneInfo:
    """Return the zone; an empty name means the desk's."""
    return ZoneInfo(name or DESK_ZONE)


@cache
def _generic_name(zone: tzinfo | None) -> str:
    return str(get_timezone_name(zone, width="short", zone_variant="generic", locale=HOUSE))


def zone_label(at: datetime) -> str:
    """Name a zone in the trade's short form: CT, ET, else the offset's own abbreviation."""
    generic = _generic_name(at.tzinfo)
    if len(generic) <= 4 and generic.isupper():
        return generic
    abbreviation = at.tzname() or ""
    return f"UTC{abbreviation}" if abbreviation[:1] in "+-" else abbreviation


def in_zone(at: datetime, name: str = "") -> datetime:
    """Move an instant onto a zone's clock."""
    return at.astimezone(zone(name))


def words(at: datetime, now: datetime) -> str:
    """Say the day as briefly as is clear: weekday near now, year only when it differs."""
    if abs(at.date() - now.date()) <= timedelta(days=6):
        return f"{at:%a} {month_day(at)}"
    return month_day(at) if at.year == now.year else day(at)


def month_day(on: date) -> str:
    """Write a day without its year: Nov 5, or 5 Nov where the day comes first."""
    return f"{on.day} {on:%b}" if is_day_first() else f"{on:%b} {on.day}"


@register.filter
def moment(at: datetime | None, zone_name: str = "") -> str:
    """Write an instant with day and zone: Thu Nov 19, 09:40 ET."""
    if at is None:
        return ""
    local = in_zone(at, zone_name)
    return f"{words(local, in_zone(timezone.now(), zone_name))}, {local:%H:%M} {zone_label(local)}"


@register.filter
def moment_bare(at: datetime | None, zone_name: str = "") -> str:
    """Write an instant for a column whose head names the zone: Thu 09:40, or Nov 5 21:14."""
    if at is None:
        return ""
    local, now = in_zone(at, zone_name), in_zone(timezone.now(), zone_name)
    if abs(local.date() - now.date()) <= timedelta(days=6):
        return f"{local:%a %H:%M}"
    return f"{words(local, now)} {local:%H:%M}"


@register.filter
def clock(at: datetime | None, zone_name: str = "") -> str:
    """Write the time of day alone, where day and zone stand beside it: 09:40."""
    return f"{in_zone(at, zone_name):%H:%M}" if at else ""


@register.filter
def zone_of(zone_name: str) -> str:
    """Name a zone as of now: CT."""
    return zone_label(in_zone(timezone.now(), zone_name))


@register.filter
def day(on: date | None) -> str:
    """Write a calendar date: Nov 5, 2026, or 5 Nov 2026."""
    if on is None:
        return ""
    return f"{month_day(on)} {on.year}" if is_day_first() else f"{month_day(on)}, {on.year}"


@register.filter
def day_short(on: date | None) -> str:
    """Write a date without its year while that is this year: Nov 5."""
    if on is None:
        return ""
    this_year = in_zone(timezone.now()).year
    return month_day(on) if on.year == this_year else day(on)


@register.filter
def minutes(span: timedelta | None) -> str:
    """Write a length of time in hours and minutes: 3h 12m, 45m."""
    if span is None:
        return ""
    total = int(span.total_seconds() // 60)
    hours, rest = divmod(abs(total), 60)
    text = f"{hours}h {rest:02d}m" if hours else f"{rest}m"
    return f"\N{MINUS SIGN}{text}" if total < 0 else text


@register.filter
def running(span: timedelta | None) -> str:
    """Write a running time as clocks do: 1:50."""
    if span is None:
        return ""
    hours, rest = divmod(int(span.total_seconds() // 60), 60)
    return f"{hours}:{rest:02d}"


@register.filter
def iso(at: datetime | None) -> str:
    """Write an instant for a machine: the value of a time element's datetime attribute."""
    return at.isoformat() if at else ""


@register.filter
def appointment(stop: Stop) -> str:
    """Write a stop's window on its own clock: Wed Nov 18, 07:00 – 08:00 CT."""
    start, end = stop.appointment_from, stop.appointment_to
    if start is None:
        return "First come, first served" if stop.is_fcfs else "None"
    local, now = in_zone(start, stop.timezone), in_zone(timezone.now(), stop.timezone)
    until = f" \N{EN DASH} {in_zone(end, stop.timezone):%H:%M}" if end and end != start else ""
    window = f"{words(local, now)}, {local:%H:%M}{until} {zone_label(local)}"
    return f"{window}, first come" if stop.is_fcfs else window


@register.filter
def length_of(span: timedelta | None) -> str:
    """Write a length of time whatever its sign, where words beside it say the direction."""
    return minutes(abs(span)) if span is not None else ""


@register.filter
def lag(span: timedelta | None) -> str:
    """Write how long something took: 40 s, 14 m, 3 h; a dash where nothing was measured."""
    if span is None:
        return "\N{EN DASH}"
    seconds = max(span.total_seconds(), 0)
    if seconds < 60:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} m" if seconds < 3600 else f"{seconds / 3600:.0f} h"


@register.filter
def zone_at(at: datetime | None, zone_name: str = "") -> str:
    """Name the zone an instant is shown in: ET."""
    return zone_label(in_zone(at, zone_name)) if at else ""


@register.filter
def clock_seconds(at: datetime | None, zone_name: str = "") -> str:
    """Write the time of day to the second, with its zone: when a list was read."""
    return f"{in_zone(at, zone_name):%H:%M:%S} {zone_at(at, zone_name)}" if at else ""
