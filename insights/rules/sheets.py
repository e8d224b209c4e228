"""Text that a spreadsheet shows and does not run."""

from collections.abc import Iterable, Iterator
from csv import writer
from io import StringIO
from typing import Any

# What begins a formula in one spreadsheet or another (OWASP, "CSV Injection").
STARTERS = ("=", "+", "-", "@", "\t", "\r", "\n", "|", "%")


def shown(value: Any) -> Any:
    """Return a cell: text that would be a formula with an apostrophe before it, numbers as such."""
    is_formula = isinstance(value, str) and value.startswith(STARTERS)
    return f"'{value}" if is_formula else value


def csv_lines(rows: Iterable[Iterable[Any]]) -> Iterator[str]:
    """Give each row as a line of CSV (RFC 4180)."""
    buffer = StringIO()
    sheet = writer(buffer)
    for row in rows:
        sheet.writerow([shown(value) for value in row])
        yield buffer.getvalue()
        buffer.seek(0)
        buffer.truncate()
