"""Which table a sheet holds, from its headings: a list of lanes, or a grid of two ends.

A list has a column for each end, under the names people give them, in one line of headings or in
two (Origin over City, State, ZIP). A grid has places down its first column and along its first
line.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from itertools import chain, islice

from rating.operations.importing.opening import Row, SheetRefused
from rating.queries.cells.breaks import read_break_heading
from rating.queries.cells.kinds import Unclear
from rating.queries.cells.places import read_places

SEARCHED = 25


class Layout(StrEnum):
    """How a sheet names its lanes."""

    LIST = "LIST"
    GRID = "GRID"


_NAMES = {
    "rate": "rate,price,linehaul,line haul,charge,rpm,rate per mile,base rate,contract rate,amount",
    "basis": "basis,rate basis,rate type,unit,uom,per,rated as,charge basis,rate unit",
    "minimum": "minimum,min,minimum charge,min charge,amc,absolute minimum,minimum rate",
    "maximum": "maximum,max,maximum charge,max charge,cap",
    "discount_percent": "discount,disc,discount percent,discount %,disc %,discount pct",
    "cost_floor": "cost floor,floor,cost,our cost,floor rate",
    "equipment": "equipment,equip,equipment type,trailer,trailer type,mode equipment",
    "commodity": "commodity,product,goods",
    "shipment_type": "shipment type,load type,service type",
    "priority": "priority,rank",
    "breaks": "breaks,weight breaks",
}  # fmt: skip
# What a sheet says of its lines without being a column of a lane.
_BESIDE = {"currency": "currency,currency code,rate currency,cur,curr,ccy"}
_ENDS = {
    "origin": "origin,orig,from,o,shipper,pickup,pick up,ship from,org",
    "destination": "destination,dest,to,d,consignee,delivery,ship to,dst,drop",
}
_PARTS = {
    "place": ",place,location name,lane,area,name,point,code",
    "zip": "zip,zip code,zip5,5 zip,5 digit zip",
    "postal": "postal,postal code,postcode,zip3,3 zip,zip3s,3 digit zip",
    "city": "city,town",
    "state": "state,st,province,prov,state code",
    "zone": "zone",
    "region": "region",
    "country": "country,ctry,country code",
}  # fmt: skip


def _folded(text: str) -> str:
    return re.sub(r"[^a-z0-9%]+", "", text.lower())


def _synonyms() -> dict[str, str]:
    named = (_NAMES | _BESIDE).items()
    known = {_folded(name): column for column, names in named for name in names.split(",")}
    for end, prefixes in _ENDS.items():
        for part, names in _PARTS.items():
            for prefix in prefixes.split(","):
                for name in names.split(","):
                    column = end if part == "place" else f"{end}.{part}"
                    known.setdefault(_folded(prefix + name), column)
                    known.setdefault(_folded(name + prefix), column)
    return known


SYNONYMS = _synonyms()


@dataclass(frozen=True, slots=True)
class Headings:
    """Where a sheet keeps what: column number -> name, break columns, and those not understood."""

    layout: Layout
    line: int
    columns: dict[int, str] = field(default_factory=dict)
    breaks: dict[int, tuple[str, Decimal]] = field(default_factory=dict)
    ends: dict[int, str] = field(default_factory=dict)
    ignored: tuple[str, ...] = ()

    @property
    def names(self) -> list[str]:
        """The columns of a lane that the sheet names, besides its ends."""
        named = {name for name in self.columns.values() if name in _NAMES}
        if self.breaks:
            named.add("breaks")
        if self.layout == Layout.GRID:
            named.add("rate")
        return sorted(named)


def find_headings(rows: Iterator[Row]) -> tuple[Headings, Iterator[Row]]:
    """The headings of a sheet, and the lines under them.

    Raises SheetRefused when no line of the first 25 is one.
    """
    first = list(islice(rows, SEARCHED))
    for index, (line, cells) in enumerate(first):
        under = first[index + 1] if index + 1 < len(first) else (0, [])
        if found := _two_lines(cells, under):
            return found, chain(first[index + 2 :], rows)
        if found := _list_headings(line, cells) or _grid_headings(line, cells):
            return found, chain(first[index + 1 :], rows)
    raise SheetRefused(
        "No line of headings was found: name a column for origin, destination and rate, "
        "or put places along the first line and down the first column."
    )


def _two_lines(above: list[str], under: Row) -> Headings | None:
    """Headings in two lines: an end above, its parts below it."""
    line, cells = under
    if not any(_folded(text) in _BELOW for text in cells):
        return None
    return _list_headings(line, _joined(_filled(above), cells))


def _list_headings(line: int, cells: list[str]) -> Headings | None:
    columns: dict[int, str] = {}
    breaks: dict[int, tuple[str, Decimal]] = {}
    ignored = []
    for number, text in enumerate(cells):
        name = SYNONYMS.get(_folded(text))
        if name and name not in columns.values():
            columns[number] = name
        elif name:
            raise SheetRefused(f"Line {line} names {name.replace('.', ' ')} twice: {text!r}.")
        elif weight := read_break_heading(text):
            breaks[number] = weight
        elif text.strip():
            ignored.append(text.strip()[:60])
    named = set(columns.values())
    has_ends = all(any(name.partition(".")[0] == end for name in named) for end in _ENDS)
    if not has_ends or not (breaks or {"rate", "breaks"} & named):
        return None
    if len(set(breaks.values())) < len(breaks):
        raise SheetRefused(f"Line {line} names one weight break twice.")
    return Headings(Layout.LIST, line, columns, breaks, ignored=tuple(ignored))


def _grid_headings(line: int, cells: list[str]) -> Headings | None:
    ends = {number: text for number, text in enumerate(cells[1:], start=1) if text.strip()}
    if not ends or any(sign.isdigit() for sign in cells[0]):
        return None
    try:
        for text in ends.values():
            read_places(text)
    except Unclear:
        return None
    return Headings(Layout.GRID, line, ends=ends)


def _filled(cells: list[str]) -> list[str]:
    """A line of merged headings: a blank cell belongs to the heading on its left."""
    filled: list[str] = []
    for text in cells:
        filled.append(text.strip() or (filled[-1] if filled else ""))
    return filled


def _joined(above: list[str], cells: list[str]) -> list[str]:
    """Each heading with the end that stands over it; a line above that has no part below counts."""
    padded = [*above, *[""] * (len(cells) - len(above))]
    return [_under(over, text) for over, text in zip(padded, cells, strict=False)]


def _under(over: str, text: str) -> str:
    if _folded(over) in _OVER and _folded(text) in _BELOW:
        return f"{over} {text}"
    return text or over


_OVER = {_folded(name) for names in _ENDS.values() for name in names.split(",")}
_BELOW = {_folded(name) for names in _PARTS.values() for name in names.split(",") if name}
