"""One amount that a customer owes for one load."""

from typing import ClassVar

from django.db import models

from accounts.models import Customer, ScopedQuerySet
from billing.models.amounts import is_rounded_product
from billing.models.rating_record import RatingRecord
from dispatch.models import Load, Stop
from journal.models import Lifecycle

# Linehaul and fuel are the freight itself; every other code is an accessorial.
NOT_ACCESSORIAL = ("LHS", "FUE")


class Charge(Lifecycle):
    """A charge of a load, known by (load, code, stop, occurrence).

    Rating again updates it in place while it is not billed, or supersedes it; it never doubles.
    `amount` is `quantity` times `rate`, rounded once. A billed charge does not change (trigger).
    `reason` says why it is held or waived.
    """

    class Status(models.TextChoices):
        """Whether it may be billed."""

        PROPOSED = "PROPOSED"
        HELD = "HELD", "Held for approval"
        APPROVED = "APPROVED"
        WAIVED = "WAIVED"
        SUPERSEDED = "SUPERSEDED"

    class Origin(models.TextChoices):
        """Who made it."""

        RATED = "RATED"
        MANUAL = "MANUAL"

    TRANSITIONS: ClassVar[frozenset[tuple[str, str]]] = frozenset(
        {
            (Status.PROPOSED, Status.APPROVED),
            (Status.PROPOSED, Status.HELD),
            (Status.PROPOSED, Status.WAIVED),
            (Status.PROPOSED, Status.SUPERSEDED),
            (Status.HELD, Status.APPROVED),
            (Status.HELD, Status.PROPOSED),
            (Status.HELD, Status.WAIVED),
            (Status.HELD, Status.SUPERSEDED),
            (Status.APPROVED, Status.HELD),
            (Status.APPROVED, Status.PROPOSED),
            (Status.APPROVED, Status.WAIVED),
            (Status.APPROVED, Status.SUPERSEDED),
            (Status.WAIVED, Status.HELD),
            (Status.WAIVED, Status.PROPOSED),
            (Status.WAIVED, Status.SUPERSEDED),
        }
    )

    load = models.ForeignKey(Load, on_delete=models.PROTECT, related_name="charges")
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="+")
    code = models.CharField(max_length=8)
    stop = models.ForeignKey(Stop, null=True, on_delete=models.PROTECT, related_name="charges")
    occurrence = models.PositiveSmallIntegerField(default=1)
    description = models.CharField(max_length=120)
    basis = models.CharField(max_length=160, blank=True, default="")
    quantity = models.DecimalField(max_digits=18, decimal_places=6)
    unit = models.CharField(max_length=12, blank=True, default="")
    rate = models.DecimalField(max_digits=18, decimal_places=8)
    amount = models.DecimalField(max_digits=14, decimal_places=2)
    currency = models.CharField(max_length=3)
    status = models.CharField(max_length=10, choices=Status, default=Status.PROPOSED)
    origin = models.CharField(max_length=6, choices=Origin, default=Origin.RATED)
    reason = models.TextField(blank=True, default="")
    adjusts = models.BooleanField(
        "difference on a later document",
        default=False,
        help_text="Beyond what (code, stop, occurrence) was billed before.",
    )
    explanation = models.JSONField(default=dict)
    rating_record = models.ForeignKey(
        RatingRecord, null=True, on_delete=models.PROTECT, related_name="charges"
    )
    made_by = models.CharField(max_length=80)
    decided_by = models.CharField(max_length=80, blank=True, default="")
    created_at = models.DateTimeField()
    changed_at = models.DateTimeField()

    objects = ScopedQuerySet["Charge"].as_manager()

    class Meta:
        indexes = [
            models.Index(
                fields=["created_at"],
                condition=~models.Q(code__in=NOT_ACCESSORIAL),
                name="charge_accessorial_arose",
            )
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["load", "code", "stop", "occurrence"],
                condition=~models.Q(status="SUPERSEDED") & models.Q(adjusts=False),
                nulls_distinct=False,
                name="charge_identity",
            ),
            models.CheckConstraint(
                condition=models.Q(currency__regex=r"^[A-Z]{3}$"), name="charge_currency_iso"
            ),
            models.CheckConstraint(
                condition=is_rounded_product("quantity", "rate"),
                name="charge_amount_is_quantity_times_rate",
            ),
            models.CheckConstraint(
                condition=~models.Q(status="WAIVED") | ~models.Q(reason=""),
                name="charge_waived_says_why",
            ),
            models.CheckConstraint(
                condition=~models.Q(status__in=["APPROVED", "WAIVED"]) | ~models.Q(decided_by=""),
                name="charge_decided_by_somebody",
            ),
            models.CheckConstraint(
                condition=models.Q(origin="RATED")
                | ~models.Q(status__in=["APPROVED", "WAIVED"])
                | ~models.Q(made_by=models.F("decided_by")),
                name="charge_manual_two_people",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.amount} {self.currency}"

    @property
    def identity(self) -> tuple[str, int | None, int]:
        """Return (code, stop, occurrence): what makes it the same charge of its load."""
        return self.code, self.stop_id, self.occurrence
