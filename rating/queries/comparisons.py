"""What changed between two versions of a card."""

from collections.abc import Hashable, Mapping
from dataclasses import dataclass, replace

from rating.engine.book import AccessorialRule, LaneRow
from rating.models import RateCardVersion
from rating.queries.books import whole_book

Row = LaneRow | AccessorialRule


@dataclass(frozen=True, slots=True)
class Change:
    """A row before and after: added without a before, removed without an after."""

    label: str
    before: Row | None
    after: Row | None


def compare_versions(before: RateCardVersion, after: RateCardVersion) -> list[Change]:
    """Every lane and rule that differs: lanes first, those of `after` before those removed.

    A lane is the same lane when it prices the same freight between the same places, whatever
    its row number.
    """
    old, new = whole_book(before), whole_book(after)
    return [
        *_differences(_by_scope(old.lanes), _by_scope(new.lanes)),
        *_differences(_by_name(old.accessorials), _by_name(new.accessorials)),
    ]


def _by_scope(lanes: tuple[LaneRow, ...]) -> dict[Hashable, Row]:
    return {
        (lane.origin, lane.destination, lane.equipment, lane.commodity, lane.shipment_type): lane
        for lane in lanes
    }


def _by_name(rules: tuple[AccessorialRule, ...]) -> dict[Hashable, Row]:
    return {rule.rule: rule for rule in rules}


def _differences(old: Mapping[Hashable, Row], new: Mapping[Hashable, Row]) -> list[Change]:
    return [
        Change(_label(row), before, after)
        for key, row in {**new, **{k: v for k, v in old.items() if k not in new}}.items()
        if _same(before := old.get(key), after := new.get(key)) is False
    ]


def _same(before: Row | None, after: Row | None) -> bool:
    if isinstance(before, LaneRow) and isinstance(after, LaneRow):
        return replace(before, row=after.row) == after
    return before == after


def _label(row: Row) -> str:
    return row.label if isinstance(row, LaneRow) else row.rule
