"""Figures over the passages of loads: how long they took, who stepped in, what they leave."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any

from django.db.models import Count, Expression, F, Q, QuerySet, Sum, Value
from django.db.models.functions import Coalesce, Greatest

from insights.models import Passage
from insights.queries.figures.measuring import (
    ZERO,
    Measure,
    Percentiles,
    Split,
    UnknownPart,
    beside,
    between,
    median_of,
    share,
)
from insights.rules.figures import BY_KEY, Reading, Unit
from insights.rules.frames import Frame

MOST_LANES = 40
GROUPS = {"customer": "customer_id", "lane": "lane"}
Passages = QuerySet[Passage]

# Stages between delivery and the ERP: words, begin and end. A proof that is not asked for may
# never come, so being ready counts from the later of delivery and proof.
PROVEN = Greatest(F("delivered_at"), Coalesce(F("pod_at"), F("delivered_at")))
STAGES: dict[str, tuple[str, str | Expression, str]] = {
    "proof": ("Delivered to proof", "delivered_at", "pod_at"),
    "ready": ("Proof to ready", PROVEN, "ready_at"),
    "issue": ("Ready to invoiced", "ready_at", "issued_at"),
    "post": ("Invoiced to posted", "issued_at", "posted_at"),
}


def passages(frame: Frame) -> Passages:
    """Return the passages of the frame's customer and lane."""
    rows = Passage.objects.all()
    if frame.customer_id is not None:
        rows = rows.filter(customer=frame.customer_id)
    return rows.filter(lane=frame.lane) if frame.lane else rows


def invoiced(frame: Frame) -> Passages:
    """Return the loads first invoiced in the period."""
    period = frame.period
    return passages(frame).filter(issued_at__gte=period.since, issued_at__lt=period.until)


def lanes_of(frame: Frame, *, most: int = MOST_LANES) -> list[str]:
    """Return the lanes of the loads first invoiced in the period, the busiest ones."""
    rows = invoiced(replace(frame, lane="")).order_by().values_list("lane")
    found = rows.annotate(n=Count("*")).order_by("-n", "lane")[:most]
    return [lane for lane, _ in found]


def delivered(frame: Frame) -> Passages:
    """Return the loads delivered in the period."""
    period = frame.period
    return passages(frame).filter(delivered_at__gte=period.since, delivered_at__lt=period.until)


def grouped(rows: Passages, by: str, *extra: str, **values: Any) -> Iterable[dict[str, Any]]:
    """Aggregate rows in one statement, by customer or lane, the one with most loads first."""
    group = F(GROUPS[by]) if by else Value("")
    found: Any = rows.order_by().annotate(group=group).values("group", *extra)
    return list(found.annotate(n=Count("*"), **values).order_by("-n", "group"))


def whole(found: list[Split]) -> list[Reading]:
    """Return what is read without a group; nothing found is a reading of no rows."""
    return list(found[0].readings) if found else [Reading(n=0, value=None)]


def _spread(rows: Callable[[Frame], Passages], begin: str, key: str, **kept: Any) -> Measure:
    """Measure the time from `begin` to the first invoice."""

    def split(frame: Frame, by: str) -> list[Split]:
        spread = Percentiles(between(begin, "issued_at"))
        return [
            Split(row["group"], (_timed(row["n"], row["spread"]),))
            for row in grouped(behind(frame, ""), by, spread=spread)
        ]

    def behind(frame: Frame, part: str) -> Passages:
        refuse_parts(part)
        return rows(frame).filter(**kept)

    return Measure(
        figure=BY_KEY[key],
        read=lambda frame: whole(split(frame, "")),
        rows=behind,
        split=split,
    )


def _timed(n: int, spread: Any, **told: Any) -> Reading:
    return Reading(n=n, value=median_of(n, spread), more=beside(n, spread), **told)


def refuse_parts(part: str) -> None:
    """Raise UnknownPart for a figure that has but one."""
    if part:
        raise UnknownPart(part)


def read_straight_through(frame: Frame, by: str) -> list[Split]:
    """Read the share of loads nobody had to touch, with what touched the others."""
    touches = {touch: Count("pk", filter=Q(touch=touch)) for touch in Passage.Touch.values}
    return [
        Split(row["group"], tuple(_touched(row))) for row in grouped(invoiced(frame), by, **touches)
    ]


def _touched(row: dict[str, Any]) -> Iterable[Reading]:
    counts = {touch: row[touch] for touch in Passage.Touch}
    untouched = row["n"] - sum(counts.values())
    yield Reading(
        n=row["n"], value=share(untouched, row["n"], n=row["n"]), more={"untouched": untouched}
    )
    for touch, count in counts.items():
        if count:
            yield _counted(touch.value, str(touch.label), count)


def straight_through_rows(frame: Frame, part: str) -> Passages:
    """Return the loads that were invoiced; of one kind of touch only, or those without any."""
    if part and part not in Passage.Touch.values:
        raise UnknownPart(part)
    return invoiced(frame).filter(touch=part) if part else invoiced(frame)


def read_stages(frame: Frame) -> list[Reading]:
    """Read the time in every stage, in one statement."""
    values: dict[str, Any] = {}
    for key, (_, begin, end) in STAGES.items():
        is_passed = Q(**{f"{_first_of(begin)}__isnull": False, f"{end}__isnull": False})
        values[f"{key}_n"] = Count("pk", filter=is_passed)
        values[f"{key}_spread"] = Percentiles(between(begin, end), filter=is_passed)
    row = invoiced(frame).aggregate(**values)
    return [
        _timed(row[f"{key}_n"], row[f"{key}_spread"], part=key, words=words)
        for key, (words, _, _) in STAGES.items()
    ]


def stage_rows(frame: Frame, part: str) -> Passages:
    """Return the invoiced loads that passed both ends of a stage."""
    if part not in STAGES:
        raise UnknownPart(part)
    _, begin, end = STAGES[part]
    return invoiced(frame).exclude(**{_first_of(begin): None}).exclude(**{end: None})


def _first_of(begin: str | Expression) -> str:
    return begin if isinstance(begin, str) else "delivered_at"


def read_proofs(frame: Frame, by: str) -> list[Split]:
    """Read how long proofs took, and how many loads have none."""
    is_proven = Q(pod_at__isnull=False)
    rows = grouped(
        delivered(frame),
        by,
        proven=Count("pk", filter=is_proven),
        spread=Percentiles(between("delivered_at", "pod_at"), filter=is_proven),
    )
    return [
        Split(
            row["group"],
            (
                _timed(row["proven"], row["spread"]),
                _counted("missing", "Without a proof", row["n"] - row["proven"]),
            ),
        )
        for row in rows
    ]


def _counted(part: str, words: str, n: int) -> Reading:
    return Reading(part=part, words=words, n=n, value=ZERO + n, unit=Unit.COUNT)


def proof_rows(frame: Frame, part: str) -> Passages:
    """Return the delivered loads with a proof, or those without."""
    if part not in ("", "missing"):
        raise UnknownPart(part)
    return delivered(frame).filter(pod_at__isnull=bool(part))


def read_margin(frame: Frame, by: str) -> list[Split]:
    """Read what loads with known costs leave; one reading for each currency."""
    rows = grouped(
        margin_rows(frame, ""), by, "currency", billed=Sum("billed_amount"), cost=Sum("cost_amount")
    )
    found: dict[Any, list[Reading]] = {}
    for row in rows:
        left = row["billed"] - row["cost"]
        found.setdefault(row["group"], []).append(
            Reading(
                part=row["currency"],
                words=row["currency"],
                currency=row["currency"],
                n=row["n"],
                value=share(left, row["billed"], n=row["n"]),
                more={"billed": row["billed"], "cost": row["cost"], "left": left},
            )
        )
    return [Split(group, tuple(readings)) for group, readings in found.items()]


def margin_rows(frame: Frame, part: str) -> Passages:
    """Return the invoiced loads with known costs, of one currency or of all."""
    rows = invoiced(frame).filter(cost_amount__isnull=False, billed_amount__isnull=False)
    return rows.filter(currency=part) if part else rows


MEASURES = (
    _spread(invoiced, "dispatched_at", "dispatch-to-invoice", dispatched_at__isnull=False),
    _spread(invoiced, "delivered_at", "delivery-to-invoice"),
    Measure(
        figure=BY_KEY["straight-through"],
        read=lambda frame: whole(read_straight_through(frame, "")),
        rows=straight_through_rows,
        split=read_straight_through,
    ),
    Measure(figure=BY_KEY["stage-times"], read=read_stages, rows=stage_rows),
    Measure(
        figure=BY_KEY["pod-time"],
        read=lambda frame: whole(read_proofs(frame, "")),
        rows=proof_rows,
        split=read_proofs,
    ),
    Measure(
        figure=BY_KEY["margin"],
        read=lambda frame: [r for each in read_margin(frame, "") for r in each.readings],
        rows=margin_rows,
        split=read_margin,
    ),
)
