"""The board as a file: the loads of the current view, in its columns and its order."""

from collections.abc import Callable, Iterator
from datetime import datetime

from django.http import Http404, HttpRequest, HttpResponseBase
from django.utils import timezone
from django.views.decorators.http import require_safe

from web.access import desk
from web.desk.board.bands import read_page
from web.desk.board.columns import Column
from web.desk.board.rows import BoardRow, read_rows
from web.desk.board.sheet import Sheet
from web.lists.exports import FORMATS, Cell, answer_export
from web.templatetags.clocks import in_zone, zone_of
from web.templatetags.statuses import look_of

BLOCK = 200
# Beyond this many a person wants a report, not a board.
MOST_LOADS = 10_000

# What a column says in a file; instants are on the clock of the reader.
VALUES: dict[str, Callable[[BoardRow], Cell]] = {
    "load": lambda row: row.load.number,
    "status": lambda row: row.words or look_of("load", row.load.status).word,
    "customer": lambda row: row.load.customer.name,
    "lane": lambda row: _lane(row),
    "pickup": lambda row: row.load.pickup_from,
    "delivery": lambda row: row.load.delivery_from,
    "driver": lambda row: str(row.load.driver or row.load.carrier or ""),
    "equipment": lambda row: row.load.get_equipment_display(),
    "charges": lambda row: row.charges,
    "latest": lambda row: row.latest.words if row.latest else "",
    "commodity": lambda row: row.load.commodity,
    "weight": lambda row: row.load.weight_lb,
    "miles": lambda row: row.load.miles,
    "stops": lambda row: row.load.stop_count,
}


@desk()
@require_safe
def export(request: HttpRequest, form: str) -> HttpResponseBase:
    """Send the whole view as CSV or XLSX, not its first page only."""
    if form not in FORMATS:
        raise Http404
    sheet = Sheet(request, at=timezone.now())
    zone = sheet.user.timezone
    heads = [_head(column, zone) for column in sheet.columns]
    rows = ([_cell(column, row, zone) for column in sheet.columns] for row in _rows(sheet))
    name = f"board-{in_zone(sheet.at, zone):%Y-%m-%d-%H%M}"
    return answer_export(list(rows), heads=heads, name=name, form=form)


def _rows(sheet: Sheet) -> Iterator[BoardRow]:
    """Read the board page by page, so that memory holds one page of loads."""
    cursor, count = "", 0
    while True:
        page = read_page(sheet.found, sheet.parts, cursor=cursor, size=BLOCK)
        yield from read_rows(page, sheet.parts, at=sheet.at)
        cursor, count = page.next, count + len(page.places)
        if not cursor or count >= MOST_LOADS:
            return


def _head(column: Column, zone: str) -> str:
    return f"{column.head}, {zone_of(zone)}" if column.is_instant else column.head


def _cell(column: Column, row: BoardRow, zone: str) -> Cell:
    value = VALUES[column.key](row)
    return in_zone(value, zone) if isinstance(value, datetime) else value


def _lane(row: BoardRow) -> str:
    load = row.load
    origin = f"{load.origin_city} {load.origin_state}".strip()
    return f"{origin} to {load.destination_city} {load.destination_state}".strip()
