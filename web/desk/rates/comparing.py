"""What a version changes: lanes, rules and settings beside those of another one, cell by cell."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from typing import Any, cast

from django import forms
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_safe

from rating.models import RateCardVersion
from rating.queries.cells.lanes import ENDS
from rating.queries.comparisons import (
    CellChange,
    RowChange,
    changed_lanes,
    compare_rules,
    compare_settings,
    count_changes,
    every_lane_change,
    removed_lanes,
)
from web.access import desk
from web.actors import spoken
from web.desk.rates.freight import SpaceForm
from web.desk.rates.page import page_context, sheet_of
from web.desk.rates.rule_form import RuleForm
from web.desk.rates.settings_form import SettingsForm
from web.desk.rates.sheet import RateSheet
from web.desk.rates.words import spoken_basis
from web.lists.addresses import address_with
from web.lists.exports import answer_export

SHOWN = 50
LAST_ROW = 2**31 - 1
HEADS = ("change", "row", "what", "column", "before", "after", "percent")
FORMS: tuple[type[forms.Form], ...] = (SettingsForm, RuleForm, SpaceForm)


@dataclass(frozen=True, slots=True)
class Page:
    """A bounded list of differences, and where the next ones are."""

    rows: list[RowChange]
    next_href: str


@desk()
@require_safe
def compare(request: HttpRequest, card: int, number: int) -> HttpResponse:
    """Show what a version changes from the one before, or from the one asked for."""
    sheet = sheet_of(request, card, number)
    base, version = _base(request, sheet), sheet.version
    changed = changed_lanes(base, version, after_row=_row(request, "after"), limit=SHOWN + 1)
    counts, gone = count_changes(base, version), _row(request, "gone")
    removed = (
        removed_lanes(base, version, after_row=gone, limit=SHOWN + 1) if counts.removed else []
    )
    context = page_context(request, sheet, "desk:rate_compare")
    context |= {
        "base": base,
        "others": [each for each in sheet.versions if each.pk != version.pk],
        "counts": counts,
        "lanes": _page(request, changed, "after"),
        "removed": _page(request, removed, "gone"),
        "rules": list(_in_words(compare_rules(base, version))),
        "settings": [_spoken(cell) for cell in compare_settings(base, version)],
        "is_further": bool(_row(request, "after") or gone),
    }
    return render(request, "desk/rates/compare.html", context)


@desk()
@require_safe
def export(request: HttpRequest, card: int, number: int) -> HttpResponseBase:
    """Send every difference between two versions, a line for each cell."""
    sheet = sheet_of(request, card, number)
    base, version = _base(request, sheet), sheet.version
    name = f"{sheet.card.name} v{base.number} to v{version.number}"
    # Read before it is sent: who may read what holds for this transaction.
    rows = list(_lines(base, version))
    return answer_export(rows, heads=HEADS, name=_file_name(name), form="csv")


def _lines(base: RateCardVersion, version: RateCardVersion) -> Iterator[tuple[str, ...]]:
    for change in every_lane_change(base, version):
        yield from _row_lines(change)
    for change in _in_words(compare_rules(base, version)):
        yield from _row_lines(change)
    settings = tuple(_spoken(cell) for cell in compare_settings(base, version))
    yield from _row_lines(RowChange("Settings", "CHANGED", settings))


def _row_lines(change: RowChange) -> Iterator[tuple[str, ...]]:
    row = "" if change.row is None else str(change.row)
    for cell in change.cells:
        more = "" if cell.percent is None else f"{cell.percent}"
        yield change.kind, row, change.label, cell.column, cell.before, cell.after, more


def _base(request: HttpRequest, sheet: RateSheet) -> RateCardVersion:
    asked = request.GET.get("with", "")
    found = next((each for each in sheet.versions if str(each.number) == asked), None)
    base = found or sheet.base
    if base is None or base.pk == sheet.version.pk:
        raise Http404("There is no other version to compare with.")
    return base


def _row(request: HttpRequest, name: str) -> int:
    asked = request.GET.get(name, "")
    return min(int(asked), LAST_ROW) if asked.isascii() and asked.isdigit() else 0


def _page(request: HttpRequest, found: list[RowChange], name: str) -> Page:
    rows = [_lane_in_words(each) for each in found[:SHOWN]]
    more = len(found) > SHOWN and rows[-1].row
    return Page(rows, address_with(request, **{name: str(more)}) if more else "")


def _lane_in_words(change: RowChange) -> RowChange:
    """Return a lane with its cells as its form asks for them; its label names both ends."""
    cells = tuple(
        replace(
            cell, column=spoken(cell.column), before=_basis(cell.before), after=_basis(cell.after)
        )
        if cell.column == "basis"
        else replace(cell, column=spoken(cell.column))
        for cell in change.cells
        if cell.column not in ENDS and (cell.column, cell.before or cell.after) != ("priority", "0")
    )
    return replace(change, cells=cells)


def _basis(value: str) -> str:
    return spoken_basis(value) if value else ""


def _in_words(changes: Iterable[RowChange]) -> Iterator[RowChange]:
    for change in changes:
        cells = tuple(_spoken(cell) for cell in change.cells)
        yield replace(change, cells=cells)


def _spoken(cell: CellChange) -> CellChange:
    """Return a cell of a rule or of the settings as its form asks for it."""
    label, words = _columns().get(cell.column, (spoken(cell.column), {}))
    before, after = (words.get(value, value) for value in (cell.before, cell.after))
    return CellChange(label, before, after, cell.percent)


@cache
def _columns() -> dict[str, tuple[str, Mapping[str, str]]]:
    """Return the label of each column and the words of its choices, from the forms that ask."""
    told: dict[str, tuple[str, Mapping[str, str]]] = {}
    for form in FORMS:
        for name, field in form.base_fields.items():
            label = field.label or spoken(name)
            told[name] = str(label), _choices(field)
    return told


def _choices(field: forms.Field) -> Mapping[str, str]:
    if isinstance(field, forms.BooleanField):
        return {"True": "yes", "False": "no"}
    if isinstance(field, forms.ChoiceField) and not isinstance(field, forms.ModelChoiceField):
        return {str(value): str(words) for value, words in cast("Any", field).choices if value}
    return {}


def _file_name(name: str) -> str:
    return "".join(each if each.isalnum() and each.isascii() else "-" for each in name)[:80]
