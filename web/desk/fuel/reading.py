"""A fuel programme as a card shows it: in words, with the price and the row in force."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from rating.engine.book import FuelProgramme
from rating.engine.choices import FuelMethod, FuelUnit
from rating.engine.facts import LoadFacts
from rating.engine.fuel_index import Reading, Unpublished, read_index
from rating.engine.fuel_methods import OutOfTable, surcharge
from rating.engine.wording import number
from rating.models import FuelProgramme as ProgrammeRow
from rating.queries.fuel_prices import prices_for
from web.desk.rates.words import fuel_edges_words, fuel_method_words, fuel_timing_words

# Rows of a table on each side of the one in force, and the step between computed prices.
AROUND = 2
SAMPLE = Decimal("0.050")


@dataclass(frozen=True, slots=True)
class TableRow:
    """One row: from and to which index, and what it comes to."""

    first: str
    last: str
    value: str
    is_current: bool = False


@dataclass(frozen=True, slots=True)
class FuelCard:
    """What a reader wants of a programme."""

    row: ProgrammeRow
    programme: FuelProgramme
    method: str
    timing: str
    edges: str
    unit: str
    price: Decimal | None
    since: date | None
    published_on: date | None
    missing_on: date | None
    now: str
    rows: list[TableRow]

    @property
    def has_table(self) -> bool:
        """Tell whether the rows are the tariff's own, and not worked out for the reader."""
        return self.programme.method == FuelMethod.TABLE


def fuel_card(
    row: ProgrammeRow, programme: FuelProgramme, *, currency: str, on: date, at: datetime
) -> FuelCard:
    """Return the programme in words with the price in force on `on`, as published by `at`."""
    facts = LoadFacts(pickup_on=on, tendered_on=on, delivered_on=on)
    (prices,) = prices_for(programme, [(facts, at)])
    reading = read_index(prices, programme.timing, on)
    price = reading.value if isinstance(reading, Reading) else None
    return FuelCard(
        row=row,
        programme=programme,
        method=fuel_method_words(programme, currency),
        timing=fuel_timing_words(programme),
        edges=fuel_edges_words(programme),
        unit="per mile" if programme.unit == FuelUnit.PER_MILE else "% of the net linehaul",
        price=price,
        since=reading.effective_from if isinstance(reading, Reading) else None,
        published_on=_published_on(reading),
        missing_on=reading.survey_on if isinstance(reading, Unpublished) else None,
        now="" if price is None else _shown(programme, price),
        rows=table_rows(programme, price, around=AROUND),
    )


def table_rows(
    programme: FuelProgramme, price: Decimal | None, *, around: int | None = None
) -> list[TableRow]:
    """Return the rows of a table, or a few prices worked out where there is no table.

    With `around`, only so many rows on each side of the one in force.
    """
    if programme.method == FuelMethod.PUBLISHED:
        return []
    if programme.method != FuelMethod.TABLE:
        return list(_samples(programme, price)) if price is not None else []
    rows = [
        TableRow(
            first=number(row.from_price, places=3),
            last=number(row.to_price, places=3),
            value=number(row.value, places=4),
            is_current=price is not None and row.from_price <= price <= row.to_price,
        )
        for row in sorted(programme.rows, key=lambda each: each.from_price)
    ]
    return rows if around is None else _near(rows, around)


def _near(rows: Sequence[TableRow], around: int) -> list[TableRow]:
    at = next((place for place, row in enumerate(rows) if row.is_current), 0)
    first = max(0, min(at - around, len(rows) - 2 * around - 1))
    return list(rows[first : first + 2 * around + 1])


def _samples(programme: FuelProgramme, price: Decimal) -> Iterable[TableRow]:
    """Work out the surcharge at prices around this week's."""
    for step in range(-AROUND, AROUND + 1):
        index = price + step * SAMPLE
        if index > 0:
            shown = number(index, places=3)
            yield TableRow(shown, "", _shown(programme, index), is_current=step == 0)


def _shown(programme: FuelProgramme, index: Decimal) -> str:
    found = surcharge(programme, index)
    if isinstance(found, OutOfTable):
        return "outside the table"
    return number(found.value, places=4 if programme.unit == FuelUnit.PER_MILE else 2)


def _published_on(reading: Reading | Unpublished) -> date | None:
    return reading.surveys[-1].published_on if isinstance(reading, Reading) else None
