"""Lanes written as a file: CSV as it goes, XLSX by way of a temporary file."""

import csv
from collections.abc import Iterable, Iterator
from decimal import Decimal
from io import StringIO
from tempfile import TemporaryFile
from typing import BinaryIO

from rating.queries.cells.numbers import spell_number
from rating.queries.exports import Line

BLOCK = 500


def csv_bytes(lines: Iterable[Line]) -> Iterator[bytes]:
    """A CSV file in UTF-8 with its mark, for Excel, a block of lines at a time."""
    yield b"\xef\xbb\xbf"
    held = StringIO()
    writer = csv.writer(held, lineterminator="\r\n")
    for count, line in enumerate(lines, start=1):
        writer.writerow(spell_number(each) if isinstance(each, Decimal) else each for each in line)
        if count % BLOCK == 0:
            yield _taken(held)
    yield _taken(held)


def xlsx_file(lines: Iterable[Line], *, title: str) -> BinaryIO:
    """A workbook of one sheet in a temporary file, at its start. Numbers are numbers in it."""
    from openpyxl import Workbook  # costs 0.3 s, and only this needs it
    from openpyxl.cell import WriteOnlyCell

    book = Workbook(write_only=True)
    sheet = book.create_sheet("".join(each for each in title if each not in "[]:*?/\\")[:31])
    for line in lines:
        cells = []
        for value in line:
            cell = WriteOnlyCell(sheet, value=value)
            if isinstance(value, str):
                cell.data_type = "s"
            cells.append(cell)
        sheet.append(cells)
    file = TemporaryFile()  # noqa: SIM115  whoever sends it closes it
    book.save(file)
    file.seek(0)
    return file


def _taken(held: StringIO) -> bytes:
    taken = held.getvalue().encode()
    held.seek(0)
    held.truncate()
    return taken
