"""Fuel programmes. Once an approved version uses one, it stays as it is."""

from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal
from itertools import pairwise

from journal.operations.recording import record
from rating.engine import book as engine
from rating.engine.choices import FuelMethod, FuelUnit
from rating.events import PROGRAMME_CREATED
from rating.models import FuelIndexSeries, FuelProgramme, FuelTableRow
from rating.operations.editing.refusing import EditRefused
from rating.queries.cells.numbers import spell_number
from rating.queries.translation import to_columns

# Each month has this day.
LAST_DAY = 28


def create_programme(programme: engine.FuelProgramme, *, by: str, at: datetime) -> FuelProgramme:
    """Keep a programme with its table; its weekday is that of its series. Raises EditRefused."""
    if faults := dict(_faults(programme)):
        raise EditRefused(faults)
    columns = to_columns(programme, FuelProgramme) | to_columns(programme.timing, FuelProgramme)
    columns["series"] = FuelIndexSeries.objects.get(code=programme.series)
    row = FuelProgramme.objects.create(**columns, created_by=by, created_at=at)
    FuelTableRow.objects.bulk_create(
        FuelTableRow(programme=row, **to_columns(each, FuelTableRow)) for each in programme.rows
    )
    record(
        PROGRAMME_CREATED,
        subject=row,
        by=by,
        at=at,
        new={"name": row.name, "method": row.method, "series": programme.series},
    )
    return row


def _faults(programme: engine.FuelProgramme) -> Iterator[tuple[str, str]]:
    """Give what keeps a programme from charging fuel, by field; the last of a field counts."""
    if FuelProgramme.objects.filter(name=programme.name).exists():
        yield "name", "Another programme has this name."
    if not FuelIndexSeries.objects.filter(code=programme.series).exists():
        yield "series", f"{programme.series[:40]!r} is no index."
    if programme.method == FuelMethod.FORMULA and programme.unit == FuelUnit.PERCENT:
        yield "unit", "A formula gives money per mile."
    if programme.method == FuelMethod.TABLE and not programme.rows:
        yield "rows", "This method needs a table."
    if not 1 <= programme.timing.month_day <= LAST_DAY:
        yield "timing", f"The day of the month is from 1 to {LAST_DAY}."
    rows = sorted(programme.rows, key=lambda row: row.from_price)
    yield from _row_faults(rows)


def _row_faults(rows: list[engine.FuelRow]) -> Iterator[tuple[str, str]]:
    for row in rows:
        if row.to_price < row.from_price:
            yield "rows", f"The row from {_price(row.from_price)} ends before it begins."
    for before, after in pairwise(rows):
        if after.from_price <= before.to_price:
            told = f"The row from {_price(after.from_price)} begins inside the row from"
            yield "rows", f"{told} {_price(before.from_price)}."


def _price(price: Decimal) -> str:
    return spell_number(price)
