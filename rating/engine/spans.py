"""Stretches of time in UTC, and when a dock receives, whatever its wall clock does that night."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from rating.engine.facts import OpenHours
from rating.engine.wording import zone

# Ten years: no truck waits longer, and free time that lasts longer has no end to tell.
HORIZON_DAYS = 3653
_DAY = 24 * 60


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """From one whole minute to another; never empty."""

    start: datetime
    end: datetime

    @property
    def minutes(self) -> int:
        """Its length."""
        return int((self.end - self.start).total_seconds()) // 60


def to_minute(instant: datetime) -> datetime:
    """The minute people see on a clock, in UTC."""
    return instant.astimezone(UTC).replace(second=0, microsecond=0)


def around_the_clock(start: datetime) -> Iterator[Span]:
    """One stretch without a break, from `start` on."""
    yield Span(start, start + timedelta(days=HORIZON_DAYS))


def receiving(hours: Sequence[OpenHours], timezone: str, start: datetime) -> Iterator[Span]:
    """When a dock with weekly `hours` receives, from `start` on; overlapping hours count once."""
    # The night before may still be open.
    first = start.astimezone(zone(timezone)).date() - timedelta(days=1)
    reached = start
    for day in (first + timedelta(days=n) for n in range(HORIZON_DAYS)):
        for span in _openings(hours, timezone, day):
            begin = max(span.start, reached)
            if begin < span.end:
                reached = span.end
                yield Span(begin, span.end)


def before(spans: Iterable[Span], end: datetime) -> Iterator[Span]:
    """The parts of ordered `spans` that lie before `end`."""
    for span in spans:
        if span.start >= end:
            return
        yield Span(span.start, min(span.end, end))


def without(spans: Iterable[Span], excluded: Sequence[Span]) -> Iterator[Span]:
    """The parts of `spans` that are in none of `excluded`."""
    taken = sorted(excluded)
    for span in spans:
        reached = span.start
        for gap in taken:
            if gap.start >= span.end:
                break
            if reached < gap.start:
                yield Span(reached, gap.start)
            reached = max(reached, gap.end)
        if reached < span.end:
            yield Span(reached, span.end)


def total(spans: Iterable[Span]) -> int:
    """Minutes in all."""
    return sum(span.minutes for span in spans)


def reach(spans: Iterable[Span], minutes: int) -> datetime | None:
    """The instant at which `minutes` of `spans` are over; None when they never are."""
    left = minutes
    for span in spans:
        if left <= span.minutes:
            return span.start + timedelta(minutes=left)
        left -= span.minutes
    return None


def _openings(hours: Sequence[OpenHours], timezone: str, day: date) -> list[Span]:
    """The openings that begin on a day of the place."""
    spans = []
    for opening in hours:
        if opening.weekday == day.weekday():
            runs_over = opening.closes_at <= opening.opens_at
            begin = _on_the_wall(day, opening.opens_at, timezone)[0]
            end = max(_on_the_wall(day, opening.closes_at + runs_over * _DAY, timezone))
            spans.append(Span(begin, end))
    return sorted(spans)


def _on_the_wall(day: date, minutes: int, timezone: str) -> tuple[datetime, datetime]:
    """The first and the second instant at which the wall of the place shows a time."""
    wall = datetime.combine(day, datetime.min.time()) + timedelta(minutes=minutes)
    there = wall.replace(tzinfo=zone(timezone))
    return there.astimezone(UTC), there.replace(fold=1).astimezone(UTC)
