"""Text that a spreadsheet shows and does not run, and lines of CSV made of it."""

import re
from collections.abc import Iterable, Iterator
from csv import writer
from io import StringIO
from typing import Any

# What begins a formula in one spreadsheet or another (OWASP, "CSV Injection"), guarded or not.
_RUNS = re.compile(r"'*[=+\-@\t\r\n|%]")
# What XML 1.0 has no sign for, and a workbook with it therefore no cell (ECMA-376, 18.3.1.4).
_UNWRITABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_NUMBER = re.compile(r"-?\d+(\.\d+)?")


def harmless(text: str) -> str:
    """Return text for a cell: what would run gets an apostrophe before it; a number stays.

    Control characters that no workbook can hold are left out.
    """
    text = _UNWRITABLE.sub("", text)
    return f"'{text}" if _RUNS.match(text) and not _NUMBER.fullmatch(text) else text


def without_guard(text: str) -> str:
    """Return the text that `harmless` was given."""
    return text[1:] if text.startswith("'") and _RUNS.match(text[1:]) else text


def csv_lines(rows: Iterable[Iterable[Any]]) -> Iterator[str]:
    """Give each row as a line of CSV (RFC 4180), its text harmless and its numbers as such."""
    buffer = StringIO()
    sheet = writer(buffer)
    for row in rows:
        sheet.writerow([harmless(cell) if isinstance(cell, str) else cell for cell in row])
        yield buffer.getvalue()
        buffer.seek(0)
        buffer.truncate()
