"""Published scales from density to freight class."""

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import BigIntegerRangeField, DateRangeField, RangeOperators
from django.db import models
from simple_history.models import HistoricalRecords

from rating.models.columns import class_field, known_class, not_negative


class DensityScale(models.Model):
    """A scale in all its editions, such as that of the National Motor Freight Classification.

    It is frozen with its editions once an approved version uses it: what was rated by a day's
    edition stays so. A later edition comes with a new scale, which the next version names.
    """

    name = models.CharField(max_length=60, unique=True)
    source_url = models.URLField(blank=True, default="")
    created_by = models.CharField(max_length=80)
    created_at = models.DateTimeField()

    history = HistoricalRecords()

    def __str__(self) -> str:
        return self.name


class ScaleEdition(models.Model):
    """The scale from one day to another; none is open."""

    scale = models.ForeignKey(DensityScale, on_delete=models.CASCADE, related_name="editions")
    name = models.CharField(max_length=60)
    effective_from = models.DateField(null=True)
    effective_to = models.DateField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["scale", "name"], name="scale_edition_once"),
            models.CheckConstraint(
                condition=models.Q(effective_from=None)
                | models.Q(effective_to=None)
                | models.Q(effective_to__gte=models.F("effective_from")),
                name="scale_edition_forward",
            ),
            # The ranges of one number stand in for the number: plain GiST cannot compare integers.
            ExclusionConstraint(
                name="scale_editions_apart",
                expressions=[
                    (
                        models.Func(
                            "scale",
                            "scale",
                            models.Value("[]"),
                            function="int8range",
                            output_field=BigIntegerRangeField(),
                        ),
                        RangeOperators.OVERLAPS,
                    ),
                    (
                        models.Func(
                            "effective_from",
                            "effective_to",
                            models.Value("[]"),
                            function="daterange",
                            output_field=DateRangeField(),
                        ),
                        RangeOperators.OVERLAPS,
                    ),
                ],
            ),
        ]

    def __str__(self) -> str:
        return self.name


class ScaleRow(models.Model):
    """The class from this density on, in pounds per cubic foot."""

    edition = models.ForeignKey(ScaleEdition, on_delete=models.CASCADE, related_name="rows")
    from_pcf = models.DecimalField(max_digits=7, decimal_places=3)
    freight_class = class_field()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["edition", "from_pcf"], name="scale_row_once"),
            models.UniqueConstraint(fields=["edition", "freight_class"], name="scale_class_once"),
            not_negative("from_pcf", name="scale_row_not_negative"),
            known_class("freight_class", name="scale_class_known"),
        ]

    def __str__(self) -> str:
        return f"from {self.from_pcf} pcf: class {self.freight_class}"
