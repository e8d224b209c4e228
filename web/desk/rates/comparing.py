"""What a version changes: lanes and rules beside those of the version before, cell by cell."""

from collections.abc import Iterator
from dataclasses import dataclass, fields
from decimal import Decimal
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from rating.engine.book import AccessorialRule, LaneRow
from rating.engine.wording import number
from rating.models import RateCardVersion
from rating.queries.comparisons import Change, compare_versions
from web.access import desk
from web.desk.rates.page import page_context, sheet_of
from web.desk.rates.sheet import RateSheet
from web.desk.rates.words import (
    approval_words,
    charge_words,
    freight_words,
    spoken_basis,
    when_words,
)

# Beyond this many the page says so; the sheet has them all.
SHOWN = 500
PERCENT = Decimal(100)


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell before and after."""

    name: str
    before: str
    after: str
    percent: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Changed:
    """A lane or a rule that differs, with the cells that do."""

    label: str
    look: str
    cells: tuple[Cell, ...]


@desk()
@require_safe
def compare(request: HttpRequest, card: int, number: int) -> HttpResponse:
    """Show what a version changes from the one before, or from the one asked for."""
    sheet = sheet_of(request, card, number)
    base = _base(request, sheet)
    changes = compare_versions(base, sheet.version)
    lanes = [each for each in changes if isinstance(each.after or each.before, LaneRow)]
    rules = [each for each in changes if not isinstance(each.after or each.before, LaneRow)]
    context = page_context(request, sheet, "desk:rate_compare")
    context |= {
        "base": base,
        "others": [each for each in sheet.versions if each.pk != sheet.version.pk],
        "lanes": [_changed(each, sheet.card.currency) for each in lanes[:SHOWN]],
        "rules": [_changed(each, sheet.card.currency) for each in rules],
        "added": sum(each.before is None for each in lanes),
        "removed": sum(each.after is None for each in lanes),
        "altered": sum(None not in (each.before, each.after) for each in lanes),
        "hidden": max(0, len(lanes) - SHOWN),
    }
    return render(request, "desk/rates/compare.html", context)


def _base(request: HttpRequest, sheet: RateSheet) -> RateCardVersion:
    asked = request.GET.get("with", "")
    found = next((each for each in sheet.versions if str(each.number) == asked), None)
    base = found or sheet.base
    if base is None or base.pk == sheet.version.pk:
        raise Http404("There is no other version to compare with.")
    return base


def _changed(change: Change, currency: str) -> Changed:
    look = "removed" if change.after is None else "added" if change.before is None else "changed"
    row = change.after or change.before
    label = row.label if isinstance(row, LaneRow) else f"{row.rule} {row.name}" if row else ""
    before, after = _cells(change.before, currency), _cells(change.after, currency)
    cells = tuple(
        Cell(name, before.get(name, ""), after.get(name, ""), _percent(change, name))
        for name in {**before, **after}
        if before.get(name, "") != after.get(name, "")
    )
    freight = freight_words(row.equipment, row.commodity, row.shipment_type) if row else ""
    return Changed(f"{label}, {freight}" if freight else label, look, cells)


def _cells(row: LaneRow | AccessorialRule | None, currency: str) -> dict[str, str]:
    if row is None:
        return {}
    if isinstance(row, LaneRow):
        return dict(_lane_cells(row))
    return {
        "When": when_words(row),
        "Charge": charge_words(row, currency),
        "Approval": approval_words(row, currency),
    }


def _lane_cells(lane: LaneRow) -> Iterator[tuple[str, str]]:
    yield "Basis", spoken_basis(lane.basis)
    for field in fields(LaneRow):
        value: Any = getattr(lane, field.name)
        if isinstance(value, Decimal):
            yield field.name.replace("_", " ").capitalize(), number(value, places=2)
    if lane.priority:
        yield "Priority", str(lane.priority)
    for each in lane.breaks:
        klass = f", class {each.freight_class}" if each.freight_class else ""
        yield f"From {number(each.from_weight_lb)} lb{klass}", number(each.rate, places=2)


def _percent(change: Change, name: str) -> Decimal | None:
    before, after = change.before, change.after
    if name != "Rate" or not isinstance(before, LaneRow) or not isinstance(after, LaneRow):
        return None
    if not before.rate or before.basis != after.basis:
        return None
    return (after.rate - before.rate) / before.rate * PERCENT
