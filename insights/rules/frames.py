"""What a figure is asked for: a period with the one before it, a customer, a lane."""

from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

LONGEST_DAYS = 366
QUARTER_MONTHS = 3


class Span(StrEnum):
    """The periods that can be asked for by name; CUSTOM by its first and last day."""

    WEEK = "week"
    MONTH = "month"
    QUARTER = "quarter"
    CUSTOM = "custom"


class BadPeriod(ValueError):
    """Days that make no period; `field` names the one to correct."""

    def __init__(self, field: str, sentence: str) -> None:
        self.field = field
        super().__init__(sentence)


@dataclass(frozen=True, slots=True)
class Period:
    """Whole days on the clock of `zone`, first and last included."""

    span: Span
    first_on: date
    last_on: date
    zone: str

    @property
    def since(self) -> datetime:
        """The instant at which the period begins."""
        return midnight(self.first_on, self.zone)

    @property
    def until(self) -> datetime:
        """The instant at which it is over."""
        return midnight(self.last_on + timedelta(days=1), self.zone)

    @property
    def days(self) -> int:
        """How many days it has."""
        return (self.last_on - self.first_on).days + 1

    def before(self) -> "Period":
        """Return the period to compare with: as many days of the week, month or quarter before.

        A running period is compared with the same stretch of the one before it, not with all of
        it. A month that is shorter ends on its last day.
        """
        if self.span is Span.WEEK:
            return self._moved(timedelta(weeks=1))
        if self.span is Span.CUSTOM:
            return self._moved(timedelta(days=self.days))
        months = 1 if self.span is Span.MONTH else QUARTER_MONTHS
        first = months_before(self.first_on, months)
        last = min(first + (self.last_on - self.first_on), self.first_on - timedelta(days=1))
        return replace(self, first_on=first, last_on=last)

    def _moved(self, back: timedelta) -> "Period":
        return replace(self, first_on=self.first_on - back, last_on=self.last_on - back)


@dataclass(frozen=True, slots=True)
class Frame:
    """What part of the house a figure is about, and the instant of asking."""

    period: Period
    at: datetime
    customer_id: int | None = None
    lane: str = ""

    @property
    def today(self) -> date:
        """The day of asking, on the clock of the period."""
        return self.at.astimezone(ZoneInfo(self.period.zone)).date()

    def before(self) -> "Frame":
        """The same question about the period before."""
        return replace(self, period=self.period.before())


def period_of(
    span: Span,
    *,
    at: datetime,
    zone: str,
    first_on: date | None = None,
    last_on: date | None = None,
) -> Period:
    """Return the running week, month or quarter up to today, or the days that are named.

    Raises:
        BadPeriod: a custom period lacks a day, ends before it begins, or is over a year long.
    """
    today = at.astimezone(ZoneInfo(zone)).date()
    if span is Span.CUSTOM:
        return _custom(first_on, last_on, zone=zone)
    if first_on or last_on:
        raise BadPeriod("period", "Days can only be named for a custom period.")
    return Period(span, _first_of(span, today), today, zone)


def _first_of(span: Span, today: date) -> date:
    if span is Span.WEEK:
        return today - timedelta(days=today.weekday())
    if span is Span.MONTH:
        return today.replace(day=1)
    month = (today.month - 1) // QUARTER_MONTHS * QUARTER_MONTHS + 1
    return today.replace(month=month, day=1)


def _custom(first_on: date | None, last_on: date | None, *, zone: str) -> Period:
    if first_on is None or last_on is None:
        field = "first_on" if first_on is None else "last_on"
        raise BadPeriod(field, "A custom period needs its first and its last day.")
    if last_on < first_on:
        raise BadPeriod("last_on", "The period ends before it begins.")
    period = Period(Span.CUSTOM, first_on, last_on, zone)
    if period.days > LONGEST_DAYS:
        raise BadPeriod("last_on", f"A period has at most {LONGEST_DAYS} days.")
    if not 1970 < first_on.year < 2200 or last_on.year >= 2200:
        raise BadPeriod("first_on", "The period lies outside the years 1971 to 2199.")
    return period


def months_before(first: date, months: int) -> date:
    """Return the first of the month that lies `months` before the one of `first`."""
    count = first.year * 12 + first.month - 1 - months
    return date(count // 12, count % 12 + 1, 1)


def midnight(on: date, zone: str) -> datetime:
    """Return the instant at which a day begins on the clock of `zone`."""
    return datetime.combine(on, time.min, tzinfo=ZoneInfo(zone))
