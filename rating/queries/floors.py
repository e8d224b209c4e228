"""Which lanes bring in less for a unit than they cost."""

from decimal import Decimal
from typing import Any

from django.db.models import (
    Case,
    DecimalField,
    ExpressionWrapper,
    F,
    Min,
    OuterRef,
    QuerySet,
    Subquery,
    Value,
    When,
)
from django.db.models.functions import Coalesce

from rating.engine.choices import Basis
from rating.models import Lane, LaneBreak, RateCardVersion

KM_PER_MILE = Decimal("1.609344")
RATE = DecimalField(max_digits=20, decimal_places=6)


def with_floors(lanes: QuerySet[Lane]) -> QuerySet[Any]:
    """Each lane with its `floor` (None: it has none) and its `net_rate`, for the lane's own unit.

    A lane without a floor of its own that is rated by distance takes the version's
    `cost_per_mile`. The net rate is that of the cheapest weight break, less the discount.
    """
    cheapest = (
        LaneBreak.objects.filter(lane=OuterRef("pk"))
        .order_by()
        .values("lane")
        .values(least=Min("rate"))
    )
    discount = Coalesce(F("discount_percent"), F("version__discount_percent"))
    return lanes.annotate(
        floor=Coalesce(F("cost_floor"), _floor_of_version(), output_field=RATE),
        net_rate=ExpressionWrapper(
            Coalesce(Subquery(cheapest), F("rate")) * (100 - discount) / 100, output_field=RATE
        ),
    )


def lanes_under_floor(version: RateCardVersion) -> QuerySet[Any]:
    """The lanes of `version` whose net rate lies under their floor; order them as you need."""
    lanes = with_floors(Lane.objects.filter(version=version))
    return lanes.exclude(basis=Basis.AS_QUOTED).filter(net_rate__lt=F("floor"))


def _floor_of_version() -> Case:
    mile = F("version__cost_per_mile")
    return Case(
        When(basis=Basis.PER_MILE, then=mile),
        When(basis=Basis.PER_KM, then=ExpressionWrapper(mile / KM_PER_MILE, output_field=RATE)),
        default=Value(None),
        output_field=RATE,
    )
