"""Time at a stop, drawn: appointment, stay and what went over the free time.

Pure: instants in, positions out. The bars of one load share one scale, so that their lengths
compare.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from web.templatetags.clocks import month_day

WIDTH = 340
TICK_STEPS = tuple(timedelta(hours=hours) for hours in (1, 2, 3, 6, 12, 24, 48, 96, 168))
MOST_TICKS = 6
LEAST_SPAN = timedelta(hours=4, minutes=15)
MARGIN = timedelta(minutes=10)
LEAD_IN = timedelta(minutes=45)


@dataclass(frozen=True, slots=True)
class Stay:
    """What is known of a stop's clocks; `free_until` ends the time that nobody pays for."""

    appointment_from: datetime | None
    appointment_to: datetime | None
    arrived_at: datetime | None
    left_at: datetime | None
    free_until: datetime | None
    timezone: str

    @property
    def instants(self) -> list[datetime]:
        """Return the instants the bar must show."""
        every = (self.appointment_from, self.appointment_to, self.arrived_at, self.left_at)
        return [at for at in every if at]


@dataclass(frozen=True, slots=True)
class Box:
    """A stretch of the bar, in its own units."""

    x: float
    width: float


@dataclass(frozen=True, slots=True)
class Tick:
    """A mark on the time line with the words below it."""

    x: float
    words: str
    anchor: str


@dataclass(frozen=True, slots=True)
class Bar:
    """Everything the drawing of one stop needs."""

    ticks: tuple[Tick, ...]
    appointment_at: float | None
    window: Box | None
    free: Box | None
    over: Box | None
    arrived_at: float | None
    left_at: float | None


@dataclass(frozen=True, slots=True)
class Scale:
    """The one scale of a load: the span every bar covers and the step of its marks."""

    span: timedelta
    step: timedelta

    def x(self, at: datetime, start: datetime) -> float:
        """Return the position of an instant on a bar that begins at `start`."""
        return round((at - start) / self.span * WIDTH, 1)


def draw_bars(stays: Sequence[Stay]) -> list[Bar | None]:
    """Return a bar for each stay, None where nothing is known yet; all on one scale."""
    spans = [max(stay.instants) - min(stay.instants) for stay in stays if stay.instants]
    if not spans:
        return [None] * len(stays)
    span = max(LEAST_SPAN, max(spans) + 2 * MARGIN)
    step = next((step for step in TICK_STEPS if span / step <= MOST_TICKS), TICK_STEPS[-1])
    scale = Scale(span, step)
    return [_draw(stay, scale) if stay.instants else None for stay in stays]


def _draw(stay: Stay, scale: Scale) -> Bar:
    shown = max(stay.instants) - min(stay.instants)
    start = min(stay.instants) - min(LEAD_IN, (scale.span - shown) / 2)

    def at(instant: datetime | None) -> float | None:
        return None if instant is None else scale.x(instant, start)

    return Bar(
        ticks=_ticks(stay, scale, start),
        appointment_at=at(stay.appointment_from),
        window=_box(stay.appointment_from, stay.appointment_to, scale, start),
        free=_box(stay.arrived_at, _free_end(stay), scale, start),
        over=_box(_over_start(stay), stay.left_at, scale, start),
        arrived_at=at(stay.arrived_at),
        left_at=at(stay.left_at),
    )


def _free_end(stay: Stay) -> datetime | None:
    if stay.free_until is None or stay.left_at is None:
        return stay.left_at
    return min(stay.free_until, stay.left_at)


def _over_start(stay: Stay) -> datetime | None:
    if stay.free_until is None or stay.arrived_at is None:
        return None
    return max(stay.free_until, stay.arrived_at)


def _box(begin: datetime | None, end: datetime | None, scale: Scale, start: datetime) -> Box | None:
    if begin is None or end is None or end <= begin:
        return None
    x = scale.x(begin, start)
    return Box(x, round(scale.x(end, start) - x, 1))


def _ticks(stay: Stay, scale: Scale, start: datetime) -> tuple[Tick, ...]:
    zone = ZoneInfo(stay.timezone)
    local = start.astimezone(zone)
    midnight = local.replace(hour=0, minute=0, second=0, microsecond=0)
    first = midnight + scale.step * -((midnight - local) // scale.step)
    marks = (first + scale.step * n for n in range(MOST_TICKS + 1))
    return tuple(
        _tick(scale.x(mark, start), mark, scale) for mark in marks if mark <= start + scale.span
    )


def _tick(x: float, mark: datetime, scale: Scale) -> Tick:
    anchor = "start" if x < 16 else "end" if x > WIDTH - 16 else "middle"
    has_days = scale.step >= timedelta(hours=24)
    return Tick(x, month_day(mark) if has_days else f"{mark:%H:%M}", anchor)
