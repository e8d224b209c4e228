"""A version with a row in every table."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

from rating.engine.book import LaneRow, Tier, WeightBreak, Zone
from rating.engine.choices import Basis, SpaceMeasure
from rating.engine.freight import FakRange, SpaceRule
from rating.engine.places import Place
from tests.rating.engine.building import DETENTION, LANES, STOP_OFF


def rich_rows() -> dict[str, Any]:
    """Lanes with breaks, a zone with members, rules with tiers, terms and free times."""
    weighed = LaneRow(
        row=3,
        origin=Place.zone("MW"),
        basis=Basis.PER_CWT,
        breaks=(
            WeightBreak(from_weight_lb=Decimal("0.00"), rate=Decimal("14.38")),
            WeightBreak(from_weight_lb=Decimal("500.00"), rate=Decimal("10.29")),
        ),
    )
    tiers = (
        Tier(from_quantity=Decimal("1.00"), rate=Decimal("100.00")),
        Tier(from_quantity=Decimal("2.00"), rate=Decimal("175.00")),
    )
    return {
        "lanes": (*LANES, weighed),
        "zones": (Zone(name="MW", members=frozenset({Place.parse("IL")})),),
        "accessorials": (DETENTION, replace(STOP_OFF, tiers=tiers)),
        "fak": (FakRange(min_class="50", max_class="77.5", rated_class="60"),),
        "space_rules": (
            SpaceRule(
                measure=SpaceMeasure.CUBIC_FEET,
                over=Decimal("750.00"),
                under_pcf=Decimal("6.00"),
                pounds_per_unit=Decimal("6.00"),
                floor_class="125",
                discount_percent=Decimal("0.00"),
                uses_fak=False,
            ),
        ),
    }
