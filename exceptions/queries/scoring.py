"""How urgent a case is, as points whose reasons are shown: at most 100.

The points are conditions in SQL and nowhere else, so that the queue sorted by risk and the list
of reasons beside a case cannot disagree. They weigh how loud a case is, whether it keeps an
invoice from going out, the money at stake and the time left; nothing is learned or guessed.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from django.db.models import BooleanField, Case, ExpressionWrapper, IntegerField, Q, Value, When
from django.db.models.expressions import Combinable

from accounts.models import ScopedQuerySet
from exceptions import models

Rows = ScopedQuerySet[models.Case]


@dataclass(frozen=True, slots=True)
class Point:
    """One reason, what it counts, and the cases it holds for at an instant."""

    reason: str
    points: int
    holds: Callable[[datetime], Q]


def _is(severity: str) -> Callable[[datetime], Q]:
    return lambda _at: Q(severity=severity)


def _worth(low: int, high: int | None = None) -> Callable[[datetime], Q]:
    upper = Q() if high is None else Q(value_amount__lt=Decimal(high))
    return lambda _at: Q(value_amount__gte=Decimal(low)) & upper


def _due(low: timedelta, high: timedelta) -> Callable[[datetime], Q]:
    return lambda at: Q(due_at__gte=at + low, due_at__lt=at + high)


NOW, SOON, TODAY = timedelta(0), timedelta(hours=2), timedelta(hours=8)

POINTS: tuple[Point, ...] = (
    Point("Serious", 25, _is("BAD")),
    Point("Needs attention", 12, _is("WARN")),
    Point("Blocks an invoice", 25, lambda _at: Q(is_blocking=True)),
    Point("1,000 or more at stake", 25, _worth(1000)),
    Point("250 or more at stake", 16, _worth(250, 1000)),
    Point("50 or more at stake", 8, _worth(50, 250)),
    Point("Past SLA", 25, lambda at: Q(due_at__lt=at)),
    Point("SLA under 2 hours", 15, _due(NOW, SOON)),
    Point("SLA under 8 hours", 8, _due(SOON, TODAY)),
)


def with_risk(cases: Rows, *, at: datetime) -> Rows:
    """Annotate each case with its `risk` at `at`."""
    risk: Combinable = Value(0, output_field=IntegerField())
    for point in POINTS:
        risk += Case(When(point.holds(at), then=point.points), default=0)
    return cases.annotate(risk=risk)


def reasons_for(case: models.Case, *, at: datetime) -> list[Point]:
    """Return the points of one case, the heaviest first; they add up to its risk."""
    row = models.Case.objects.filter(pk=case.pk)
    holds = row.values_list(
        *(ExpressionWrapper(p.holds(at), output_field=BooleanField()) for p in POINTS)
    ).get()
    found = [point for point, is_held in zip(POINTS, holds, strict=True) if is_held]
    return sorted(found, key=lambda point: -point.points)
