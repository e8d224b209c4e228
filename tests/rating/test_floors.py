"""A lane that brings in less than it costs is found, in its own unit."""

from dataclasses import replace
from decimal import Decimal

import pytest

from rating.engine.book import WeightBreak
from rating.engine.choices import Basis
from rating.operations.carding import Settings
from rating.queries.floors import lanes_under_floor
from tests.rating.engine.building import LANES
from tests.rating.making import drafted

pytestmark = pytest.mark.django_db


def under(settings=None, **fields) -> list[int]:
    version = drafted(lanes=(replace(LANES[0], **fields),), settings=settings or Settings())
    return list(lanes_under_floor(version).values_list("row", flat=True))


def cwt(rate: str, weight: int = 0) -> WeightBreak:
    return WeightBreak(from_weight_lb=Decimal(weight), rate=Decimal(rate))


@pytest.mark.parametrize(
    ("fields", "terms", "found"),
    [
        ({"cost_floor": Decimal("2.42")}, {}, []),
        ({"cost_floor": Decimal("2.43")}, {}, [1]),
        ({"cost_floor": Decimal("2.42"), "discount_percent": Decimal(1)}, {}, [1]),
        ({"cost_floor": Decimal("2.42")}, {"discount_percent": Decimal(1)}, [1]),
        ({"cost_floor": Decimal("2.42"), "discount_percent": Decimal(0)},
         {"discount_percent": Decimal(1)}, []),
        ({}, {"cost_per_mile": Decimal("2.43")}, [1]),
        ({"cost_floor": Decimal("2.00")}, {"cost_per_mile": Decimal("2.43")}, []),
        ({"basis": Basis.PER_KM, "rate": Decimal("1.50")}, {"cost_per_mile": Decimal("2.42")}, [1]),
        ({"basis": Basis.PER_KM, "rate": Decimal("1.51")}, {"cost_per_mile": Decimal("2.42")}, []),
        ({"basis": Basis.FLAT}, {"cost_per_mile": Decimal("2.43")}, []),
        ({"basis": Basis.AS_QUOTED, "cost_floor": Decimal(9)}, {}, []),
        ({"basis": Basis.PER_CWT, "rate": Decimal(0), "cost_floor": Decimal(11),
          "breaks": (cwt("14.38"), cwt("10.29", 500))}, {}, [1]),
        ({"basis": Basis.PER_CWT, "rate": Decimal(0), "cost_floor": Decimal(10),
          "breaks": (cwt("14.38"), cwt("10.29", 500))}, {}, []),
    ],
)  # fmt: skip
def test_a_lane_is_held_against_its_floor(fields, terms, found):
    assert under(Settings(**terms), **fields) == found
