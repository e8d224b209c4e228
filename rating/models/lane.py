"""Rows of the lane grid."""

from django.db import models
from django.db.models.functions import Concat

from rating.engine.bases import LANE_BASES
from rating.engine.choices import Basis, PlaceKind
from rating.models.columns import (
    choice_field,
    minimum_under_maximum,
    money_field,
    not_negative,
    one_of,
    rate_field,
)
from rating.models.version import RateCardVersion


def _place_key(end: str) -> "models.GeneratedField":
    """The key of a place as the engine writes it, kept by the database."""
    return models.GeneratedField(
        expression=Concat(
            f"{end}_kind", models.Value(":"), f"{end}_country", models.Value(":"), f"{end}_value"
        ),
        output_field=models.CharField(max_length=130),
        db_persist=True,
    )


class LaneColumns(models.Model):
    """What a lane is made of, in a card or in a file on its way into one.

    Empty equipment, commodity or shipment type means any. `cost_floor` is what the lane must
    bring in for each unit of its basis; it prices nothing.
    """

    origin_kind = choice_field(PlaceKind)
    origin_country = models.CharField(max_length=2, blank=True, default="")
    origin_value = models.CharField(max_length=90, blank=True, default="")
    origin_key = _place_key("origin")
    destination_kind = choice_field(PlaceKind)
    destination_country = models.CharField(max_length=2, blank=True, default="")
    destination_value = models.CharField(max_length=90, blank=True, default="")
    destination_key = _place_key("destination")
    equipment = models.CharField(max_length=20, blank=True, default="")
    commodity = models.CharField(max_length=120, blank=True, default="")
    shipment_type = models.CharField(max_length=20, blank=True, default="")
    basis = choice_field(Basis)
    rate = rate_field(default=0)
    minimum = money_field(null=True)
    maximum = money_field(null=True)
    discount_percent = models.DecimalField(max_digits=7, decimal_places=4, null=True)
    priority = models.IntegerField(default=0)
    cost_floor = rate_field(null=True)

    class Meta:
        abstract = True


class Lane(LaneColumns):
    """What it costs from here to there.

    `row` is the number people see; the engine uses it as the last tie-break.
    """

    # `lane_once` is the index that finds the lanes of a version.
    version = models.ForeignKey(
        RateCardVersion, on_delete=models.CASCADE, related_name="lanes", db_index=False
    )
    row = models.PositiveIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=[
                    "version",
                    "origin_key",
                    "destination_key",
                    "equipment",
                    "commodity",
                    "shipment_type",
                ],
                name="lane_once",
            ),
            models.UniqueConstraint(fields=["version", "row"], name="lane_row_once"),
            not_negative("rate", "minimum", "maximum", name="lane_not_negative"),
            not_negative("cost_floor", name="lane_floor_not_negative"),
            minimum_under_maximum(name="lane_minimum_under_maximum"),
            models.CheckConstraint(
                condition=models.Q(discount_percent=None)
                | models.Q(discount_percent__gte=0, discount_percent__lt=100),
                name="lane_discount_is_a_share",
            ),
            one_of("origin_kind", PlaceKind, name="lane_origin_known"),
            one_of("destination_kind", PlaceKind, name="lane_destination_known"),
            one_of("basis", sorted(LANE_BASES), name="lane_basis_known"),
        ]

    def __str__(self) -> str:
        return f"{self.origin_value or 'anywhere'} to {self.destination_value or 'anywhere'}"


class LaneBreak(models.Model):
    """The rate per hundredweight of a lane from this weight on; empty class means any."""

    lane = models.ForeignKey(Lane, on_delete=models.CASCADE, related_name="breaks")
    from_weight_lb = models.DecimalField(max_digits=10, decimal_places=2)
    freight_class = models.CharField(max_length=8, blank=True, default="")
    rate = rate_field()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["lane", "freight_class", "from_weight_lb"], name="lane_break_once"
            ),
            not_negative("rate", "from_weight_lb", name="lane_break_not_negative"),
        ]

    def __str__(self) -> str:
        return f"from {self.from_weight_lb} lb: {self.rate}"
