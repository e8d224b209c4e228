"""Each basis counts its own quantity and refuses to guess a missing one."""

from dataclasses import replace
from decimal import Decimal

import pytest

from rating.engine.bases import (
    LANE_BASES,
    RATE_BASES,
    Extension,
    Measures,
    Missing,
    extend,
    measures_of,
)
from rating.engine.choices import Basis
from tests.rating.engine.building import LOAD

EVERYTHING = Measures(
    miles=Decimal(377),
    weight_lb=Decimal(38420),
    pieces=Decimal(1248),
    pallets=Decimal(22),
    stops=Decimal(3),
    hours=Decimal("10.5"),
    days=Decimal(2),
    cubic_feet=Decimal(768),
    units=Decimal(2),
    unit="night",
    base_amount=Decimal("612.40"),
    currency="USD",
    quoted_amount=Decimal("1445.76"),
)


@pytest.mark.parametrize(
    ("basis", "rate", "quantity", "unit", "amount"),
    [
        (Basis.FLAT, "690", "1", "load", "690"),
        (Basis.AS_QUOTED, "0", "1", "load", "1445.76"),
        (Basis.PER_MILE, "2.42", "377", "mi", "912.34"),
        (Basis.PER_KM, "1.50", "606.723", "km", "910.0845"),
        (Basis.PER_CWT, "3", "384.20", "cwt", "1152.60"),
        (Basis.PER_POUND, "0.03", "38420", "lb", "1152.60"),
        (Basis.PER_KG, "0.07", "17427.019", "kg", "1219.89133"),
        (Basis.PER_TON, "60", "19.21", "ton", "1152.60"),
        (Basis.PER_TONNE, "60", "17.427", "t", "1045.62"),
        (Basis.PER_PIECE, "0.50", "1248", "pc", "624.00"),
        (Basis.PER_PALLET, "30", "22", "plt", "660"),
        (Basis.PER_STOP, "75", "3", "stop", "225"),
        (Basis.PER_HOUR, "80", "10.5", "h", "840.0"),
        (Basis.PER_DAY, "500", "2", "day", "1000"),
        (Basis.PER_CUBIC_FOOT, "1.10", "768", "ft³", "844.80"),
        (Basis.PER_UNIT, "350", "2", "night", "700"),
        (Basis.PERCENT, "32.85", "612.40", "USD", "201.1734"),
    ],
)
def test_a_basis_multiplies_its_rate_with_its_quantity(
    basis: Basis, rate: str, quantity: str, unit: str, amount: str
):
    extension = extend(basis, Decimal(rate), EVERYTHING)

    assert isinstance(extension, Extension)
    assert (extension.basis, extension.quantity, extension.unit) == (basis, Decimal(quantity), unit)
    assert extension.exact == Decimal(amount)


@pytest.mark.parametrize(
    ("basis", "fact"),
    [
        (Basis.AS_QUOTED, "quoted amount"),
        (Basis.PER_MILE, "miles"),
        (Basis.PER_KM, "miles"),
        (Basis.PER_CWT, "weight"),
        (Basis.PER_POUND, "weight"),
        (Basis.PER_KG, "weight"),
        (Basis.PER_TON, "weight"),
        (Basis.PER_TONNE, "weight"),
        (Basis.PER_PIECE, "pieces"),
        (Basis.PER_PALLET, "pallets"),
        (Basis.PER_STOP, "stops"),
        (Basis.PER_HOUR, "hours"),
        (Basis.PER_DAY, "days"),
        (Basis.PER_CUBIC_FOOT, "cubic feet"),
        (Basis.PER_UNIT, "units"),
        (Basis.PERCENT, "linehaul"),
    ],
)
def test_a_basis_without_its_fact_names_it(basis: Basis, fact: str):
    assert extend(basis, Decimal(1), Measures()) == Missing(fact)


def test_a_service_without_a_unit_counts_units():
    extension = extend(Basis.PER_UNIT, Decimal(5), Measures(units=Decimal(2)))

    assert isinstance(extension, Extension)
    assert extension.unit == "unit"


def test_a_known_zero_is_a_quantity():
    assert extend(Basis.PER_MILE, Decimal(2), Measures(miles=Decimal(0))) == Extension(
        Basis.PER_MILE, Decimal(0), "mi", Decimal(2)
    )


def test_a_lane_has_neither_a_service_nor_a_charge_to_take_a_share_of():
    assert {Basis.PER_UNIT, Basis.PERCENT} == RATE_BASES - LANE_BASES


def test_a_load_is_measured_by_its_own_facts():
    facts = replace(
        LOAD,
        pallets=Decimal(22),
        hours=Decimal("10.5"),
        days=Decimal(2),
        cubic_feet=Decimal(768),
        quoted_amount=Decimal("1445.76"),
    )

    assert measures_of(facts) == Measures(
        miles=Decimal(377),
        weight_lb=Decimal(38420),
        pieces=Decimal(1248),
        pallets=Decimal(22),
        stops=Decimal(3),
        hours=Decimal("10.5"),
        days=Decimal(2),
        cubic_feet=Decimal(768),
        quoted_amount=Decimal("1445.76"),
    )
