"""Rows about the freight itself: classes that are rated as one, and the space that counts."""

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import BigIntegerRangeField, DecimalRangeField, RangeOperators
from django.db import models
from django.db.models.functions import Cast

from rating.engine.choices import SpaceMeasure
from rating.models.columns import (
    a_share,
    choice_field,
    class_field,
    known_class,
    not_negative,
    one_of,
)
from rating.models.version import RateCardVersion


def _number(field: str) -> Cast:
    return Cast(field, models.DecimalField(max_digits=4, decimal_places=1))


class FakRange(models.Model):
    """Freight of all kinds: the classes of a version that are rated as one."""

    version = models.ForeignKey(RateCardVersion, on_delete=models.CASCADE, related_name="fak")
    min_class = class_field()
    max_class = class_field()
    rated_class = class_field()

    class Meta:
        verbose_name = "FAK range"
        constraints = [
            known_class("min_class", name="fak_min_known"),
            known_class("max_class", name="fak_max_known"),
            known_class("rated_class", name="fak_rated_known"),
            # Refuses a range that runs backwards, too.
            ExclusionConstraint(
                name="fak_ranges_apart",
                expressions=[
                    (
                        models.Func(
                            "version",
                            "version",
                            models.Value("[]"),
                            function="int8range",
                            output_field=BigIntegerRangeField(),
                        ),
                        RangeOperators.OVERLAPS,
                    ),
                    (
                        models.Func(
                            _number("min_class"),
                            _number("max_class"),
                            models.Value("[]"),
                            function="numrange",
                            output_field=DecimalRangeField(),
                        ),
                        RangeOperators.OVERLAPS,
                    ),
                ],
            ),
        ]

    def __str__(self) -> str:
        return f"{self.min_class} to {self.max_class} as {self.rated_class}"


class SpaceRule(models.Model):
    """When space makes freight weigh more; `rating.engine.freight` tells what each column means."""

    version = models.ForeignKey(
        RateCardVersion, on_delete=models.CASCADE, related_name="space_rules"
    )
    measure = choice_field(SpaceMeasure)
    over = models.DecimalField(max_digits=9, decimal_places=2)
    includes_limit = models.BooleanField("the limit itself counts", default=False)
    under_pcf = models.DecimalField(max_digits=7, decimal_places=3, null=True)
    pounds_per_unit = models.DecimalField(max_digits=9, decimal_places=3)
    floor_class = class_field(blank=True, default="")
    discount_percent = models.DecimalField(max_digits=7, decimal_places=4, null=True)
    uses_fak = models.BooleanField("freight of all kinds applies", default=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["version", "measure"], name="space_rule_once"),
            one_of("measure", SpaceMeasure, name="space_measure_known"),
            not_negative("over", "under_pcf", "pounds_per_unit", name="space_rule_not_negative"),
            known_class("floor_class", or_empty=True, name="space_floor_known"),
            a_share("discount_percent", name="space_discount_is_a_share"),
        ]

    def __str__(self) -> str:
        return f"{self.measure} over {self.over}"
