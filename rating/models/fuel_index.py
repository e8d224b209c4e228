"""Published fuel prices."""

from django.db import models
from simple_history.models import HistoricalRecords

from rating.models.columns import rate_field


class FuelIndexSeries(models.Model):
    """An index somebody publishes, such as EIA weekly diesel of the Midwest.

    `survey_weekday` is the day the price is for (Monday is 0); `timezone` is the publisher's.
    Code and weekday never change: rated loads name them.
    """

    code = models.CharField(max_length=20, unique=True)
    name = models.CharField(max_length=80)
    unit = models.CharField(max_length=12, help_text="USD/gal, or % for published surcharges.")
    survey_weekday = models.PositiveSmallIntegerField(default=0)
    timezone = models.CharField(max_length=40, default="America/New_York")
    source_url = models.URLField(blank=True, default="")

    history = HistoricalRecords()

    class Meta:
        verbose_name_plural = "fuel index series"
        constraints = [
            models.CheckConstraint(
                condition=models.Q(survey_weekday__lte=6), name="fuel_index_weekday"
            )
        ]

    def __str__(self) -> str:
        return self.name


class FuelIndexValue(models.Model):
    """One published value. Insert-only: a correction is another row for the same survey.

    `effective_from` is set when the publisher or a contract named the day itself.
    """

    series = models.ForeignKey(FuelIndexSeries, on_delete=models.PROTECT, related_name="values")
    survey_on = models.DateField()
    value = rate_field()
    published_at = models.DateTimeField()
    effective_from = models.DateField(null=True)
    source = models.CharField(max_length=80)
    recorded_by = models.CharField(max_length=80)
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["series", "survey_on", "published_at"], name="fuel_index_value_once"
            ),
            models.CheckConstraint(
                condition=models.Q(value__gte=0), name="fuel_index_not_negative"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.survey_on}: {self.value}"
