"""The lanes of a version as the sheet that import takes, a block of rows at a time."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.db.models import Count

from journal.rules.sheets import harmless
from rating.engine.choices import PlaceKind
from rating.engine.places import Place
from rating.models import Lane, LaneBreak, RateCardVersion
from rating.queries.cells.breaks import Break, spell_break_heading, spell_breaks
from rating.queries.cells.columns import BLANK, READERS
from rating.queries.cells.numbers import spell_number
from rating.queries.cells.places import spell_place
from rating.queries.translation import place_of

BLOCK = 2_000
MOST_BREAK_COLUMNS = 60
MOST_GRID_COLUMNS = 255
PLACES = ("origin", "destination")
Cell = str | Decimal | int | None
Line = list[Cell]


class NoGrid(ValueError):
    """The lanes differ in more than their ends and rate, so no grid can show them."""

    status = 409
    code = "no_grid"


@dataclass(frozen=True, slots=True)
class _List:
    """The columns of a list: those of a lane, then a column for each weight break."""

    breaks: Sequence[tuple[str, Decimal]] = ()
    in_one_cell: bool = False
    headings: Line = field(default_factory=list)


def list_rows(version: RateCardVersion) -> Iterator[Line]:
    """Headings, then one line a lane in the order of the rows. Memory does not grow with them."""
    shape = _shape_of(version)
    yield shape.headings
    for lanes in _blocks(version):
        held = _breaks_of(lanes)
        for lane in lanes:
            yield _line(lane, held.get(lane.pk, []), shape)


def grid_rows(version: RateCardVersion) -> Iterator[Line]:
    """Origins down, destinations across, a rate in each cell. Raises NoGrid before the first."""
    columns = _grid_columns(version)
    return _grid_lines(version, columns)


def _blocks(version: RateCardVersion) -> Iterator[list[Lane]]:
    """The lanes of a version by row; each block starts after the last row of the one before."""
    last = 0
    while lanes := list(Lane.objects.filter(version=version, row__gt=last).order_by("row")[:BLOCK]):
        yield lanes
        last = lanes[-1].row


def _breaks_of(lanes: Iterable[Lane]) -> dict[int, list[Break]]:
    held: dict[int, list[Break]] = {}
    rows = LaneBreak.objects.filter(lane__in=[lane.pk for lane in lanes])
    for row in rows.order_by("lane", "freight_class", "from_weight_lb"):
        held.setdefault(row.lane_id, []).append((row.freight_class, row.from_weight_lb, row.rate))
    return held


def _shape_of(version: RateCardVersion) -> _List:
    kinds = (
        LaneBreak.objects.filter(lane__version=version)
        .order_by("freight_class", "from_weight_lb")
        .values_list("freight_class", "from_weight_lb")
        .distinct()[: MOST_BREAK_COLUMNS + 1]
    )
    breaks = list(kinds)
    fixed: Line = [*PLACES, *(name.replace("_", " ") for name in READERS)]
    if len(breaks) > MOST_BREAK_COLUMNS:
        return _List(in_one_cell=True, headings=[*fixed, "breaks"])
    return _List(breaks, headings=[*fixed, *(spell_break_heading(*each) for each in breaks)])


def _line(lane: Lane, breaks: list[Break], shape: _List) -> Line:
    line: Line = [harmless(spell_place(place_of(lane, f"{end}_"))) for end in PLACES]
    line += [_cell(getattr(lane, name)) for name in READERS]
    if shape.in_one_cell:
        return [*line, spell_breaks(breaks)]
    rates = {(of, weight): rate for of, weight, rate in breaks}
    return [*line, *(_cell(rates.get(each)) for each in shape.breaks)]


def _cell(value: Any) -> Cell:
    if isinstance(value, Decimal):
        return Decimal(spell_number(value))
    return harmless(value) if isinstance(value, str) else value


def _grid_columns(version: RateCardVersion) -> list[tuple[str, str, str]]:
    """The destinations of a grid, in the order of their first rows."""
    lanes = Lane.objects.filter(version=version).order_by()
    plain = {name: value for name, value in BLANK.items() if name != "rate"}
    kinds = lanes.values_list("basis", *plain).annotate(lanes=Count("pk"))[:2]
    same = list(kinds)
    has_breaks = LaneBreak.objects.filter(lane__version=version).exists()
    if len(same) != 1 or has_breaks or list(same[0][1:-1]) != list(plain.values()):
        raise NoGrid("The lanes differ in more than their ends and rates; export a list.")
    named = lanes.values_list(
        "destination_kind", "destination_country", "destination_value"
    ).distinct()
    columns = list(named.order_by("destination_key")[: MOST_GRID_COLUMNS + 1])
    if len(columns) > MOST_GRID_COLUMNS:
        raise NoGrid(f"More than {MOST_GRID_COLUMNS} destinations are no grid; export a list.")
    return columns


def _grid_lines(version: RateCardVersion, columns: list[tuple[str, str, str]]) -> Iterator[Line]:
    yield ["origin", *(_spelled(*column) for column in columns)]
    origin: tuple[str, str, str] | None = None
    rates: dict[tuple[str, str, str], Cell] = {}
    lanes = Lane.objects.filter(version=version).order_by("origin_key", "destination_key")
    for lane in lanes.iterator(chunk_size=BLOCK):
        here = (lane.origin_kind, lane.origin_country, lane.origin_value)
        if origin and here != origin:
            yield [_spelled(*origin), *(rates.get(column) for column in columns)]
            rates = {}
        origin = here
        there = (lane.destination_kind, lane.destination_country, lane.destination_value)
        rates[there] = _cell(lane.rate)
    if origin:
        yield [_spelled(*origin), *(rates.get(column) for column in columns)]


def _spelled(kind: str, country: str, value: str) -> str:
    return harmless(spell_place(Place(PlaceKind(kind), value, country)))
