"""Waiting time: from two clocks to billable minutes.

Instants are read to the minute, the resolution people see and argue with, and subtracted in
UTC, so the two nights a year when the wall clock jumps change nothing. A clock that is missing
or runs backwards is a problem, never zero minutes.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal

from rating.engine import spans
from rating.engine.book import DetentionTerms, FreeTime
from rating.engine.choices import ClockEnd, ClockStart, HoursCounted, Increments, LateArrival
from rating.engine.delays import excluded_spans, is_reversed
from rating.engine.facts import Clock, StopFacts
from rating.engine.money import ZERO, Rounding, round_rate
from rating.engine.spans import Span, to_minute


@dataclass(frozen=True, slots=True, kw_only=True)
class Wait:
    """How long a truck waited, and what of it is billable. All lengths in minutes.

    `counted` are the stretches that count, free time included: inside the receiving hours where
    the rule says so, and without what is excluded. `free_until` is when the free time was over,
    None where it has no end anybody can tell.
    """

    started_at: datetime
    start: Clock
    end: Clock
    late_minutes: int
    counted: tuple[Span, ...]
    waited: int
    free: int
    free_until: datetime | None
    is_forfeited: bool
    keeps_hours: bool = False

    @property
    def paused(self) -> int:
        """Minutes that were excluded."""
        return self.waited - self.billable

    @property
    def billable(self) -> int:
        """Minutes that count, free time included."""
        return spans.total(self.counted)

    @property
    def over_free(self) -> int:
        """Minutes beyond the free time and the pauses, 0 when it sufficed."""
        return max(self.billable - self.free, 0)


@dataclass(frozen=True, slots=True)
class ClockMissing:
    """A clock that is needed and not known: "arrival" or "departure"."""

    which: str


@dataclass(frozen=True, slots=True)
class ClockReversed:
    """The truck is said to have left before it came, or a `pause` to have ended before it began."""

    start: Clock
    end: Clock
    is_pause: bool = False


def measure_wait(
    stop: StopFacts, terms: DetentionTerms, weight_lb: Decimal | None
) -> Wait | ClockMissing | ClockReversed:
    """The wait at `stop` under `terms`; `weight_lb` is the freight handled there."""
    start, end = stop.arrived, _end(stop, terms)
    if start is None or end is None:
        return ClockMissing("arrival" if start is None else "departure")
    if end.at < start.at:
        return ClockReversed(start, end)
    for pause in stop.pauses:
        if is_reversed(pause) and pause.end:
            return ClockReversed(pause.start, pause.end, is_pause=True)
    return _measure(stop, terms, start, end, free_minutes(terms.free_times, stop, weight_lb))


def keeps_hours(stop: StopFacts, terms: DetentionTerms) -> bool:
    """Whether the clock runs at `stop` only while its dock receives."""
    if terms.hours_counted == HoursCounted.FIRST_COME:
        return stop.is_fcfs
    return terms.hours_counted == HoursCounted.ALL_STOPS


def _measure(stop: StopFacts, terms: DetentionTerms, start: Clock, end: Clock, free: int) -> Wait:
    late = _minutes_late(stop, start)
    started_at = _started_at(stop, terms, start)
    left_at = to_minute(end.at)
    excluded = excluded_spans(stop.pauses, terms, end=left_at)
    stay = tuple(spans.before(_running(stop, terms, started_at), left_at))
    return Wait(
        started_at=started_at,
        start=start,
        end=end,
        late_minutes=late,
        counted=tuple(spans.without(stay, excluded)),
        waited=spans.total(stay),
        free=free,
        free_until=spans.reach(spans.without(_running(stop, terms, started_at), excluded), free),
        is_forfeited=late > terms.late_tolerance_minutes
        and terms.late_arrival == LateArrival.FORFEITS_DETENTION,
        keeps_hours=keeps_hours(stop, terms),
    )


def _running(stop: StopFacts, terms: DetentionTerms, start: datetime) -> Iterator[Span]:
    """When the clock of `stop` runs; around the clock where its hours are not known."""
    if keeps_hours(stop, terms) and stop.receiving_hours:
        return spans.receiving(stop.receiving_hours, stop.timezone, to_minute(start))
    return spans.around_the_clock(to_minute(start))


def minutes_between(start: datetime, end: datetime) -> int:
    """Whole minutes from one minute of the clock to another; negative when it runs backwards."""
    return int((to_minute(end) - to_minute(start)).total_seconds()) // 60


def free_minutes(times: tuple[FreeTime, ...], stop: StopFacts, weight_lb: Decimal | None) -> int:
    """The free time of a stop: its own kind before any kind, then the heaviest class reached."""
    weight = weight_lb or ZERO
    fitting = [
        time
        for time in times
        if time.stop_kind in (None, stop.kind) and time.from_weight_lb <= weight
    ]
    best = max(
        fitting, key=lambda time: (time.stop_kind is not None, time.from_weight_lb), default=None
    )
    return best.minutes if best else 0


def whole_increments(minutes: int, length: int, how: Increments) -> int:
    """Increments of `length` minutes in `minutes`, as the tariff counts a started one."""
    mode = {
        Increments.ANY_STARTED: Rounding.UP,
        Increments.HALF_AND_OVER: Rounding.HALF_UP,
        Increments.FULL_ONLY: Rounding.TRUNCATE,
    }[how]
    return int(round_rate(Decimal(minutes) / length, 0, mode))


def _end(stop: StopFacts, terms: DetentionTerms) -> Clock | None:
    if terms.clock_end == ClockEnd.UNLOADED:
        return stop.unloaded
    if terms.clock_end == ClockEnd.DEPARTED:
        return stop.departed
    return stop.departed or stop.unloaded


def _minutes_late(stop: StopFacts, arrived: Clock) -> int:
    """Minutes after the end of the appointment window; first come, first served is never late."""
    due = stop.appointment_to or stop.appointment_from
    if due is None or stop.is_fcfs:
        return 0
    return max(minutes_between(due, arrived.at), 0)


def _started_at(stop: StopFacts, terms: DetentionTerms, arrived: Clock) -> datetime:
    waits_for_appointment = (
        terms.clock_start == ClockStart.LATER_OF_ARRIVAL_AND_APPOINTMENT and not stop.is_fcfs
    )
    if waits_for_appointment and stop.appointment_from:
        return max(arrived.at, stop.appointment_from.astimezone(UTC))
    return arrived.at
