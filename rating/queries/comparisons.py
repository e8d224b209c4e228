"""What changed between two versions, cell by cell, a page at a time.

The lanes are paired in the database, by the freight they price and the places they join, whatever
their row numbers; only the page that is shown is read into memory.
"""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from django.db import connection
from django.db.models import Model

from rating.engine.book import AccessorialRule, DetentionTerms, FreeTime
from rating.models import AccessorialRule as RuleRow
from rating.models import DetentionTerms as DetentionRow
from rating.models import FakRange as FakRow
from rating.models import Lane, RateCardVersion
from rating.models import SpaceRule as SpaceRow
from rating.queries.books import terms_of
from rating.queries.cells.columns import COLUMNS, KEY
from rating.queries.cells.lanes import lane_cells, lane_label
from rating.queries.cells.numbers import spell_number
from rating.queries.staging import BREAKS
from rating.queries.translation import to_columns

SAME_SCOPE = " AND ".join(f"l.{column} = a.{column}" for column in KEY)
SAME_CELLS = " AND ".join(
    f"l.{column} IS NOT DISTINCT FROM a.{column}" for column in COLUMNS if column not in KEY
)
# The parts are our own column names; every value is a parameter.
PAIRED = f"""
FROM rating_lane a
LEFT JOIN rating_lane l ON l.version_id = %(before)s AND {SAME_SCOPE}
WHERE a.version_id = %(after)s
"""
# Only lanes by the hundredweight have breaks, and reading them lane by lane is what costs.
SAME_BREAKS = f"(a.basis <> 'PER_CWT' OR {BREAKS} = {BREAKS.replace('l.id', 'a.id')})"
SAME = f"({SAME_CELLS} AND {SAME_BREAKS})"
COUNT = f"""
SELECT count(*) FILTER (WHERE l.id IS NULL),
       count(*) FILTER (WHERE l.id IS NOT NULL AND NOT {SAME}), count(l.id)
{PAIRED}
"""
CHANGED = f"""
SELECT a.id, l.id {PAIRED} AND a.row > %(row)s AND (l.id IS NULL OR NOT {SAME})
ORDER BY a.row LIMIT %(limit)s
"""
REMOVED = f"""
SELECT l.id FROM rating_lane l
WHERE l.version_id = %(before)s AND l.row > %(row)s AND NOT EXISTS (
    SELECT 1 FROM rating_lane a WHERE a.version_id = %(after)s AND {SAME_SCOPE})
ORDER BY l.row LIMIT %(limit)s
"""  # noqa: S608
BLOCK = 1000
SETTINGS = (
    "effective_from", "effective_to", "fuel", "precedence", "rounding", "rounding_places",
    "minimum_charge", "discount_percent", "allows_deficit", "cost_per_mile", "density_scale",
    "class_source", "deemed_for", "unstackable_height_in", "wide_from_in", "wide_width_in",
    "floor_space", "trailer_width_in", "stacked_pieces",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class CellChange:
    """One cell before and after, and how much more it is where both are numbers."""

    column: str
    before: str
    after: str
    percent: Decimal | None = None


@dataclass(frozen=True, slots=True)
class RowChange:
    """A lane or rule that was added, removed or changed, with the cells that differ.

    `row` is that of a lane in the later version; of a removed one, in the earlier.
    """

    label: str
    kind: str
    cells: tuple[CellChange, ...]
    row: int | None = None


@dataclass(frozen=True, slots=True)
class Changes:
    """How many lanes were added, changed, removed, and left as they were."""

    added: int
    changed: int
    removed: int
    unchanged: int


def count_changes(before: RateCardVersion, after: RateCardVersion) -> Changes:
    """Count what the lanes of `after` change of those of `before`."""
    with _hash_joins(), connection.cursor() as cursor:
        cursor.execute(COUNT, {"before": before.pk, "after": after.pk})
        added, changed, paired = cursor.fetchone()
    removed = Lane.objects.filter(version=before).count() - paired
    return Changes(added, changed, removed, paired - changed)


def changed_lanes(
    before: RateCardVersion, after: RateCardVersion, *, after_row: int = 0, limit: int = 50
) -> list[RowChange]:
    """A page of lanes of `after` that are new or not as they were, by row."""
    names = {"before": before.pk, "after": after.pk, "row": after_row, "limit": limit}
    return _row_changes(_pairs(CHANGED, names))


def removed_lanes(
    before: RateCardVersion, after: RateCardVersion, *, after_row: int = 0, limit: int = 50
) -> list[RowChange]:
    """A page of lanes of `before` that `after` has no more, by row."""
    names = {"before": before.pk, "after": after.pk, "row": after_row, "limit": limit}
    return _gone_changes(_removed(names))


def every_lane_change(before: RateCardVersion, after: RateCardVersion) -> Iterator[RowChange]:
    """Every lane that is new, not as it was, or gone, a block in memory at a time."""
    names = {"before": before.pk, "after": after.pk, "row": 0, "limit": None}
    with _hash_joins():
        pairs = _pairs(CHANGED, names)
        gone = _removed(names)
    for start in range(0, len(pairs), BLOCK):
        yield from _row_changes(pairs[start : start + BLOCK])
    for start in range(0, len(gone), BLOCK):
        yield from _gone_changes(gone[start : start + BLOCK])


def compare_rules(before: RateCardVersion, after: RateCardVersion) -> list[RowChange]:
    """Accessorial rules, FAK ranges and space rules that differ, by name; those removed last."""
    old, new = (_rules_of(version) for version in (before, after))
    names = [*new, *(name for name in old if name not in new)]
    return [
        RowChange(name, _kind(old, new, name), _differences(old.get(name, {}), new.get(name, {})))
        for name in names
        if old.get(name) != new.get(name)
    ]


def compare_settings(before: RateCardVersion, after: RateCardVersion) -> list[CellChange]:
    """Settings, period and programmes that differ."""
    old, new = (
        {name: _text(getattr(version, name)) for name in SETTINGS} for version in (before, after)
    )
    return list(_differences(old, new))


def percent_change(before: str, after: str) -> Decimal | None:
    """How much more `after` is, in percent with one decimal; None unless both are numbers."""
    try:
        was, now = Decimal(before), Decimal(after)
    except InvalidOperation:
        return None
    return ((now - was) * 100 / was).quantize(Decimal("0.1")) if was else None


def _pairs(statement: str, names: Mapping[str, Any]) -> list[tuple[int, int | None]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, names)
        return [(now, was) for now, was in cursor.fetchall()]


def _removed(names: Mapping[str, Any]) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(REMOVED, names)
        return [row[0] for row in cursor.fetchall()]


@contextmanager
def _hash_joins() -> Iterator[None]:
    """Fresh lanes have no statistics yet, and looking each up beside all others takes minutes."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_nestloop = off; SET LOCAL jit = off")
        yield
        cursor.execute("SET LOCAL enable_nestloop = on; SET LOCAL jit = on")


def _gone_changes(ids: list[int]) -> list[RowChange]:
    lanes = _lanes(ids)
    return [
        RowChange(lane_label(lanes[pk]), "REMOVED", _differences(lane_cells(lanes[pk]), {}),
                  lanes[pk].row)
        for pk in ids
    ]  # fmt: skip


def _row_changes(pairs: list[tuple[int, int | None]]) -> list[RowChange]:
    lanes = _lanes(pk for pair in pairs for pk in pair if pk)
    return [
        RowChange(
            lane_label(lanes[now]),
            "CHANGED" if was else "ADDED",
            _differences(lane_cells(lanes[was]) if was else {}, lane_cells(lanes[now])),
            lanes[now].row,
        )
        for now, was in pairs
    ]


def _lanes(ids: Iterable[int]) -> dict[int, Lane]:
    return Lane.objects.prefetch_related("breaks").in_bulk(list(ids))


def _differences(before: Mapping[str, str], after: Mapping[str, str]) -> tuple[CellChange, ...]:
    return tuple(
        CellChange(column, was, now, percent_change(was, now))
        for column in {**after, **before}
        if (was := before.get(column, "")) != (now := after.get(column, ""))
    )


def _kind(old: Mapping[str, object], new: Mapping[str, object], name: str) -> str:
    if name not in old:
        return "ADDED"
    return "CHANGED" if name in new else "REMOVED"


def _rules_of(version: RateCardVersion) -> dict[str, dict[str, str]]:
    """Every row beside the lanes, by the name people know it by."""
    terms = terms_of(version)
    return {
        **{rule.rule: _told(rule) for rule in terms.accessorials},
        **{f"FAK {each.label}": _cells(each, FakRow) for each in terms.fak},
        **{f"{each.label} rule": _cells(each, SpaceRow) for each in terms.space_rules},
    }


def _told(rule: AccessorialRule) -> dict[str, str]:
    """The columns of a rule as text, and what other tables hold of it."""
    tiers = "; ".join(f"{_text(tier.from_quantity)}: {_text(tier.rate)}" for tier in rule.tiers)
    return _cells(rule, RuleRow) | {"tiers": tiers} | _told_waiting(rule.detention)


def _told_waiting(terms: DetentionTerms | None) -> dict[str, str]:
    """The columns of how waiting is billed, and the minutes that are free at which stops."""
    if terms is None:
        return {}
    free = "; ".join(_told_free(each) for each in terms.free_times)
    return _cells(terms, DetentionRow) | {"free_time": free}


def _told_free(each: FreeTime) -> str:
    stop = f"{each.stop_kind.lower()} " if each.stop_kind else ""
    weight = f"from {_text(each.from_weight_lb)} lb " if each.from_weight_lb else ""
    return f"{stop}{weight}{each.minutes} min"


def _cells(value: Any, model: type[Model]) -> dict[str, str]:
    return {column: _text(held) for column, held in to_columns(value, model).items()}


def _text(value: Any) -> str:
    if isinstance(value, Decimal):
        return spell_number(value)
    return "" if value is None else str(value)
