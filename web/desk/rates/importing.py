"""Rate sheets in and out: upload, preview with errors by cell, apply, export."""

from dataclasses import dataclass
from tempfile import TemporaryFile
from typing import Any

from django import forms
from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.text import get_valid_filename
from django.views.decorators.http import require_POST, require_safe
from django.views.decorators.vary import vary_on_headers

from accounts.rules import APPROVING_ROLES
from rating.models import Lane, RateImport, StagedLane
from rating.operations.exporting import csv_bytes, xlsx_file
from rating.operations.importing.opening import SheetRefused
from rating.operations.importing.receiving import (
    answer_import,
    apply_import,
    discard_import,
    inspect_sheet,
    receive_import,
)
from rating.queries.exports import list_rows
from rating.queries.staging import lanes_before, removed_lanes, staged_lanes
from rating.queries.translation import place_of
from web.access import desk, signed_in
from web.desk.rates.page import page_context, sheet_of
from web.desk.rates.sheet import RateSheet
from web.desk.rates.words import freight_words, spoken_basis
from web.refusals import Refusal, attempt

Status = RateImport.Status
IMPORTS = RateImport.objects.select_related("version__card")
WORKING = (Status.RECEIVED, Status.APPLYING)
SHOWN, SHOWN_FAULTS, SHOWN_RUNS = 50, 100, 20
CSV, XLSX = "text/csv", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MODES = [
    (RateImport.Mode.UPDATE, "Keep the lanes that the sheet does not name"),
    (RateImport.Mode.REPLACE, "Remove the lanes that the sheet does not name"),
]


class UploadForm(forms.Form):
    """A sheet, and what becomes of lanes it does not name."""

    sheet = forms.FileField(
        label="Rate sheet", help_text="CSV or XLSX: a list of lanes, or origins by destinations."
    )
    mode = forms.ChoiceField(label="Other lanes", choices=MODES)


@dataclass(frozen=True, slots=True)
class Staged:
    """A lane of the sheet beside the one it would change."""

    lane: StagedLane
    label: str
    basis: str
    freight: str
    before: Lane | None


@desk(*APPROVING_ROLES)
@require_safe
def imports(request: HttpRequest, card: int, number: int) -> HttpResponse:
    """Show the sheets that were read into a version, and the way in for another."""
    return _list(request, sheet_of(request, card, number), UploadForm())


@desk(*APPROVING_ROLES)
@require_POST
def upload(request: HttpRequest, card: int, number: int) -> HttpResponse:
    """Keep a sheet and have it read; the draft stays as it is until somebody applies it."""
    sheet = sheet_of(request, card, number)
    form = UploadForm(request.POST, request.FILES)
    if not form.is_valid():
        return _list(request, sheet, form, status=422)
    file: UploadedFile[bytes] = form.cleaned_data["sheet"]
    try:
        kept = inspect_sheet(file.name or "sheet", file.read())
    except SheetRefused as error:
        form.add_error("sheet", str(error))
        return _list(request, sheet, form, status=422)
    by, mode = signed_in(request).actor, form.cleaned_data["mode"]
    result = attempt(
        lambda: receive_import(sheet.version, upload=kept, mode=mode, by=by, at=timezone.now())
    )
    if isinstance(result, Refusal):
        form.add_error(None, result.sentence)
        return _list(request, sheet, form, status=422)
    return redirect("desk:rate_import", result.pk)


@desk(*APPROVING_ROLES)
@require_safe
@vary_on_headers("HX-Request")
def import_page(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one sheet: how far it is read, what it asks, what it would change."""
    batch = get_object_or_404(IMPORTS, pk=pk)
    is_fragment = request.headers.get("HX-Request")
    template = "desk/rates/import.html#state" if is_fragment else "desk/rates/import.html"
    return render(request, template, _context(request, batch))


@desk(*APPROVING_ROLES)
@require_POST
def answer_questions(request: HttpRequest, pk: int) -> HttpResponse:
    """Read the sheet again with the answers to what it left open."""
    batch = get_object_or_404(IMPORTS, pk=pk)
    asked = {question["name"] for question in batch.questions}
    told = {name: request.POST.get(name, "")[:80] for name in asked}
    by = signed_in(request).actor
    result = attempt(lambda: answer_import(batch, options=told, by=by, at=timezone.now()))
    return _told(request, result, pk, "The sheet is read again")


@desk(*APPROVING_ROLES)
@require_POST
def apply(request: HttpRequest, pk: int) -> HttpResponse:
    """Write what was previewed into the draft."""
    batch, by = get_object_or_404(IMPORTS, pk=pk), signed_in(request).actor
    result = attempt(lambda: apply_import(batch, by=by, at=timezone.now()))
    return _told(request, result, pk, "The lanes are on their way into the draft")


@desk(*APPROVING_ROLES)
@require_POST
def discard(request: HttpRequest, pk: int) -> HttpResponse:
    """Give a sheet up; the draft stays as it is."""
    batch, by = get_object_or_404(IMPORTS, pk=pk), signed_in(request).actor
    result = attempt(lambda: discard_import(batch, by=by, at=timezone.now()))
    return _told(request, result, pk, "The sheet is given up; the draft is as it was")


@desk()
@require_safe
def export(request: HttpRequest, card: int, number: int, kind: str) -> FileResponse:
    """Give the lanes of a version as the sheet that an import takes."""
    version = sheet_of(request, card, number).version
    name = get_valid_filename(f"{version}.{kind}")
    if kind == "xlsx":
        book = xlsx_file(list_rows(version), title=str(version))
        return FileResponse(book, as_attachment=True, filename=name, content_type=XLSX)
    if kind != "csv":
        raise Http404("Sheets are CSV or XLSX.")
    file = TemporaryFile()  # noqa: SIM115  the response closes it
    for block in csv_bytes(list_rows(version)):
        file.write(block)
    file.seek(0)
    return FileResponse(file, as_attachment=True, filename=name, content_type=CSV)


def _list(
    request: HttpRequest, sheet: RateSheet, form: UploadForm, *, status: int = 200
) -> HttpResponse:
    context = page_context(request, sheet, "desk:rate_imports")
    runs = sheet.version.imports.order_by("-id")[:SHOWN_RUNS]
    context |= {"upload_form": form, "runs": runs}
    return render(request, "desk/rates/imports.html", context, status=status)


def _context(request: HttpRequest, batch: RateImport) -> dict[str, Any]:
    is_ready = batch.status in (Status.READY, Status.APPLYING)
    staged = staged_lanes(batch, limit=SHOWN) if is_ready else []
    before = lanes_before(staged)
    removed = removed_lanes(batch, limit=SHOWN) if is_ready else []
    return {
        "batch": batch,
        "version": batch.version,
        "is_working": batch.status in WORKING,
        "can_discard": (batch.status, Status.DISCARDED) in RateImport.TRANSITIONS,
        "staged": [_staged(lane, before.get(lane.lane_id or 0)) for lane in staged],
        "removed": [_ends(lane) for lane in removed],
        "faults": batch.faults[:SHOWN_FAULTS],
    }


def _staged(lane: StagedLane, before: Lane | None) -> Staged:
    freight = freight_words(lane.equipment, lane.commodity, lane.shipment_type)
    return Staged(lane, _ends(lane), spoken_basis(lane.basis), freight, before)


def _ends(lane: Lane | StagedLane) -> str:
    return f"{place_of(lane, 'origin_').label} to {place_of(lane, 'destination_').label}"


def _told(request: HttpRequest, result: object, pk: int, done: str) -> HttpResponse:
    if isinstance(result, Refusal):
        messages.error(request, result.sentence)
    else:
        messages.success(request, done)
    return redirect("desk:rate_import", pk)
