"""A list as CSV or as an Excel workbook: values as they are, and no cell that a program would run.

A spreadsheet takes text that begins with = + - @ for a formula; such text gets an apostrophe in
front, in both formats. Numbers and instants are written as numbers and instants.
"""

import csv
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from decimal import Decimal
from itertools import chain
from tempfile import TemporaryFile

from django.http import FileResponse, HttpResponseBase, StreamingHttpResponse
from openpyxl import Workbook

Cell = str | int | Decimal | datetime | None
FORMATS = ("csv", "xlsx")
LONGEST_SHEET = 31
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
RUNS_AS_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")


def harmless(cell: Cell) -> Cell:
    """Return a cell that no spreadsheet runs; instants lose the zone that the head names."""
    if isinstance(cell, datetime):
        return cell.replace(tzinfo=None, second=0, microsecond=0)
    if isinstance(cell, str) and cell.startswith(RUNS_AS_FORMULA):
        return f"'{cell}"
    return cell


def answer_export(
    rows: Iterable[Sequence[Cell]], *, heads: Sequence[str], name: str, form: str
) -> HttpResponseBase:
    """Send rows as a file called `name`; `form` is one of FORMATS."""
    table = ([harmless(cell) for cell in row] for row in chain([heads], rows))
    if form == "xlsx":
        return _workbook(table, name=name)
    response = StreamingHttpResponse(_lines(table), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    return response


class _Echo:
    """A file that hands back what is written to it."""

    def write(self, text: str) -> str:
        return text


def _lines(table: Iterable[Sequence[Cell]]) -> Iterator[str]:
    writer = csv.writer(_Echo())
    yield "\N{ZERO WIDTH NO-BREAK SPACE}"
    for row in table:
        yield str(writer.writerow([_text(cell) for cell in row]))


def _text(cell: Cell) -> Cell:
    return f"{cell:%Y-%m-%d %H:%M}" if isinstance(cell, datetime) else cell


def _workbook(table: Iterable[Sequence[Cell]], *, name: str) -> HttpResponseBase:
    book = Workbook(write_only=True)
    sheet = book.create_sheet(name[:LONGEST_SHEET])
    for row in table:
        sheet.append(list(row))
    file = TemporaryFile()  # noqa: SIM115  the response closes it
    book.save(file)
    file.seek(0)
    return FileResponse(file, as_attachment=True, filename=f"{name}.xlsx", content_type=XLSX)
