"""How an index price becomes a surcharge: percent of the linehaul, or money for each mile.

Formulas and tables are those carriers publish: GSA freight steps (2.50 / 0.13 / 1 %), SDDC (1.30
/ 0.10 / 1 %), GSA household goods ((index - 2.999) / 5 mpg), tables with inclusive ends at three
decimals, and percentages published week by week.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from rating.engine.book import FuelProgramme, FuelRow
from rating.engine.choices import BelowTable, BeyondTable, FuelMethod
from rating.engine.money import ZERO, Rounding, round_rate
from rating.engine.wording import number


@dataclass(frozen=True, slots=True)
class Surcharge:
    """Percent points, or money per mile, and how the index led to it."""

    value: Decimal
    reason: str


@dataclass(frozen=True, slots=True)
class OutOfTable:
    """The index has no row and the programme does not say what then."""

    index: Decimal


def surcharge(programme: FuelProgramme, index: Decimal) -> Surcharge | OutOfTable:
    """What the programme asks at `index`, rounded as it says."""
    found = _METHODS[programme.method](programme, index)
    if isinstance(found, OutOfTable) or programme.rate_places is None:
        return found
    value = round_rate(found.value, programme.rate_places, programme.rate_rounding)
    return Surcharge(value, found.reason)


def _formula(programme: FuelProgramme, index: Decimal) -> Surcharge | OutOfTable:
    base, mpg = programme.base_price, programme.miles_per_gallon
    if index <= base:
        return Surcharge(ZERO, f"index {index} is not above the base {number(base)}")
    return Surcharge((index - base) / mpg, f"({index} − {number(base)}) ÷ {number(mpg)} mpg")


def _steps(programme: FuelProgramme, index: Decimal) -> Surcharge | OutOfTable:
    base, increment = programme.base_price, programme.increment
    last = programme.last_price
    counted = index
    if last is not None and index > last and programme.beyond_table != BeyondTable.CONTINUE:
        if programme.beyond_table == BeyondTable.REFUSE:
            return OutOfTable(index)
        counted = last
    steps = round_rate(max(counted - base, ZERO) / increment, 0, Rounding.UP)
    reason = f"{steps} steps of {number(increment)} above {number(base)}"
    return Surcharge(steps * programme.step_value, reason)


def _published(_programme: FuelProgramme, index: Decimal) -> Surcharge | OutOfTable:
    return Surcharge(index, "published for the week")


def _table(programme: FuelProgramme, index: Decimal) -> Surcharge | OutOfTable:
    rows = sorted(programme.rows, key=lambda row: row.from_price)
    for row in rows:
        if row.from_price <= index <= row.to_price:
            return Surcharge(row.value, _within(row, index))
    if not rows or rows[0].from_price < index <= rows[-1].to_price:
        return OutOfTable(index)
    if index < rows[0].from_price:
        return _below(programme, rows[0], index)
    return _beyond(programme, rows, index)


def _within(row: FuelRow, index: Decimal) -> str:
    return f"{index} is in {number(row.from_price, places=3)} – {number(row.to_price, places=3)}"


def _below(programme: FuelProgramme, first: FuelRow, index: Decimal) -> Surcharge | OutOfTable:
    if programme.below_table == BelowTable.REFUSE:
        return OutOfTable(index)
    under = f"{index} is under the first row, {number(first.from_price, places=3)}"
    return Surcharge(ZERO if programme.below_table == BelowTable.NOTHING else first.value, under)


def _beyond(
    programme: FuelProgramme, rows: list[FuelRow], index: Decimal
) -> Surcharge | OutOfTable:
    last = rows[-1]
    over = f"{index} is over the last row, {number(last.to_price, places=3)}"
    if programme.beyond_table == BeyondTable.LAST_ROW:
        return Surcharge(last.value, over)
    if programme.beyond_table == BeyondTable.REFUSE or len(rows) == 1:
        return OutOfTable(index)
    before, after = rows[-2], rows[-1]
    width, rise = after.to_price - before.to_price, after.value - before.value
    steps = round_rate((index - last.to_price) / width, 0, Rounding.UP)
    return Surcharge(last.value + steps * rise, f"{over}, and continues by {number(rise)}")


_Method = Callable[[FuelProgramme, Decimal], Surcharge | OutOfTable]

_METHODS: Mapping[FuelMethod, _Method] = {
    FuelMethod.FORMULA: _formula,
    FuelMethod.STEPS: _steps,
    FuelMethod.TABLE: _table,
    FuelMethod.PUBLISHED: _published,
}
