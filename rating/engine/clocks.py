"""Waiting time: from two clocks to billable minutes.

Instants are read to the minute, the resolution people see and argue with, and subtracted in
UTC, so the two nights a year when the wall clock jumps change nothing. A clock that is missing
or runs backwards is a problem, never zero minutes.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal

from rating.engine.book import DetentionTerms, FreeTime
from rating.engine.choices import ClockEnd, ClockStart, Increments, LateArrival
from rating.engine.facts import Clock, Pause, StopFacts
from rating.engine.money import ZERO, Rounding, round_rate


@dataclass(frozen=True, slots=True, kw_only=True)
class Wait:
    """How long a truck waited, and what of it is billable. All lengths in minutes."""

    started_at: datetime
    start: Clock
    end: Clock
    late_minutes: int
    waited: int
    paused: int
    free: int
    is_forfeited: bool

    @property
    def over_free(self) -> int:
        """Minutes beyond the free time and the pauses, 0 when it sufficed."""
        return max(self.waited - self.paused - self.free, 0)


@dataclass(frozen=True, slots=True)
class ClockMissing:
    """A clock that is needed and not known: "arrival" or "departure"."""

    which: str


@dataclass(frozen=True, slots=True)
class ClockReversed:
    """The truck is said to have left before it came."""

    start: Clock
    end: Clock


def measure_wait(
    stop: StopFacts, terms: DetentionTerms, weight_lb: Decimal | None
) -> Wait | ClockMissing | ClockReversed:
    """The wait at `stop` under `terms`; `weight_lb` is the freight handled there."""
    start, end = stop.arrived, _end(stop, terms)
    if start is None or end is None:
        return ClockMissing("arrival" if start is None else "departure")
    if end.at < start.at:
        return ClockReversed(start, end)
    late = _minutes_late(stop, start)
    started_at = _started_at(stop, terms, start)
    return Wait(
        started_at=started_at,
        start=start,
        end=end,
        late_minutes=late,
        waited=max(minutes_between(started_at, end.at), 0),
        paused=_paused(stop.pauses, started_at, end.at),
        free=free_minutes(terms.free_times, stop, weight_lb),
        is_forfeited=late > terms.late_tolerance_minutes
        and terms.late_arrival == LateArrival.FORFEITS_DETENTION,
    )


def minutes_between(start: datetime, end: datetime) -> int:
    """Whole minutes from one minute of the clock to another; negative when it runs backwards."""
    return (_minute(end) - _minute(start)) // 60


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


def _minute(instant: datetime) -> int:
    seconds = int(instant.astimezone(UTC).timestamp())
    return seconds - seconds % 60


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


def _paused(pauses: tuple[Pause, ...], start: datetime, end: datetime) -> int:
    """Minutes of the stay that are excluded; pauses that overlap count once."""
    total, reached = 0, start
    for pause in sorted(pauses, key=lambda each: each.start.at):
        begin, finish = max(pause.start.at, reached), min(pause.end.at, end)
        if finish > begin:
            total += minutes_between(begin, finish)
            reached = finish
    return total
