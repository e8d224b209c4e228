"""Freight that shares a trailer: what it is, and the class tariffs that two customers have.

The tools of Meridian are dense and of many classes, rated as one. The chairs of Oakville are
light: their class follows from the density, and a large shipment is rated by its space.
"""

from dataclasses import dataclass
from decimal import Decimal
from random import Random

from demo.world.lanes import LANES, Lane
from demo.world.places import BY_CODE
from demo.world.tariffs import SERIES, SERIES_NAME
from dispatch.events import ItemFacts
from rating.engine.book import FuelProgramme, FuelTiming, LaneRow, WeightBreak
from rating.engine.choices import (
    Basis,
    BeyondTable,
    ClassSource,
    FuelMethod,
    FuelUnit,
    SpaceMeasure,
)
from rating.engine.classes import CLASSES
from rating.engine.freight import FakRange, SpaceRule
from rating.engine.places import Place
from rating.operations.carding import Settings

# Class 100 pays 68.00 per hundredweight under 500 lb; the others in proportion.
CLASS_100 = Decimal("0.68")
# From this weight on, this share of the first rate.
SHARES = {0: "1", 500: "0.88", 1_000: "0.74", 2_000: "0.61", 5_000: "0.46", 10_000: "0.37"}

FUEL = FuelProgramme(
    name="LTL fuel, percent by 13 cents",
    series=SERIES,
    series_name=SERIES_NAME,
    method=FuelMethod.STEPS,
    unit=FuelUnit.PERCENT,
    base_price=Decimal("2.50"),
    increment=Decimal("0.13"),
    step_value=Decimal(1),
    beyond_table=BeyondTable.CONTINUE,
    timing=FuelTiming(lag_days=2),
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
DISCOUNT = Decimal(62)
MINIMUM = Decimal("118.00")


@dataclass(frozen=True, slots=True)
class LtlSpec:
    """A class tariff of one customer."""

    name: str
    customer: str
    settings: Settings
    fak: tuple[FakRange, ...] = ()
    space_rules: tuple[SpaceRule, ...] = ()


CARDS = (
    LtlSpec(
        name="Meridian Tools LTL",
        customer="MRDN-0055",
        settings=Settings(minimum_charge=MINIMUM, discount_percent=DISCOUNT),
        fak=(FakRange(min_class="50", max_class="100", rated_class="70"),),
    ),
    LtlSpec(
        name="Oakville LTL",
        customer="OAKV-0071",
        settings=Settings(
            minimum_charge=MINIMUM,
            discount_percent=DISCOUNT,
            class_source=ClassSource.DENSITY,
            unstackable_height_in=Decimal(96),
            wide_from_in=Decimal(70),
            wide_width_in=Decimal(96),
        ),
        space_rules=(CUBIC,),
    ),
)


def lanes_of(spec: LtlSpec) -> tuple[LaneRow, ...]:
    """Return the shared lanes of a customer, each with a rate for every class and weight."""
    shared = [
        lane for lane in LANES if lane.customer == spec.customer and lane.shipment_type == "LTL"
    ]
    return tuple(
        LaneRow(
            row=row,
            origin=Place.postal3(BY_CODE[lane.origin].postal_code),
            destination=Place.postal3(BY_CODE[lane.destination].postal_code),
            basis=Basis.PER_CWT,
            breaks=tuple(_breaks()),
        )
        for row, lane in enumerate(shared, start=1)
    )


def _breaks() -> list[WeightBreak]:
    return [
        WeightBreak(
            from_weight_lb=Decimal(weight),
            freight_class=name,
            rate=(Decimal(name) * CLASS_100 * Decimal(share)).quantize(Decimal("0.01")),
        )
        for name in CLASSES
        for weight, share in SHARES.items()
    ]


def items_of(lane: Lane, random: Random) -> tuple[ItemFacts, ...]:
    """Return what a shared load carries; a truck that is hired whole lists nothing."""
    if lane.shipment_type != "LTL":
        return ()
    return _chairs(random) if lane.customer == "OAKV-0071" else _tools(random)


def _tools(random: Random) -> tuple[ItemFacts, ...]:
    return tuple(
        _pallets(description, freight_class, random.randrange(1, 4), random.randrange(500, 900, 10))
        for description, freight_class in (("Wrenches, steel", "60"), ("Power tools", "85"))
    )


def _chairs(random: Random) -> tuple[ItemFacts, ...]:
    pieces, weight = random.randrange(2, 9), random.randrange(160, 420, 10)
    return (_pallets("Chairs, set up", "", pieces, weight, height=66, is_stackable=False),)


def _pallets(
    description: str,
    freight_class: str,
    pieces: int,
    each_lb: int,
    *,
    height: int = 44,
    is_stackable: bool = True,
) -> ItemFacts:
    return ItemFacts(
        weight_lb=Decimal(pieces * each_lb),
        freight_class=freight_class,
        description=description,
        pieces=pieces,
        length_in=Decimal(48),
        width_in=Decimal(40),
        height_in=Decimal(height),
        is_stackable=is_stackable,
    )
