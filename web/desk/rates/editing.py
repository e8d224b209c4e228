"""Lanes of a draft, a cell at a time or as a whole."""

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST
from django.views.decorators.vary import vary_on_headers

from accounts.rules import APPROVING_ROLES
from rating.models import Lane
from rating.operations.editing import (
    LANE_COLUMNS,
    EditRefused,
    add_lane,
    change_lane,
    lane_cells,
    remove_lane,
)
from rating.queries.floors import with_floors
from web.access import desk, signed_in
from web.desk.rates.lane_form import LaneForm
from web.desk.rates.lanes import lane_rows
from web.desk.rates.page import page_context, sheet_of
from web.desk.rates.sheet import RateSheet
from web.refusals import attempt

OK, REFUSED = 200, 422


@desk(*APPROVING_ROLES)
@require_POST
@vary_on_headers("HX-Request")
def change_cell(request: HttpRequest, card: int, number: int, row: int) -> HttpResponse:
    """Change the cell that was typed in; answer the row, with its delta or what is wrong."""
    sheet, by = sheet_of(request, card, number), signed_in(request).actor
    told = {name: request.POST[name][:200] for name in LANE_COLUMNS if name in request.POST}
    seen = _seen(request, told)
    faults = _faults(
        lambda: change_lane(
            sheet.version, row=row, changes=told, seen=seen, by=by, at=timezone.now()
        )
    )
    if not request.headers.get("HX-Request"):
        if faults:
            messages.error(request, "; ".join(faults.values()))
        return redirect("desk:rate_card", card, number)
    return _row(request, sheet, row, faults, told)


@desk(*APPROVING_ROLES)
@require_http_methods(["GET", "HEAD", "POST"])
def new_lane(request: HttpRequest, card: int, number: int) -> HttpResponse:
    """Add a lane to a draft."""
    sheet = sheet_of(request, card, number)
    if request.method != "POST":
        return _form(request, sheet, LaneForm(initial={"basis": "PER_MILE"}))
    form, by = LaneForm(request.POST), signed_in(request).actor
    form.is_valid()
    faults = _faults(lambda: add_lane(sheet.version, values=form.told(), by=by, at=timezone.now()))
    if faults:
        form.refuse(faults)
        return _form(request, sheet, form, status=REFUSED)
    messages.success(request, "The lane is in the draft")
    return redirect("desk:rate_card", card, number)


@desk(*APPROVING_ROLES)
@require_http_methods(["GET", "HEAD", "POST"])
def lane_page(request: HttpRequest, card: int, number: int, row: int) -> HttpResponse:
    """Show every cell of a lane, and change those that were changed."""
    sheet = sheet_of(request, card, number)
    lane = get_object_or_404(sheet.version.lanes.prefetch_related("breaks"), row=row)
    cells = lane_cells(lane)
    if request.method != "POST":
        return _form(request, sheet, LaneForm(initial=cells), lane=lane, cells=cells)
    form, by = LaneForm(request.POST), signed_in(request).actor
    form.is_valid()
    seen = _seen(request, cells)
    told = {name: text for name, text in form.told().items() if text != seen.get(name, "")}
    touched = {name: seen[name] for name in told if name in seen}
    faults = _faults(
        lambda: change_lane(
            sheet.version, row=row, changes=told, seen=touched, by=by, at=timezone.now()
        )
    )
    if faults:
        form.refuse(faults)
        return _form(request, sheet, form, lane=lane, cells=cells, status=REFUSED)
    messages.success(request, f"Row {row} is changed")
    return redirect("desk:rate_card", card, number)


@desk(*APPROVING_ROLES)
@require_POST
def remove(request: HttpRequest, card: int, number: int, row: int) -> HttpResponse:
    """Take a lane out of a draft."""
    sheet, by = sheet_of(request, card, number), signed_in(request).actor
    faults = _faults(lambda: remove_lane(sheet.version, row=row, by=by, at=timezone.now()))
    if faults:
        messages.error(request, "; ".join(faults.values()))
    else:
        messages.success(request, f"Row {row} is removed")
    return redirect("desk:rate_card", card, number)


def _seen(request: HttpRequest, names: Mapping[str, str]) -> dict[str, str]:
    """Return what the editor saw in the cells, as the page gave it along."""
    return {name: request.POST[f"seen_{name}"] for name in names if f"seen_{name}" in request.POST}


def _faults(operation: Any) -> dict[str, str]:
    """Run an edit; return what was wrong by cell, nothing when it was made."""
    told: dict[str, str] = {}

    def run() -> None:
        try:
            operation()
        except EditRefused as error:
            told.update(error.faults)
            raise

    refusal = attempt(run)
    if refusal is not None and not told:
        told[refusal.field] = refusal.sentence
    return told


def _row(
    request: HttpRequest, sheet: RateSheet, row: int, faults: dict[str, str], told: dict[str, str]
) -> HttpResponse:
    lanes = list(with_floors(Lane.objects.filter(version=sheet.version, row=row)))
    if not lanes:
        return HttpResponse(status=REFUSED)
    (shown,) = lane_rows(lanes, base=sheet.base, currency=sheet.card.currency, at=sheet.at)
    context = page_context(request, sheet, "desk:rate_card")
    context |= {"row": shown, "faults": faults, "told": told if faults else {}}
    status = REFUSED if faults else OK
    return render(request, "desk/rates/lane_row.html", context, status=status)


def _form(
    request: HttpRequest,
    sheet: RateSheet,
    form: LaneForm,
    *,
    lane: Lane | None = None,
    cells: Mapping[str, str] | None = None,
    status: int = OK,
) -> HttpResponse:
    context = page_context(request, sheet, "desk:rate_card")
    context |= {"form": form, "lane": lane, "cells": cells or {}}
    return render(request, "desk/rates/lane.html", context, status=status)
