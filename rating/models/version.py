"""One dated state of a rate card."""

from typing import ClassVar

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import (
    ArrayField,
    BigIntegerRangeField,
    DateRangeField,
    RangeOperators,
)
from django.db import models

from journal.models import Lifecycle
from rating.engine.choices import ClassSource, DeemedFor, FloorSpace, Precedence
from rating.engine.money import Rounding
from rating.models.card import RateCard
from rating.models.columns import (
    choice_field,
    inches_field,
    money_field,
    not_negative,
    one_of,
    rate_field,
)
from rating.models.density import DensityScale
from rating.models.fuel import FuelProgramme


class RateCardVersion(Lifecycle):
    """The prices of a card from one day to another.

    Drafted and submitted by some, approved and published by others, and frozen with all its rows
    by trigger from the submission on; only its end may come earlier. A retired version prices
    nothing new and stays for what was rated under it. The settings are those of
    `rating.engine.choices`; `cost_per_mile` is what a mile costs us, and the floor of every lane
    rated by the mile that names no floor of its own.
    """

    class Status(models.TextChoices):
        """Where the version stands."""

        DRAFT = "DRAFT"
        SUBMITTED = "SUBMITTED"
        APPROVED = "APPROVED"
        PUBLISHED = "PUBLISHED"
        RETIRED = "RETIRED"

    TRANSITIONS: ClassVar[frozenset[tuple[str, str]]] = frozenset(
        {
            (Status.DRAFT, Status.SUBMITTED),
            (Status.SUBMITTED, Status.APPROVED),
            (Status.SUBMITTED, Status.DRAFT),
            (Status.APPROVED, Status.DRAFT),
            (Status.APPROVED, Status.PUBLISHED),
            (Status.PUBLISHED, Status.RETIRED),
        }
    )
    EVENT_NAMES: ClassVar[dict[str, str]] = {
        Status.DRAFT: "rate_card.returned",
        Status.SUBMITTED: "rate_card.submitted",
        Status.APPROVED: "rate_card.approved",
        Status.PUBLISHED: "rate_card.published",
        Status.RETIRED: "rate_card.retired",
    }

    card = models.ForeignKey(RateCard, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    status = models.CharField(max_length=10, choices=Status, default=Status.DRAFT)
    effective_from = models.DateField()
    effective_to = models.DateField(null=True)
    fuel = models.ForeignKey(
        FuelProgramme, null=True, on_delete=models.PROTECT, related_name="versions"
    )
    density_scale = models.ForeignKey(
        DensityScale, null=True, on_delete=models.PROTECT, related_name="versions"
    )

    precedence = choice_field(Precedence, default=Precedence.SPECIFIC)
    rounding = choice_field(Rounding, default=Rounding.HALF_UP)
    rounding_places = models.PositiveSmallIntegerField(null=True)
    minimum_charge = money_field(null=True)
    discount_percent = models.DecimalField(max_digits=7, decimal_places=4, default=0)
    allows_deficit = models.BooleanField(default=True)
    cost_per_mile = rate_field(null=True)
    class_source = choice_field(ClassSource, default=ClassSource.DECLARED)
    deemed_for = choice_field(DeemedFor, default=DeemedFor.CLASS_AND_SPACE)
    unstackable_height_in = inches_field("height of what cannot be stacked", null=True)
    wide_from_in = inches_field("wide from", null=True)
    wide_width_in = inches_field("width of what is wide", null=True)
    floor_space = choice_field(FloorSpace, default=FloorSpace.FLOOR_POSITIONS)
    trailer_width_in = inches_field(default=96)
    stacked_pieces = models.PositiveSmallIntegerField(default=1)

    note = models.TextField(blank=True, default="")
    drafted_by = models.CharField(max_length=80)
    drafted_at = models.DateTimeField()
    edited_by = models.CharField("last edited by", max_length=80, blank=True, default="")
    edited_at = models.DateTimeField("last edited at", null=True)
    writers = ArrayField(
        models.CharField(max_length=80), default=list, verbose_name="everybody who edited"
    )
    submitted_by = models.CharField(max_length=80, blank=True, default="")
    submitted_at = models.DateTimeField(null=True)
    floor_reason = models.TextField("why lanes lie under their cost floor", blank=True, default="")
    approved_by = models.CharField(max_length=80, blank=True, default="")
    approved_at = models.DateTimeField(null=True)
    published_by = models.CharField(max_length=80, blank=True, default="")
    published_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["card", "number"], name="version_number_once"),
            models.CheckConstraint(
                condition=models.Q(effective_to=None)
                | models.Q(effective_to__gte=models.F("effective_from")),
                name="version_period_forward",
            ),
            # The ranges of one number stand in for the number: plain GiST cannot compare integers.
            ExclusionConstraint(
                name="version_periods_apart",
                expressions=[
                    (
                        models.Func(
                            "card",
                            "card",
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
                condition=models.Q(status="PUBLISHED"),
            ),
            models.CheckConstraint(
                condition=models.Q(discount_percent__gte=0, discount_percent__lt=100),
                name="version_discount_is_a_share",
            ),
            not_negative("minimum_charge", name="version_minimum_not_negative"),
            not_negative("cost_per_mile", name="version_cost_not_negative"),
            models.CheckConstraint(
                condition=models.Q(wide_from_in=None, wide_width_in=None)
                | models.Q(wide_from_in__isnull=False, wide_width_in__isnull=False),
                name="version_wide_says_how_wide",
            ),
            models.CheckConstraint(
                condition=models.Q(trailer_width_in__gt=0, stacked_pieces__gte=1),
                name="version_trailer_has_room",
            ),
            not_negative(
                "unstackable_height_in", "wide_from_in", name="version_inches_not_negative"
            ),
            one_of("class_source", ClassSource, name="version_class_source_known"),
            one_of("deemed_for", DeemedFor, name="version_deemed_for_known"),
            one_of("floor_space", FloorSpace, name="version_floor_space_known"),
            one_of("precedence", Precedence, name="version_precedence_known"),
            one_of("rounding", Rounding, name="version_rounding_known"),
            models.CheckConstraint(
                condition=~models.Q(status="SUBMITTED")
                | models.Q(submitted_at__isnull=False) & ~models.Q(submitted_by=""),
                name="version_submitted_by_somebody",
            ),
            models.CheckConstraint(
                condition=models.Q(status__in=["DRAFT", "SUBMITTED"])
                | models.Q(approved_at__isnull=False) & ~models.Q(approved_by=""),
                name="version_approved_by_somebody",
            ),
            models.CheckConstraint(
                condition=models.Q(status__in=["DRAFT", "SUBMITTED", "APPROVED"])
                | models.Q(published_at__isnull=False) & ~models.Q(published_by=""),
                name="version_published_by_somebody",
            ),
            models.CheckConstraint(
                condition=~models.Q(drafted_by="")
                & ~models.Q(approved_by=models.F("drafted_by"))
                & ~models.Q(published_by=models.F("drafted_by")),
                name="version_two_people",
            ),
            models.CheckConstraint(
                condition=models.Q(approved_by="")
                | ~models.Q(approved_by=models.F("submitted_by"))
                & ~models.Q(approved_by=models.F("edited_by"))
                & ~models.Q(writers__contains=[models.F("approved_by")]),
                name="version_approver_wrote_nothing",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.card.name} v{self.number}"
