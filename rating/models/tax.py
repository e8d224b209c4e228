"""What is charged on top, where, and since when."""

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import BigIntegerRangeField, DateRangeField, RangeOperators
from django.db import models
from django.db.models.functions import Concat


def _hash(jurisdiction: str, code: str) -> models.Func:
    """Return 64 bits that stand for both texts together."""
    both = Concat(models.F(jurisdiction), models.Value(" "), models.F(code))
    return models.Func(both, models.Value(0), function="hashtextextended")


class TaxRate(models.Model):
    """The percentage of one tax in one place, from one day to another, both included.

    Insert-only (trigger) but for its end and its withdrawal, each written once; a row recorded by
    mistake is withdrawn and another recorded. What was billed under it keeps the row among its
    facts. Columns carry the names of `rating.engine.tax_facts.TaxRate`.
    """

    jurisdiction = models.CharField(max_length=6, help_text="A country or a part of it: CA-ON.")
    area = models.CharField(max_length=2, help_text="Whose rules hold there: US, CA, EU.")
    scheme = models.CharField(max_length=12, help_text="The registration it is charged under.")
    code = models.CharField(max_length=12)
    name = models.CharField(max_length=24, help_text="As documents print it: HST ON.")
    rate = models.DecimalField(max_digits=7, decimal_places=4, help_text="In percent.")
    effective_from = models.DateField()
    effective_to = models.DateField(null=True)
    is_within_only = models.BooleanField(
        default=False, help_text="Counts only for freight that also begins there."
    )
    source = models.CharField(max_length=160)
    recorded_by = models.CharField(max_length=80)
    recorded_at = models.DateTimeField()
    withdrawn_by = models.CharField(max_length=80, blank=True, default="")
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(jurisdiction__regex=r"^[A-Z]{2}(-[A-Z0-9]{1,3})?$"),
                name="tax_rate_jurisdiction",
            ),
            models.CheckConstraint(
                condition=models.Q(rate__gte=0, rate__lt=100), name="tax_rate_is_a_percentage"
            ),
            models.CheckConstraint(
                condition=models.Q(effective_to=None)
                | models.Q(effective_to__gte=models.F("effective_from")),
                name="tax_rate_period_forward",
            ),
            models.CheckConstraint(condition=~models.Q(source=""), name="tax_rate_has_a_source"),
            # The range of a hash stands in for the text: plain GiST cannot compare texts.
            ExclusionConstraint(
                name="tax_rate_periods_apart",
                expressions=[
                    (
                        models.Func(
                            _hash("jurisdiction", "code"),
                            _hash("jurisdiction", "code"),
                            models.Value("[]"),
                            function="int8range",
                            output_field=BigIntegerRangeField(),
                        ),
                        RangeOperators.OVERLAPS,
                    ),
                    (
                        models.Func(
                            models.F("effective_from"),
                            models.F("effective_to"),
                            models.Value("[]"),
                            function="daterange",
                            output_field=DateRangeField(),
                        ),
                        RangeOperators.OVERLAPS,
                    ),
                ],
                condition=models.Q(withdrawn_at=None),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.rate} % from {self.effective_from}"
