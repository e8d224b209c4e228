"""A pallet, a class tariff, and the published scale, to change one thing of."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

from rating.engine.book import CardVersion, LaneRow, RateBook, WeightBreak
from rating.engine.choices import Basis, SpaceMeasure
from rating.engine.facts import Item, LoadFacts
from rating.engine.freight import DensityScale, FakRange, ScaleEdition, ScaleRow, SpaceRule
from rating.engine.quote import Quote
from rating.engine.rate import rate
from tests.rating.engine.building import LOAD, VERSION

PALLET = Item(
    weight_lb=Decimal(450),
    freight_class="125",
    pieces=1,
    length_in=Decimal(48),
    width_in=Decimal(48),
    height_in=Decimal(40),
)
ELEVEN = {
    "0": "400", "1": "300", "2": "250", "4": "175", "6": "125", "8": "100", "10": "92.5",
    "12": "85", "15": "70", "22.5": "65", "30": "60",
}  # fmt: skip


def edition(name: str, steps: dict[str, str], **period: date) -> ScaleEdition:
    rows = tuple(ScaleRow(from_pcf=Decimal(pcf), freight_class=held) for pcf, held in steps.items())
    return ScaleEdition(name=name, rows=rows, **period)


SCALE = DensityScale(
    name="NMFC density",
    editions=(
        edition("11 steps", ELEVEN, effective_to=date(2025, 7, 18)),
        edition("13 steps", ELEVEN | {"35": "55", "50": "50"}, effective_from=date(2025, 7, 19)),
    ),
)
CUBIC = SpaceRule(
    measure=SpaceMeasure.CUBIC_FEET,
    over=Decimal(750),
    under_pcf=Decimal(6),
    pounds_per_unit=Decimal(6),
    floor_class="125",
    discount_percent=Decimal(0),
    uses_fak=False,
)
# Dayton Freight, as logisticsplus.com tells it.
LINEAR = SpaceRule(
    measure=SpaceMeasure.LINEAR_FEET,
    over=Decimal(15),
    under_pcf=Decimal("22.5"),
    pounds_per_unit=Decimal(1250),
)
FAK = FakRange(min_class="50", max_class="100", rated_class="70")

CLASS_RATES = {
    "55": 15, "70": 20, "85": 24, "92.5": 27, "100": 30, "125": 40, "150": 50, "250": 80,
    "400": 120,
}  # fmt: skip


def tariff(rates: dict[str, int] | None = None) -> LaneRow:
    """A lane with a rate for each class up to 5,000 lb, and half of it from there."""
    breaks = tuple(
        WeightBreak(
            from_weight_lb=Decimal(weight), freight_class=name, rate=Decimal(full) / divisor
        )
        for name, full in (CLASS_RATES if rates is None else rates).items()
        for weight, divisor in ((0, 1), (5000, 2))
    )
    return LaneRow(row=1, basis=Basis.PER_CWT, breaks=breaks)


def shipped(*items: Item, **facts: Any) -> LoadFacts:
    return replace(LOAD, weight_lb=None, items=items, **facts)


def card(**settings: Any) -> CardVersion:
    return replace(VERSION, **settings)


def priced(facts: LoadFacts, lane: LaneRow | None = None, **book: Any) -> Quote:
    parts = {"version": VERSION, "lanes": (lane or tariff(),), **book}
    return rate(facts, RateBook(**parts))


def steps_of(quote: Quote, line: int = 0) -> list[tuple[str, str]]:
    return [(step.text, step.value) for step in quote.lines[line].steps]
