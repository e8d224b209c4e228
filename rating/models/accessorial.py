"""Rows of the accessorial schedule."""

from django.db import models

from rating.engine.bases import RATE_BASES
from rating.engine.choices import (
    Basis,
    CapPeriod,
    CarrierDelay,
    ClockEnd,
    ClockStart,
    Conversion,
    HoursCounted,
    Increments,
    LateArrival,
    LayoverPeriod,
    Occurrences,
    Prorating,
    StopKind,
    Trigger,
)
from rating.models.columns import (
    choice_field,
    minimum_under_maximum,
    money_field,
    not_negative,
    one_of,
    one_of_or_empty,
    rate_field,
)
from rating.models.version import RateCardVersion


class AccessorialRule(models.Model):
    """One rule: what triggers it, what it charges, and who must approve.

    Columns that a trigger does not use keep their defaults; the meaning of each is in
    `rating.engine.book.AccessorialRule`.
    """

    version = models.ForeignKey(
        RateCardVersion, on_delete=models.CASCADE, related_name="accessorials"
    )
    rule = models.CharField(max_length=20)
    code = models.CharField("charge code", max_length=8)
    name = models.CharField(max_length=60)
    trigger = choice_field(Trigger)
    basis = choice_field(Basis, default=Basis.FLAT)
    rate = rate_field(default=0)
    minimum = money_field(null=True)
    maximum = money_field(null=True)
    cap_period = choice_field(CapPeriod, default=CapPeriod.STAY)

    equipment = models.CharField(max_length=20, blank=True, default="")
    commodity = models.CharField(max_length=120, blank=True, default="")
    shipment_type = models.CharField(max_length=20, blank=True, default="")
    stop_kind = choice_field(StopKind, blank=True, default="")

    service = models.CharField("recorded service", max_length=20, blank=True, default="")
    occurrences = choice_field(Occurrences, default=Occurrences.EVENT)
    receipt_kind = models.CharField("document kind", max_length=20, blank=True, default="")
    fee_amount = money_field("fee for each receipt", default=0)
    fee_percent = models.DecimalField(max_digits=7, decimal_places=4, default=0)
    free_stops = models.PositiveSmallIntegerField("stops included", default=2)
    notice_minutes = models.PositiveIntegerField("free until before pickup", null=True)

    bears_fuel = models.BooleanField("fuel surcharge applies", default=False)
    always_needs_approval = models.BooleanField(default=False)
    approval_above_amount = money_field(null=True)
    approval_above_minutes = models.PositiveIntegerField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["version", "rule"], name="accessorial_rule_once"),
            not_negative(
                "rate",
                "minimum",
                "maximum",
                "fee_amount",
                "fee_percent",
                name="accessorial_not_negative",
            ),
            minimum_under_maximum(name="accessorial_minimum_under_maximum"),
            models.CheckConstraint(
                condition=models.Q(free_stops__gte=2), name="accessorial_ends_are_included"
            ),
            models.CheckConstraint(
                condition=~models.Q(trigger="RECEIPT") | ~models.Q(receipt_kind=""),
                name="accessorial_receipt_names_kind",
            ),
            models.CheckConstraint(
                condition=~models.Q(trigger="SERVICE") | ~models.Q(service=""),
                name="accessorial_service_is_named",
            ),
            one_of("trigger", Trigger, name="accessorial_trigger_known"),
            one_of(
                "basis", [*sorted(RATE_BASES), Basis.PASS_THROUGH], name="accessorial_basis_known"
            ),
            one_of("cap_period", CapPeriod, name="accessorial_cap_known"),
            one_of("occurrences", Occurrences, name="accessorial_occurrences_known"),
            one_of_or_empty("stop_kind", StopKind, name="accessorial_stop_kind_known"),
        ]

    def __str__(self) -> str:
        return f"{self.rule} {self.name}"


class AccessorialTier(models.Model):
    """The rate of a rule from this count or quantity on."""

    rule = models.ForeignKey(AccessorialRule, on_delete=models.CASCADE, related_name="tiers")
    from_quantity = models.DecimalField(max_digits=12, decimal_places=3)
    rate = rate_field()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["rule", "from_quantity"], name="accessorial_tier_once"),
            not_negative("rate", "from_quantity", name="accessorial_tier_not_negative"),
        ]

    def __str__(self) -> str:
        return f"from {self.from_quantity}: {self.rate}"


class DetentionTerms(models.Model):
    """How a detention rule turns waiting into billable time."""

    rule = models.OneToOneField(AccessorialRule, on_delete=models.CASCADE, related_name="detention")
    increment_minutes = models.PositiveSmallIntegerField(default=60)
    increments = choice_field(Increments, default=Increments.ANY_STARTED)
    clock_start = choice_field(ClockStart, default=ClockStart.LATER_OF_ARRIVAL_AND_APPOINTMENT)
    clock_end = choice_field(ClockEnd, default=ClockEnd.DEPARTED_ELSE_UNLOADED)
    late_tolerance_minutes = models.PositiveSmallIntegerField(default=0)
    late_arrival = choice_field(LateArrival, default=LateArrival.STARTS_AT_ARRIVAL)
    layover_after_minutes = models.PositiveIntegerField("layover after", null=True)
    layover_rule = models.CharField(max_length=20, blank=True, default="")
    conversion = choice_field(Conversion, default=Conversion.LAYOVER_FOLLOWS)
    layover_period = choice_field(LayoverPeriod, default=LayoverPeriod.DAY)
    excluded_reasons = models.CharField(max_length=120, blank=True, default="AH AI D1 D2")
    carrier_delay = choice_field(CarrierDelay, default=CarrierDelay.EXCLUDED)
    meal_break_minutes = models.PositiveSmallIntegerField(default=60)
    hours_counted = choice_field(HoursCounted, default=HoursCounted.ALWAYS)
    prorating = choice_field(Prorating, default=Prorating.NONE)

    class Meta:
        verbose_name_plural = "detention terms"
        constraints = [
            models.CheckConstraint(
                condition=models.Q(increment_minutes__gte=1), name="detention_increment_lasts"
            ),
            one_of("increments", Increments, name="detention_increments_known"),
            one_of("clock_start", ClockStart, name="detention_clock_start_known"),
            one_of("clock_end", ClockEnd, name="detention_clock_end_known"),
            one_of("late_arrival", LateArrival, name="detention_late_arrival_known"),
            models.CheckConstraint(
                condition=models.Q(layover_after_minutes=None) | ~models.Q(layover_rule=""),
                name="detention_layover_has_rule",
            ),
            one_of("conversion", Conversion, name="detention_conversion_known"),
            one_of("layover_period", LayoverPeriod, name="detention_layover_period_known"),
            one_of("carrier_delay", CarrierDelay, name="detention_carrier_delay_known"),
            one_of("hours_counted", HoursCounted, name="detention_hours_counted_known"),
            one_of("prorating", Prorating, name="detention_prorating_known"),
        ]

    def __str__(self) -> str:
        return f"terms of {self.rule}"


class FreeTime(models.Model):
    """Minutes at a stop that cost nothing; an empty kind means any stop."""

    terms = models.ForeignKey(DetentionTerms, on_delete=models.CASCADE, related_name="free_times")
    stop_kind = choice_field(StopKind, blank=True, default="")
    from_weight_lb = models.DecimalField(max_digits=10, decimal_places=2, default=0)
    minutes = models.PositiveSmallIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["terms", "stop_kind", "from_weight_lb"], name="free_time_once"
            ),
            one_of_or_empty("stop_kind", StopKind, name="free_time_stop_kind_known"),
        ]

    def __str__(self) -> str:
        return f"{self.minutes} min"
