"""An uploaded sheet as rows of cells, read as a stream: the file is never held whole.

What a file is, its bytes say. XLSX is an archive, so what it unpacks to is bounded before it is
unpacked. Nothing in a file is run: formulas give the value Excel saved, macros are refused.
"""

import csv
import re
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, time
from io import TextIOWrapper
from typing import Any, BinaryIO
from xml.etree.ElementTree import ParseError

from rating.queries.cells.kinds import Percent, Plain, spoilt

MOST_LINES = 300_000
MOST_COLUMNS = 256
LONGEST_CELL = 32_767
MOST_UNPACKED = 400 * 1024 * 1024
MOST_STRINGS = 96 * 1024 * 1024
MOST_RATIO = 250
SMALL = 1024 * 1024
SEPARATORS = (",", ";", "\t", "|")
PEEK = 64 * 1024

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
# Text that a number format shows beside the digits: quoted, escaped, padding, conditions.
_LITERALS = re.compile(r'"[^"]*"|[\\_*].|\[[^\]]*\]')
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
CSV = "text/csv"

Row = tuple[int, list[str]]


class SheetRefused(ValueError):
    """A file that is no rate sheet we can read: one sentence for whoever sent it."""

    status = 422
    code = "sheet_refused"

    def __init__(self, sentence: str, *, address: str = "") -> None:
        self.address = address
        super().__init__(sentence)


@dataclass(slots=True)
class Sheet:
    """One table of a file; `rows` yields line numbers with their cells and can be read once."""

    name: str
    rows: Iterator[Row]
    others: list[str] = field(default_factory=list)
    total: int | None = None


def kind_of(head: bytes) -> str:
    """The media type that the first bytes of a file show. Raises SheetRefused."""
    if not head:
        raise SheetRefused("The file is empty.")
    if head.startswith(b"PK\x03\x04"):
        return XLSX
    if head.startswith(OLE):
        raise SheetRefused(
            "This is an old Excel file, or one locked by a password; save it as .xlsx or .csv."
        )
    if head.startswith((b"%PDF", b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"\x1f\x8b")):
        raise SheetRefused("This is no sheet; send a .csv or an .xlsx file.")
    if b"\x00" in head and not head.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise SheetRefused("The file holds bytes that are no text; send a .csv or an .xlsx file.")
    return CSV


@contextmanager
def open_sheet(
    file: BinaryIO, *, content_type: str, sheet: str = "", separator: str = ""
) -> Iterator[Sheet]:
    """The table of a file, or of the `sheet` of that name. Raises SheetRefused, also in reading."""
    try:
        if content_type == XLSX:
            with _workbook(file) as book:
                yield _excel(book, sheet)
        else:
            yield _text(file, separator)
    except (zipfile.BadZipFile, ParseError, KeyError, EOFError, OSError) as error:
        raise SheetRefused("The Excel file is damaged; save it again and send it.") from error


# Text


def _text(file: BinaryIO, separator: str) -> Sheet:
    encoding = _encoding(file)
    file.seek(0)
    lines = TextIOWrapper(file, encoding=encoding, newline="")
    separator = separator or _separator(lines.read(PEEK))
    lines.seek(0)
    total = sum(1 for _ in lines)
    lines.seek(0)
    return Sheet("", _csv_rows(lines, separator), total=total)


def _encoding(file: BinaryIO) -> str:
    """UTF-8 if all of it is; UTF-16 by its mark; else the code page of Windows."""
    file.seek(0)
    if file.read(2) in (b"\xff\xfe", b"\xfe\xff"):
        return "utf-16"
    for encoding in ("utf-8-sig", "cp1252"):
        if _decodes(file, encoding):
            return encoding
    raise SheetRefused("The file is no text in UTF-8 or Windows-1252; save it as CSV UTF-8.")


def _decodes(file: BinaryIO, encoding: str) -> bool:
    file.seek(0)
    reader = TextIOWrapper(file, encoding=encoding)
    try:
        while part := reader.read(1024 * 1024):
            if "\x00" in part:
                raise SheetRefused("The file holds NUL bytes; save it as CSV UTF-8.")
    except UnicodeDecodeError:
        return False
    finally:
        reader.detach()
    return True


def _separator(start: str) -> str:
    """The sign that cuts most lines alike; a comma inside quotes does not count."""
    lines = [line for line in start.splitlines()[:20] if line.strip()]

    def cuts(sign: str) -> int:
        widths = [len(row) for row in csv.reader(lines, delimiter=sign)]
        usual = max(set(widths), key=widths.count, default=1)
        return (usual > 1) * widths.count(usual) * 100 + usual

    try:
        return max(SEPARATORS, key=cuts)
    except csv.Error:
        return SEPARATORS[0]


def _csv_rows(lines: TextIOWrapper, separator: str) -> Iterator[Row]:
    reader = csv.reader(lines, delimiter=separator)
    try:
        for cells in reader:
            _check_size(reader.line_num, cells)
            yield reader.line_num, cells
    except csv.Error as error:
        sentence = f"Line {reader.line_num} cannot be read: {error}."
        raise SheetRefused(sentence) from error
    finally:
        lines.detach()


def _check_size(line: int, cells: list[str]) -> None:
    if line > MOST_LINES:
        raise SheetRefused(f"The sheet has more than {MOST_LINES:,} lines.")
    if len(cells) > MOST_COLUMNS and any(cells[MOST_COLUMNS:]):
        raise SheetRefused(f"Line {line} has more than {MOST_COLUMNS} columns.")
    if any(len(cell) > LONGEST_CELL for cell in cells):
        raise SheetRefused(f"A cell of line {line} holds more than {LONGEST_CELL:,} letters.")


# Excel


@contextmanager
def _workbook(file: BinaryIO) -> Iterator[Any]:
    from openpyxl import load_workbook  # costs 0.3 s, and only sheets of Excel need it

    _check_archive(file)
    file.seek(0)
    try:
        book = load_workbook(file, read_only=True, data_only=True, keep_links=False)
    except (ValueError, TypeError, AttributeError, IndexError) as error:
        raise SheetRefused("The Excel file is damaged; save it again and send it.") from error
    try:
        yield book
    finally:
        book.close()


def _check_archive(file: BinaryIO) -> None:
    """Refuse what is no workbook, what holds macros, and what unpacks beyond all reason."""
    with zipfile.ZipFile(file) as archive:
        parts = archive.infolist()
        names = {part.filename.lower() for part in parts}
        if "xl/workbook.xml" not in names:
            raise SheetRefused("This archive is no Excel sheet; send a .csv or an .xlsx file.")
        if any(name.endswith("vbaproject.bin") for name in names):
            raise SheetRefused("The workbook holds macros; save it as .xlsx without them.")
        for part in parts:
            _check_part(part)
            if part.filename.lower().endswith((".xml", ".rels")):
                _check_xml(archive, part)
        if len(parts) > 1000 or sum(part.file_size for part in parts) > MOST_UNPACKED:
            raise SheetRefused("The workbook unpacks to more than any rate sheet holds.")


def _check_part(part: zipfile.ZipInfo) -> None:
    if part.flag_bits & 0x1:
        raise SheetRefused("The workbook is locked by a password; save it without one.")
    is_huge = part.file_size > SMALL and part.file_size > MOST_RATIO * max(part.compress_size, 1)
    if is_huge or (part.filename.endswith("sharedStrings.xml") and part.file_size > MOST_STRINGS):
        raise SheetRefused("The workbook unpacks to more than any rate sheet holds.")


def _check_xml(archive: zipfile.ZipFile, part: zipfile.ZipInfo) -> None:
    """Entities are how a few bytes of XML become gigabytes; Excel writes none."""
    with archive.open(part) as xml:
        if b"<!" in xml.read(4096).replace(b"<!--", b""):
            raise SheetRefused("The workbook declares XML entities, which Excel never does.")


def _excel(book: Any, wanted: str) -> Sheet:
    names = [sheet.title for sheet in book.worksheets if sheet.sheet_state == "visible"]
    if not names or (wanted and wanted not in names):
        raise SheetRefused(f"The workbook has no visible sheet {wanted!r}.")
    sheet = book[wanted or names[0]]
    total = sheet.max_row
    sheet.reset_dimensions()
    return Sheet(
        sheet.title,
        _excel_rows(sheet),
        others=[name for name in names if name != sheet.title],
        total=total if total and total <= MOST_LINES else None,
    )


def _excel_rows(sheet: Any) -> Iterator[Row]:
    for line, row in enumerate(sheet.iter_rows(), start=1):
        cells = [_cell(cell) for cell in row]
        while cells and not cells[-1]:
            cells.pop()
        _check_size(line, cells)
        yield line, cells


def _cell(cell: Any) -> str:
    value = cell.value
    if value is None:
        return ""
    if cell.data_type == "e":
        return spoilt(str(value), "is an error of a formula")
    if isinstance(value, bool):
        return spoilt(str(value).upper(), "is a yes or no")
    if isinstance(value, int | float):
        return _number(value, cell.number_format)
    if isinstance(value, datetime | date | time):
        return spoilt(str(value).removesuffix(" 00:00:00"), "is a date")
    return str(value)


def _number(value: float, shown_as: str) -> str:
    """The digits that Excel shows; it keeps 15 of them. 00000 is a ZIP, 0% a share."""
    shown_as = _LITERALS.sub("", shown_as).partition(";")[0]
    is_percent = "%" in shown_as
    if is_percent:
        value *= 100
    text = format(value, ".15g")
    if "e" in text or text in ("inf", "nan"):
        text = f"{value:.10f}".rstrip("0").rstrip(".")
    if shown_as and not shown_as.strip("0"):
        text = text.zfill(len(shown_as))
    return Percent(text) if is_percent else Plain(text)
