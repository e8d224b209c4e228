"""How fuel is charged."""

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import (
    BigIntegerRangeField,
    DecimalRangeField,
    RangeOperators,
)
from django.db import models
from simple_history.models import HistoricalRecords

from rating.engine.choices import (
    Anchor,
    BelowTable,
    BeyondTable,
    FuelMethod,
    FuelUnit,
    HolidayShift,
    Timing,
)
from rating.engine.money import Rounding
from rating.models.columns import (
    choice_field,
    not_negative,
    one_of,
    one_of_or_empty,
    person_asking,
    rate_field,
)
from rating.models.fuel_index import FuelIndexSeries


class FuelProgramme(models.Model):
    """A fuel surcharge programme; `rating.engine.book` tells what each setting means.

    It is frozen with its table once an approved version uses it: a new table is a new programme.
    """

    name = models.CharField(max_length=60, unique=True)
    series = models.ForeignKey(FuelIndexSeries, on_delete=models.PROTECT, related_name="programmes")
    method = choice_field(FuelMethod)
    unit = choice_field(FuelUnit)
    base_price = rate_field(default=0)
    miles_per_gallon = models.DecimalField(max_digits=6, decimal_places=3, default=1)
    increment = rate_field(default=1)
    step_value = rate_field(default=1)
    last_price = rate_field(null=True)
    rate_places = models.PositiveSmallIntegerField(null=True)
    rate_rounding = choice_field(Rounding, default=Rounding.HALF_UP)
    rounding = choice_field(Rounding, blank=True, default="")
    below_table = choice_field(BelowTable, default=BelowTable.NOTHING)
    beyond_table = choice_field(BeyondTable, default=BeyondTable.REFUSE)

    timing = choice_field(Timing, default=Timing.WEEKLY)
    lag_days = models.PositiveSmallIntegerField(default=1)
    month_day = models.PositiveSmallIntegerField(default=15)
    lag_months = models.PositiveSmallIntegerField(default=2)
    holiday_shift = choice_field(HolidayShift, default=HolidayShift.NONE)
    anchor = choice_field(Anchor, default=Anchor.PICKUP)

    created_by = models.CharField(max_length=80)
    created_at = models.DateTimeField()

    history = HistoricalRecords(get_user=person_asking)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(miles_per_gallon__gt=0, increment__gt=0),
                name="fuel_divisors_above_zero",
            ),
            models.CheckConstraint(
                condition=~models.Q(method="FORMULA") | models.Q(unit="PER_MILE"),
                name="fuel_formula_is_per_mile",
            ),
            models.CheckConstraint(
                condition=models.Q(month_day__gte=1, month_day__lte=28),
                name="fuel_month_day_exists",
            ),
            not_negative("base_price", "step_value", "last_price", name="fuel_not_negative"),
            one_of("method", FuelMethod, name="fuel_method_known"),
            one_of("unit", FuelUnit, name="fuel_unit_known"),
            one_of("rate_rounding", Rounding, name="fuel_rate_rounding_known"),
            one_of_or_empty("rounding", Rounding, name="fuel_rounding_known"),
            one_of("below_table", BelowTable, name="fuel_below_known"),
            one_of("beyond_table", BeyondTable, name="fuel_beyond_known"),
            one_of("timing", Timing, name="fuel_timing_known"),
            one_of("holiday_shift", HolidayShift, name="fuel_holiday_known"),
            one_of("anchor", Anchor, name="fuel_anchor_known"),
        ]

    def __str__(self) -> str:
        return self.name


class FuelTableRow(models.Model):
    """A row of a fuel table; both ends belong to it."""

    programme = models.ForeignKey(FuelProgramme, on_delete=models.CASCADE, related_name="rows")
    from_price = models.DecimalField(max_digits=8, decimal_places=3)
    to_price = models.DecimalField(max_digits=8, decimal_places=3)
    value = rate_field()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(from_price__lte=models.F("to_price")),
                name="fuel_row_forward",
            ),
            not_negative("from_price", "value", name="fuel_row_not_negative"),
            # The ranges of one number stand in for the number: plain GiST cannot compare integers.
            ExclusionConstraint(
                name="fuel_rows_apart",
                expressions=[
                    (
                        models.Func(
                            "programme",
                            "programme",
                            models.Value("[]"),
                            function="int8range",
                            output_field=BigIntegerRangeField(),
                        ),
                        RangeOperators.OVERLAPS,
                    ),
                    (
                        models.Func(
                            "from_price",
                            "to_price",
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
        return f"{self.from_price} - {self.to_price}: {self.value}"
