"""A list as CSV or as an Excel workbook: values as they are, and no cell that a program would run.

A spreadsheet takes text that begins with = + - @ for a formula; such text gets an apostrophe in
front, in both formats. Numbers and instants are written as numbers and instants.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from decimal import Decimal
from itertools import chain
from tempfile import TemporaryFile

from django.http import FileResponse, HttpResponseBase, StreamingHttpResponse
from openpyxl import Workbook

from journal.rules.sheets import csv_lines, harmless

Cell = str | int | Decimal | datetime | None
FORMATS = ("csv", "xlsx")
LONGEST_SHEET = 31
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
BYTE_ORDER_MARK = "\N{ZERO WIDTH NO-BREAK SPACE}"


def answer_export(
    rows: Iterable[Sequence[Cell]], *, heads: Sequence[str], name: str, form: str
) -> HttpResponseBase:
    """Send rows as a file called `name`; `form` is one of FORMATS."""
    table = chain([heads], rows)
    if form == "xlsx":
        return _workbook(table, name=name)
    lines = csv_lines([_text(cell) for cell in row] for row in table)
    response = StreamingHttpResponse(
        chain([BYTE_ORDER_MARK], lines), content_type="text/csv; charset=utf-8"
    )
    response["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    return response


def _text(cell: Cell) -> Cell:
    return f"{cell:%Y-%m-%d %H:%M}" if isinstance(cell, datetime) else cell


def _shown(cell: Cell) -> Cell:
    """Return a cell of a workbook; an instant loses the zone, which the head names."""
    if isinstance(cell, datetime):
        return cell.replace(tzinfo=None, second=0, microsecond=0)
    return harmless(cell) if isinstance(cell, str) else cell


def _workbook(table: Iterable[Sequence[Cell]], *, name: str) -> HttpResponseBase:
    book = Workbook(write_only=True)
    sheet = book.create_sheet(name[:LONGEST_SHEET])
    for row in table:
        sheet.append([_shown(cell) for cell in row])
    file = TemporaryFile()  # noqa: SIM115  the response closes it
    book.save(file)
    file.seek(0)
    return FileResponse(file, as_attachment=True, filename=f"{name}.xlsx", content_type=XLSX)
