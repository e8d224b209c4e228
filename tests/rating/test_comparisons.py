"""What a new version changes, cell by cell."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from rating.engine.book import FreeTime, WeightBreak
from rating.engine.choices import Basis
from rating.engine.freight import FakRange
from rating.engine.places import Place
from rating.operations.carding import Settings, draft_next
from rating.queries.comparisons import (
    CellChange,
    Changes,
    changed_lanes,
    compare_rules,
    compare_settings,
    count_changes,
    percent_change,
    removed_lanes,
)
from tests.rating.engine.building import DETENTION, LANES, STOP_OFF
from tests.rating.making import MANAGER, NOW, drafted
from tests.rating.rich import rich_rows

pytestmark = pytest.mark.django_db
LATER = date(2026, 12, 1)


@pytest.fixture
def pair():
    dearer = replace(LANES[0], row=5, rate=Decimal("2.49"))
    new = replace(LANES[0], row=6, destination=Place.parse("KY"))
    before = drafted(accessorials=(STOP_OFF, DETENTION))
    after = drafted(
        before.card,
        effective_from=LATER,
        lanes=(dearer, new),
        accessorials=(replace(STOP_OFF, rate=Decimal(80)), replace(DETENTION, rule="DET-5")),
    )
    return before, after


def test_lanes_that_changed_came_and_went_are_told(pair):
    changed, added = changed_lanes(*pair)
    (removed,) = removed_lanes(*pair)

    assert (changed.label, changed.kind, changed.row) == ("604 to 431", "CHANGED", 5)
    assert changed.cells == (CellChange("rate", "2.42", "2.49", Decimal("2.9")),)
    assert (added.label, added.kind) == ("604 to KY", "ADDED")
    assert (removed.label, removed.kind, removed.row) == ("604 to OH", "REMOVED", 2)
    assert count_changes(*pair) == Changes(added=1, changed=1, removed=1, unchanged=0)


def test_changes_come_in_pages(pair):
    (first,) = changed_lanes(*pair, limit=1)
    (second,) = changed_lanes(*pair, after_row=5, limit=1)

    assert (first.row, second.row) == (5, 6)
    assert changed_lanes(*pair, after_row=6) == []
    assert removed_lanes(*pair, after_row=2) == []


def test_another_row_number_is_not_a_change():
    before = drafted()
    moved = tuple(replace(lane, row=lane.row + 10) for lane in LANES)
    after = drafted(before.card, lanes=moved)

    assert changed_lanes(before, after) == removed_lanes(before, after) == []
    assert count_changes(before, after) == Changes(0, 0, 0, 2)


def test_a_weight_break_is_a_cell_too():
    breaks = tuple(
        WeightBreak(from_weight_lb=Decimal(weight), rate=Decimal(rate))
        for weight, rate in ((0, "14.38"), (500, "10.29"))
    )
    weighed = replace(LANES[0], basis=Basis.PER_CWT, breaks=breaks)
    before = drafted(lanes=(weighed,))
    after = drafted(before.card, lanes=(replace(weighed, breaks=breaks[:1]),))

    (change,) = changed_lanes(before, after)

    assert change.cells == (CellChange("breaks", "0: 14.38; 500: 10.29", "0: 14.38"),)


def test_rules_that_changed_came_and_went_are_told(pair):
    changes = {change.label: change for change in compare_rules(*pair)}

    assert {label: change.kind for label, change in changes.items()} == {
        "STOP-1": "CHANGED", "DET-5": "ADDED", "DET-4": "REMOVED",
    }  # fmt: skip
    assert changes["STOP-1"].cells == (CellChange("rate", "75", "80", Decimal("6.7")),)


def test_ranges_of_classes_and_space_rules_are_told_like_any_rule():
    rich = rich_rows()
    before = drafted(accessorials=(), fak=rich["fak"], space_rules=rich["space_rules"])
    (space,) = rich["space_rules"]
    wider = FakRange(min_class="50", max_class="100", rated_class="70")
    after = drafted(
        before.card, effective_from=LATER, accessorials=(), fak=(wider,),
        space_rules=(replace(space, over=Decimal(350)),),
    )  # fmt: skip

    changes = {change.label: change for change in compare_rules(before, after)}

    assert {label: change.kind for label, change in changes.items()} == {
        "FAK 50 to 100": "ADDED", "Cubic capacity rule": "CHANGED", "FAK 50 to 77.5": "REMOVED",
    }  # fmt: skip
    assert changes["Cubic capacity rule"].cells == (
        CellChange("over", "750", "350", Decimal("-53.3")),
    )


def test_settings_that_changed_are_told():
    before = drafted()
    after = drafted(
        before.card, effective_from=LATER, settings=Settings(discount_percent=Decimal(5))
    )

    assert compare_settings(before, after) == [
        CellChange("effective_from", "2026-10-01", "2026-12-01"),
        CellChange("discount_percent", "0", "5"),
    ]


def test_a_next_draft_is_the_same_but_for_its_period():
    before = drafted(**rich_rows())
    after = draft_next(before, effective_from=LATER, by=MANAGER, at=NOW)

    assert count_changes(before, after) == Changes(0, 0, 0, 3)
    assert compare_rules(before, after) == []
    assert [change.column for change in compare_settings(before, after)] == ["effective_from"]


@pytest.mark.parametrize(
    ("before", "after", "percent"),
    [("2.31", "2.19", Decimal("-5.2")), ("0", "1", None), ("", "1", None), ("FLAT", "1", None)],
)
def test_percent_is_told_of_numbers_only(before, after, percent):
    assert percent_change(before, after) == percent


def test_a_change_in_how_waiting_is_billed_is_told_by_what_changed():
    terms = DETENTION.detention
    assert terms
    before = drafted(accessorials=(DETENTION,))
    longer = replace(terms, free_times=(FreeTime(minutes=90),), increment_minutes=30)
    after = drafted(
        before.card, effective_from=LATER, accessorials=(replace(DETENTION, detention=longer),)
    )

    (change,) = compare_rules(before, after)

    assert {(cell.column, cell.after) for cell in change.cells} == {
        ("increment_minutes", "30"),
        ("free_time", "90 min"),
    }
