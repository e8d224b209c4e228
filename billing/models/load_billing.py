"""Where a load stands on its way to an invoice."""

from typing import ClassVar

from django.db import models

from accounts.models import Customer, ScopedQuerySet
from billing.models.rating_record import RatingRecord
from dispatch.models import Load
from journal.models import Lifecycle


class LoadBilling(Lifecycle):
    """One row per load; evaluation locks it first, so an older verdict never wins.

    `blocker_count` counts what blocks, without warnings. A `review_reason` asks for a person
    whatever the customer's terms say, until somebody approves the load to bill. A held load
    (`held_at`) is not billed until somebody releases it.
    """

    class Status(models.TextChoices):
        """The verdict of the last evaluation."""

        WAITING = "WAITING", "Waiting for delivery"
        BLOCKED = "BLOCKED"
        REVIEW = "REVIEW", "To review"
        READY = "READY"
        INVOICED = "INVOICED"
        NOT_BILLABLE = "NOT_BILLABLE", "Not billable"

    TRANSITIONS: ClassVar[frozenset[tuple[str, str]]] = frozenset(
        {
            (before, after)
            for before in ("WAITING", "BLOCKED", "REVIEW", "READY", "NOT_BILLABLE")
            for after in ("WAITING", "BLOCKED", "REVIEW", "READY", "NOT_BILLABLE")
            if before != after
        }
        | {("READY", "INVOICED")}
        | {("INVOICED", after) for after in ("WAITING", "BLOCKED", "REVIEW", "READY")}
    )
    EVENT_NAMES: ClassVar[dict[str, str]] = {
        "WAITING": "load.waiting",
        "BLOCKED": "load.blocked",
        "REVIEW": "load.to_review",
        "READY": "load.ready",
        "INVOICED": "load.invoiced",
        "NOT_BILLABLE": "load.not_billable",
    }

    load = models.OneToOneField(Load, on_delete=models.PROTECT, related_name="billing")
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="+")
    status = models.CharField(max_length=12, choices=Status, default=Status.WAITING)
    total_amount = models.DecimalField(max_digits=14, decimal_places=2, default=0)
    currency = models.CharField(max_length=3, default="USD")
    blocker_count = models.PositiveSmallIntegerField(default=0)
    evaluated_at = models.DateTimeField(null=True)
    rating = models.ForeignKey(RatingRecord, null=True, on_delete=models.PROTECT, related_name="+")
    review_reason = models.TextField(blank=True, default="")
    reviewed_by = models.CharField(max_length=80, blank=True, default="")
    reviewed_at = models.DateTimeField(null=True)
    held_at = models.DateTimeField(null=True)
    held_by = models.CharField(max_length=80, blank=True, default="")
    hold_reason = models.TextField(blank=True, default="")

    objects = ScopedQuerySet["LoadBilling"].as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["status", "load"], name="load_billing_status"),
            models.Index(fields=["status", "customer", "id"], name="load_billing_bill_to"),
            models.Index(
                fields=["load"],
                include=["customer"],
                condition=models.Q(status__in=["BLOCKED", "REVIEW", "READY"]),
                name="load_billing_unbilled",
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(held_at=None)
                | (~models.Q(held_by="") & ~models.Q(hold_reason="")),
                name="load_billing_held_by_somebody_for_a_reason",
            )
        ]

    def __str__(self) -> str:
        return f"load {self.load_id}: {self.status}"
