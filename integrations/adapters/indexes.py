"""A publisher's file of a weekly index: CSV, or the text table behind a spreadsheet.

What stands above the table is let pass. From the first dated row on every row must read, so that
half a file is never taken for the whole.
"""

import csv
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from io import StringIO

from integrations.adapters.wire import NoAnswerError, UnreachableError, exchange, retry_after
from integrations.events import FeedError

FILE_BYTES = 5_000_000
_VALUE = re.compile(r"[0-9]{1,3}(\.[0-9]{1,6})?", re.ASCII)
_FORMATS = ("%Y-%m-%d", "%m/%d/%Y", "%b %d, %Y", "%B %d, %Y", "%Y%m%d", "%d-%b-%Y")
# How publishers say that a price is withheld or not surveyed.
_NO_VALUE = frozenset({"", "-", "--", "NA", "N/A", "W", "."})
_BINARY = {b"\xd0\xcf\x11\xe0": "an old binary spreadsheet", b"PK\x03\x04": "a zipped spreadsheet"}
_HTML = ("<!doctype", "<html")


class IndexFileError(ValueError):
    """A file that is no table of prices; says in one sentence what is wrong, and where."""


@dataclass(frozen=True, slots=True)
class Price:
    """One row: the day it stands under, and the value."""

    day: date
    value: Decimal


def fetch_file(url: str) -> bytes:
    """Return the file behind `url`; what follows # names a column and is not sent.

    Raises:
        FeedError: no answer, or a refusal.
    """
    try:
        answer = exchange("GET", url.partition("#")[0], limit_bytes=FILE_BYTES)
    except (UnreachableError, NoAnswerError) as error:
        raise FeedError(str(error)) from error
    if answer.status != 200:
        message = f"The publisher answered {answer.status}."
        raise FeedError(message, wait_seconds=retry_after(answer.headers))
    return answer.body


def read_prices(body: bytes, *, column: str = "") -> list[Price]:
    """Return the prices of a file in order of their days, from its first value column or `column`.

    Raises:
        IndexFileError: no table, an unknown column, a row that cannot be read, or two values for
            one day.
    """
    rows = list(_rows(_text(body)))
    start = next((n for n, (_, cells) in enumerate(rows) if _day(cells[0])), None)
    if start is None:
        raise IndexFileError("The file has no row that begins with a date.")
    place = _place_of(column, [cells for _, cells in rows[:start]])
    found: dict[date, Decimal] = {}
    for number, cells in rows[start:]:
        price = _price(number, cells, place)
        if price and found.setdefault(price.day, price.value) != price.value:
            raise IndexFileError(f"Line {number}: {price.day} has two values.")
    return [Price(day, found[day]) for day in sorted(found)]


def _text(body: bytes) -> str:
    kind = next((words for mark, words in _BINARY.items() if body.startswith(mark)), "")
    if kind:
        raise IndexFileError(f"The file is {kind}; name the publisher's CSV instead.")
    try:
        text = body.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise IndexFileError("The file is no text.") from error
    if text.lstrip()[:9].casefold().startswith(_HTML):
        raise IndexFileError("The file is a web page, not a table.")
    return text.replace("\x00", "")


def _rows(text: str) -> Iterator[tuple[int, list[str]]]:
    """Yield each line that holds anything, with its number."""
    delimiter = next((mark for mark in ("\t", ";") if mark in text), ",")
    for number, cells in enumerate(csv.reader(StringIO(text), delimiter=delimiter), start=1):
        tidy = [cell.strip() for cell in cells]
        if any(tidy):
            yield number, tidy


def _place_of(column: str, above: Sequence[Sequence[str]]) -> int:
    """Return which cell holds the value: the one under the column's name, else the second."""
    if not column:
        return 1
    for cells in above:
        if column in cells:
            return cells.index(column)
    raise IndexFileError(f"The file has no column {column[:40]}.")


def _price(number: int, cells: Sequence[str], place: int) -> Price | None:
    day = _day(cells[0])
    if day is None:
        raise IndexFileError(f"Line {number}: {cells[0][:40]!r} is no date.")
    told = cells[place] if len(cells) > place else ""
    if told.upper() in _NO_VALUE:
        return None
    if not _VALUE.fullmatch(told):
        raise IndexFileError(f"Line {number}: {told[:40]!r} is no price.")
    return Price(day, Decimal(told))


def _day(text: str) -> date | None:
    for form in _FORMATS:
        try:
            return datetime.strptime(text, form).date()  # noqa: DTZ007
        except ValueError:
            continue
    return None
