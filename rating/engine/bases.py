"""One pure function for each basis: a rate and what can be counted give a quantity to bill.

A function returns the `Extension` (quantity x unit x rate), or `Missing` with the name of the
fact it needs. Nothing here rounds money.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from rating.engine.choices import Basis
from rating.engine.facts import LoadFacts
from rating.engine.money import HUNDRED, ONE, round_rate

_KM_PER_MILE = Decimal("1.609344")
_KG_PER_POUND = Decimal("0.45359237")
_POUNDS_PER_TON = Decimal(2000)
_KG_PER_TONNE = Decimal(1000)
# Converted quantities are printed and billed at three decimals: metres and grams.
_CONVERTED_PLACES = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Measures:
    """What a rate may be multiplied with. None is "not known", which is never 0."""

    miles: Decimal | None = None
    weight_lb: Decimal | None = None
    pieces: Decimal | None = None
    pallets: Decimal | None = None
    stops: Decimal | None = None
    hours: Decimal | None = None
    days: Decimal | None = None
    cubic_feet: Decimal | None = None
    units: Decimal | None = None
    unit: str = ""
    base_amount: Decimal | None = None
    currency: str = ""
    quoted_amount: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Extension:
    """What is billed before money is rounded: quantity x rate."""

    basis: Basis
    quantity: Decimal
    unit: str
    rate: Decimal

    @property
    def exact(self) -> Decimal:
        """The unrounded amount."""
        return self.quantity * self.rate


@dataclass(frozen=True, slots=True)
class Missing:
    """The fact without which this basis cannot count."""

    fact: str


def measures_of(facts: LoadFacts) -> Measures:
    """What can be counted on the whole load."""
    return Measures(
        miles=facts.miles,
        weight_lb=facts.freight_lb,
        pieces=facts.pieces,
        pallets=facts.pallets,
        stops=Decimal(len(facts.worked_stops)),
        hours=facts.hours,
        days=facts.days,
        cubic_feet=facts.cubic_feet,
        quoted_amount=facts.quoted_amount,
    )


def extend(basis: Basis, rate: Decimal, of: Measures) -> Extension | Missing:
    """`rate` on `basis` over what can be counted."""
    return _BASES[basis](rate, of)


def flat(rate: Decimal, _of: Measures) -> Extension | Missing:
    """One lump sum."""
    return Extension(Basis.FLAT, ONE, "load", rate)


def as_quoted(_rate: Decimal, of: Measures) -> Extension | Missing:
    """The amount agreed when the load was tendered; the lane's own rate is not read."""
    if of.quoted_amount is None:
        return Missing("quoted amount")
    return Extension(Basis.AS_QUOTED, ONE, "load", of.quoted_amount)


def per_mile(rate: Decimal, of: Measures) -> Extension | Missing:
    """For each mile the tariff's guide counts."""
    return _count(Basis.PER_MILE, of.miles, "mi", rate, "miles")


def per_km(rate: Decimal, of: Measures) -> Extension | Missing:
    """For each kilometre, converted from miles at 1.609344."""
    return _count(Basis.PER_KM, _converted(of.miles, _KM_PER_MILE), "km", rate, "miles")


def per_cwt(rate: Decimal, of: Measures) -> Extension | Missing:
    """For each hundred pounds."""
    return _count(Basis.PER_CWT, _divided(of.weight_lb, HUNDRED), "cwt", rate, "weight")


def per_pound(rate: Decimal, of: Measures) -> Extension | Missing:
    """For each pound."""
    return _count(Basis.PER_POUND, of.weight_lb, "lb", rate, "weight")


def per_kg(rate: Decimal, of: Measures) -> Extension | Missing:
    """For each kilogram, converted from pounds at 0.45359237."""
    return _count(Basis.PER_KG, _converted(of.weight_lb, _KG_PER_POUND), "kg", rate, "weight")


def per_ton(rate: Decimal, of: Measures) -> Extension | Missing:
    """For each short ton of 2,000 lb."""
    return _count(Basis.PER_TON, _divided(of.weight_lb, _POUNDS_PER_TON), "ton", rate, "weight")


def per_tonne(rate: Decimal, of: Measures) -> Extension | Missing:
    """For each metric tonne of 1,000 kg."""
    tonnes = _converted(of.weight_lb, _KG_PER_POUND / _KG_PER_TONNE)
    return _count(Basis.PER_TONNE, tonnes, "t", rate, "weight")


def per_piece(rate: Decimal, of: Measures) -> Extension | Missing:
    """For each piece."""
    return _count(Basis.PER_PIECE, of.pieces, "pc", rate, "pieces")


def per_pallet(rate: Decimal, of: Measures) -> Extension | Missing:
    """For each pallet."""
    return _count(Basis.PER_PALLET, of.pallets, "plt", rate, "pallets")


def per_stop(rate: Decimal, of: Measures) -> Extension | Missing:
    """For each stop of the route, first and last included."""
    return _count(Basis.PER_STOP, of.stops, "stop", rate, "stops")


def per_hour(rate: Decimal, of: Measures) -> Extension | Missing:
    """For each hour the truck was hired."""
    return _count(Basis.PER_HOUR, of.hours, "h", rate, "hours")


def per_day(rate: Decimal, of: Measures) -> Extension | Missing:
    """For each day the truck was hired."""
    return _count(Basis.PER_DAY, of.days, "day", rate, "days")


def per_cubic_foot(rate: Decimal, of: Measures) -> Extension | Missing:
    """For each cubic foot of space."""
    return _count(Basis.PER_CUBIC_FOOT, of.cubic_feet, "ft³", rate, "cubic feet")


def per_unit(rate: Decimal, of: Measures) -> Extension | Missing:
    """For each unit of the service recorded: nights, miles of redelivery, men."""
    return _count(Basis.PER_UNIT, of.units, of.unit or "unit", rate, "units")


def percent(rate: Decimal, of: Measures) -> Extension | Missing:
    """A percentage of other charges. The line's rate is the fraction: 32.85 % is 0.3285."""
    return _count(Basis.PERCENT, of.base_amount, of.currency, rate / HUNDRED, "linehaul")


BasisFunction = Callable[[Decimal, Measures], Extension | Missing]

_BASES: Mapping[Basis, BasisFunction] = {
    Basis.FLAT: flat,
    Basis.AS_QUOTED: as_quoted,
    Basis.PER_MILE: per_mile,
    Basis.PER_KM: per_km,
    Basis.PER_CWT: per_cwt,
    Basis.PER_POUND: per_pound,
    Basis.PER_KG: per_kg,
    Basis.PER_TON: per_ton,
    Basis.PER_TONNE: per_tonne,
    Basis.PER_PIECE: per_piece,
    Basis.PER_PALLET: per_pallet,
    Basis.PER_STOP: per_stop,
    Basis.PER_HOUR: per_hour,
    Basis.PER_DAY: per_day,
    Basis.PER_CUBIC_FOOT: per_cubic_foot,
    Basis.PER_UNIT: per_unit,
    Basis.PERCENT: percent,
}

# A rate can be kept on these; the other bases describe billed lines. A lane has no service to
# count and no charge to take a percentage of.
RATE_BASES = frozenset(_BASES)
LANE_BASES = RATE_BASES - {Basis.PER_UNIT, Basis.PERCENT}


def _count(
    basis: Basis, quantity: Decimal | None, unit: str, rate: Decimal, fact: str
) -> Extension | Missing:
    return Missing(fact) if quantity is None else Extension(basis, quantity, unit, rate)


def _converted(quantity: Decimal | None, factor: Decimal) -> Decimal | None:
    return None if quantity is None else round_rate(quantity * factor, _CONVERTED_PLACES)


def _divided(quantity: Decimal | None, divisor: Decimal) -> Decimal | None:
    return None if quantity is None else quantity / divisor
