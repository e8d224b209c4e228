"""What readings have in common: percentiles, shares, and when there is too little to tell."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db.models import (
    Aggregate,
    DurationField,
    Expression,
    ExpressionWrapper,
    F,
    Q,
    QuerySet,
    Value,
)
from django.db.models.functions import Greatest

from insights.rules.figures import FEWEST, Figure, Reading
from insights.rules.frames import Frame
from rating.engine.money import HUNDRED, round_rate

ZERO = Decimal(0)
NO_TIME = Value(timedelta(0), output_field=DurationField())
QUANTILES = ("p25", "median", "p75", "p90")


class UnknownPart(LookupError):
    """The figure has no such part."""


@dataclass(frozen=True, slots=True)
class Split:
    """What a figure is for one customer or one lane; `group` is its id or its name."""

    group: Any
    readings: tuple[Reading, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """A figure with the statement that reads it and the rows of each of its parts.

    `rows(frame, part)` holds exactly as many rows as the reading of that part says. `split` reads
    the figure for each customer or lane, where that is offered.
    """

    figure: Figure
    read: Callable[[Frame], list[Reading]]
    rows: Callable[[Frame, str], QuerySet[Any]]
    split: Callable[[Frame, str], list[Split]] | None = None
    before: Callable[[Frame], list[Reading]] | None = None


class Percentiles(Aggregate):
    """Quartiles and the ninetieth percentile, between the rows where they fall between them."""

    function = "PERCENTILE_CONT"
    template = "%(function)s(ARRAY[0.25, 0.5, 0.75, 0.9]) WITHIN GROUP (ORDER BY %(expressions)s)"
    output_field = ArrayField(DurationField())


def between(begin: str | Expression, end: str) -> Expression:
    """Return the time from `begin` to `end`, 0 where they came the other way round."""
    start = F(begin) if isinstance(begin, str) else begin
    span = ExpressionWrapper(F(end) - start, output_field=DurationField())
    return Greatest(span, NO_TIME)


def median_of(n: int, spread: Sequence[timedelta] | None) -> Decimal | None:
    """Return the median in hours, where the rows are enough to have one."""
    return hours(spread[1]) if spread and n >= FEWEST else None


def beside(n: int, spread: Sequence[timedelta] | None) -> dict[str, Decimal | int | None]:
    """Return the percentiles in hours, by name."""
    if not spread or n < FEWEST:
        return dict.fromkeys(QUANTILES)
    return dict(zip(QUANTILES, map(hours, spread), strict=True))


def hours(span: timedelta) -> Decimal:
    """Return a span in hours, to the hundredth."""
    return round_rate(Decimal(int(span.total_seconds())) / Decimal(3600), 2)


def share(part: Decimal | int | None, whole: Decimal | int | None, *, n: int) -> Decimal | None:
    """Return `part` of `whole` in percent with one decimal; None where the rows are too few."""
    if n < FEWEST or not whole:
        return None
    return round_rate(Decimal(part or 0) / Decimal(whole) * HUNDRED, 1)


def on_lane(lane: str, *, prefix: str) -> Q:
    """Say that a load runs on a lane; an empty one is any."""
    if not lane:
        return Q()
    origin, _, destination = lane.partition("-")
    return Q(**{f"{prefix}origin_state": origin, f"{prefix}destination_state": destination})
