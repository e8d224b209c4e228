"""Figures week by week, for charts: up to the end of the period, however long that is."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib.postgres.fields import ArrayField
from django.db.models import Count, DateTimeField, Func, IntegerField, Q, Value

from exceptions.models import Case
from insights.queries.figures.measuring import (
    Percentiles,
    between,
    hours,
    median_of,
    on_lane,
    share,
)
from insights.queries.figures.passing import passages
from insights.queries.figures.standing import AGES, of_age
from insights.rules.figures import FEWEST
from insights.rules.frames import Frame, midnight

WEEKS, AGEING_WEEKS = 12, 7


@dataclass(frozen=True, slots=True)
class Week:
    """One week of loads first invoiced; None where they are too few to tell."""

    first_on: date
    last_on: date
    n: int = 0
    median: Decimal | None = None
    p90: Decimal | None = None
    straight_through: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Ageing:
    """The cases that were open at an instant, by age, the youngest first."""

    on: date
    counts: tuple[int, ...]

    @property
    def total(self) -> int:
        """All of them."""
        return sum(self.counts)


class WidthBucket(Func):
    """The place of a value among rising bounds: 1 from the first bound on."""

    function = "WIDTH_BUCKET"
    output_field = IntegerField()


def weeks_of(frame: Frame) -> list[Week]:
    """Return delivery to invoice and straight-through for each of twelve weeks, oldest first."""
    monday = monday_of(frame.period.last_on)
    begins = [monday - timedelta(weeks=back) for back in reversed(range(WEEKS))]
    bounds = [midnight(begin, frame.period.zone) for begin in begins]
    place = WidthBucket("issued_at", Value(bounds, output_field=ArrayField(DateTimeField())))
    rows = passages(frame).filter(issued_at__gte=bounds[0], issued_at__lt=frame.period.until)
    found: Any = (
        rows.annotate(place=place)
        .order_by()
        .values("place")
        .annotate(
            n=Count("*"),
            untouched=Count("pk", filter=Q(touch="")),
            spread=Percentiles(between("delivered_at", "issued_at")),
        )
    )
    told = {row["place"]: row for row in found}
    return [_week(begin, told.get(place), frame) for place, begin in enumerate(begins, start=1)]


def _week(begin: date, row: dict[str, Any] | None, frame: Frame) -> Week:
    last = min(begin + timedelta(days=6), frame.period.last_on)
    if row is None:
        return Week(begin, last)
    n, spread = row["n"], row["spread"]
    return Week(
        begin,
        last,
        n=n,
        median=median_of(n, spread),
        p90=hours(spread[3]) if n >= FEWEST else None,
        straight_through=share(row["untouched"], n, n=n),
    )


def ageing_of(frame: Frame) -> list[Ageing]:
    """Return the cases open at the end of each of seven weeks, and at last now, in one statement.

    A case that was closed and opened again counts as open all the while.
    """
    ends = [*week_ends(frame), frame.at]
    counts = {
        f"c{place}_{age}": Count("pk", filter=_open_at(end) & of_age(age, end))
        for place, end in enumerate(ends)
        for age, _ in enumerate(AGES)
    }
    rows = Case.objects.filter(Q(closed_at=None) | Q(closed_at__gte=ends[0]))
    if frame.customer_id is not None:
        rows = rows.filter(customer=frame.customer_id)
    row = rows.filter(on_lane(frame.lane, prefix="load__")).aggregate(**counts)
    zone = ZoneInfo(frame.period.zone)
    return [
        Ageing(
            (end.astimezone(zone) - timedelta(microseconds=1)).date(),
            tuple(row[f"c{place}_{age}"] for age, _ in enumerate(AGES)),
        )
        for place, end in enumerate(ends)
    ]


def week_ends(frame: Frame) -> Iterable[datetime]:
    """Return the last six Mondays at midnight before now: the ends of the weeks before them."""
    monday = monday_of(frame.today)
    for back in reversed(range(AGEING_WEEKS - 1)):
        yield midnight(monday - timedelta(weeks=back), frame.period.zone)


def _open_at(end: datetime) -> Q:
    return Q(opened_at__lt=end) & (Q(closed_at=None) | Q(closed_at__gte=end))


def monday_of(on: date) -> date:
    """Return the Monday of a day's week."""
    return on - timedelta(days=on.weekday())
