"""Figures of what waits now: loads by stage, what blocks them, and open cases."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import (
    Count,
    DateTimeField,
    DurationField,
    Expression,
    ExpressionWrapper,
    F,
    Q,
    QuerySet,
    Sum,
    Value,
)

from billing.models import Blocker, LoadBilling
from billing.queries.funnel import LoadRows, Stage, staged_loads, with_stage
from billing.rules.policy import Enforcement
from billing.rules.readiness import RULES
from exceptions.models import Case
from exceptions.rules.kinds import KINDS
from insights.queries.figures.measuring import (
    ZERO,
    Measure,
    Percentiles,
    UnknownPart,
    beside,
    median_of,
    on_lane,
)
from insights.rules.figures import BY_KEY, Reading, Unit
from insights.rules.frames import Frame

STAGES = {
    Stage.PAPERS: "Papers missing",
    Stage.APPROVAL: "To approve",
    Stage.OTHER: "Otherwise blocked",
    Stage.HELD: "Held",
    Stage.READY: "Ready to bill",
}
TITLES = {rule.name: rule.title for rule in RULES}
# Ages of open cases: words and where each ends.
AGES: tuple[tuple[str, timedelta | None], ...] = (
    ("Under 4 h", timedelta(hours=4)),
    ("4 to 24 h", timedelta(hours=24)),
    ("1 to 3 d", timedelta(days=3)),
    ("Over 3 d", None),
)


class Everybody:
    """Reads for the house as a whole: figures have no reader of their own."""

    customer_ids = None


def since(column: str, frame: Frame) -> Expression:
    """Return how long ago an instant lies."""
    now = Value(frame.at, output_field=DateTimeField())
    return ExpressionWrapper(now - F(column), output_field=DurationField())


def waiting_rows(frame: Frame, part: str) -> LoadRows:
    """Return the loads between delivery and invoice; of a stage, or of a currency."""
    rows = staged_loads(Everybody(), Stage(part) if part in STAGES else None)
    if part and part not in STAGES:
        if not part.isupper():
            raise UnknownPart(part)
        rows = rows.filter(currency=part)
    if frame.customer_id is not None:
        rows = rows.filter(customer=frame.customer_id)
    return rows.filter(on_lane(frame.lane, prefix="load__"))


def read_waiting(frame: Frame) -> list[Reading]:
    """Read the waiting loads by stage and their money by currency, in two statements."""
    rows = waiting_rows(frame, "")
    spread = Percentiles(since("over_at", frame))
    total = rows.aggregate(n=Count("*"), spread=spread)
    stages = {
        row["stage"]: row
        for row in with_stage(rows).order_by().values("stage").annotate(n=Count("*"), spread=spread)
    }
    by_stage = [
        _timed(stages[stage], part=stage.value, words=words)
        for stage, words in STAGES.items()
        if stage in stages
    ]
    return [_timed(total), *by_stage, *_worth(rows)]


def _timed(row: Mapping[str, Any], **told: Any) -> Reading:
    n, spread = row["n"], row["spread"]
    return Reading(n=n, value=median_of(n, spread), more=beside(n, spread), **told)


def _worth(rows: LoadRows) -> list[Reading]:
    amounts = rows.order_by().values("currency").annotate(n=Count("*"), amount=Sum("total_amount"))
    return [
        Reading(
            part=row["currency"], words=row["currency"], currency=row["currency"], n=row["n"],
            value=row["amount"], unit=Unit.MONEY,
        )
        for row in amounts.order_by("currency")
    ]  # fmt: skip


def blocker_rows(frame: Frame, part: str) -> QuerySet[Blocker]:
    """Return what blocks delivered loads, of one rule or of all."""
    if part and part not in TITLES:
        raise UnknownPart(part)
    rows = Blocker.objects.filter(
        cleared_at=None,
        waived_at=None,
        enforcement=Enforcement.BLOCK,
        load__billing__status=LoadBilling.Status.BLOCKED,
    )
    if part:
        rows = rows.filter(rule=part)
    if frame.customer_id is not None:
        rows = rows.filter(customer=frame.customer_id)
    return rows.filter(on_lane(frame.lane, prefix="load__"))


def read_blocked(frame: Frame) -> list[Reading]:
    """Read how long each rule has blocked, the longest first; those with too few rows come last."""
    rows, spread = blocker_rows(frame, ""), Percentiles(since("opened_at", frame))
    found = rows.order_by().values("rule").annotate(n=Count("*"), spread=spread)
    readings = [_timed(row, part=row["rule"], words=TITLES[row["rule"]]) for row in found]
    readings.sort(key=lambda each: (each.value is None, -(each.value or ZERO), -each.n))
    return [_timed(rows.aggregate(n=Count("*"), spread=spread)), *readings]


def case_rows(frame: Frame, part: str) -> QuerySet[Case]:
    """Return the open cases: of an age, of a kind, past their time, or put away."""
    rows = Case.objects.filter(status=Case.Status.OPEN)
    if frame.customer_id is not None:
        rows = rows.filter(customer=frame.customer_id)
    rows = rows.filter(on_lane(frame.lane, prefix="load__"))
    return rows.filter(_of_part(part, frame)) if part else rows


def _of_part(part: str, frame: Frame) -> Q:
    if part in KINDS:
        return Q(kind=part)
    known = {"late": Q(due_at__lt=frame.at), "snoozed": Q(snoozed_until__gt=frame.at)}
    for place, _ in enumerate(AGES):
        known[f"age-{place}"] = of_age(place, frame.at)
    if part not in known:
        raise UnknownPart(part)
    return known[part]


def of_age(place: int, at: datetime) -> Q:
    """Say that a case is of an age at an instant."""
    older = AGES[place - 1][1] if place else None
    younger = AGES[place][1]
    condition = Q() if older is None else Q(opened_at__lte=at - older)
    return condition if younger is None else condition & Q(opened_at__gt=at - younger)


def read_cases(frame: Frame) -> list[Reading]:
    """Read the open cases by kind, age, lateness, in one statement."""
    parts = ["late", "snoozed", *(f"age-{place}" for place, _ in enumerate(AGES))]
    counts = {part.replace("-", "_"): Count("pk", filter=_of_part(part, frame)) for part in parts}
    found = case_rows(frame, "").order_by().values("kind").annotate(n=Count("*"), **counts)
    rows: list[Mapping[str, Any]] = list(found)
    sums: dict[str, int] = defaultdict(int)
    for row in rows:
        for name in ("n", *counts):
            sums[name] += row[name]
    words = ("Past SLA", "Snoozed", *(words for words, _ in AGES))
    whole = [_count("", "", sums["n"])]
    told = [_count(p, w, sums[p.replace("-", "_")]) for p, w in zip(parts, words, strict=True)]
    return [*whole, *told, *_by_kind(rows)]


def _by_kind(rows: list[Mapping[str, Any]]) -> Iterable[Reading]:
    for row in sorted(rows, key=lambda row: (-row["n"], row["kind"])):
        ages = {words: row[f"age_{place}"] for place, (words, _) in enumerate(AGES)}
        name = row["kind"].replace("_", " ").capitalize().replace("Pod", "POD")
        yield _count(row["kind"], name, row["n"], more={**ages, "Past SLA": row["late"]})


def _count(part: str, words: str, n: int, **told: Any) -> Reading:
    return Reading(part=part, words=words, n=n, value=Decimal(n), **told)


MEASURES = (
    Measure(figure=BY_KEY["waiting"], read=read_waiting, rows=waiting_rows),
    Measure(figure=BY_KEY["blocked"], read=read_blocked, rows=blocker_rows),
    Measure(figure=BY_KEY["open-cases"], read=read_cases, rows=case_rows),
)
