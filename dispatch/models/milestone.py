"""What happened to a load, as it was told."""

from uuid import uuid4

from django.db import models

from accounts.models import Customer, ScopedQuerySet
from dispatch.models.load import Load
from dispatch.models.stop import Stop


class Milestone(models.Model):
    """One fact about a load. Never edited: a correction is another row that supersedes it.

    `fact_key` names the fact whatever the message that brought it, so the same fact told twice
    is one row.
    """

    class Kind(models.TextChoices):
        """What happened, or what a dispatcher decided."""

        TENDERED = "TENDERED"
        ACCEPTED = "ACCEPTED"
        DECLINED = "DECLINED"
        DISPATCHED = "DISPATCHED"
        ARRIVED = "ARRIVED"
        DEPARTED = "DEPARTED"
        IN_TRANSIT = "IN_TRANSIT", "In transit"
        DELIVERED = "DELIVERED"
        CANCELLED = "CANCELLED"
        TRUCK_NOT_USED = "TRUCK_NOT_USED", "Truck not used"
        POD_RECEIVED = "POD_RECEIVED", "POD received"
        ETA = "ETA", "Estimated arrival"
        DELAYED = "DELAYED"
        EXCEPTION = "EXCEPTION"
        CHECK_CALL = "CHECK_CALL", "Check call"

    load = models.ForeignKey(Load, on_delete=models.PROTECT, related_name="milestones")
    stop = models.ForeignKey(Stop, null=True, on_delete=models.PROTECT, related_name="milestones")
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=14, choices=Kind)
    occurred_at = models.DateTimeField()
    received_at = models.DateTimeField()
    source_offset_minutes = models.SmallIntegerField(null=True)
    source = models.CharField(max_length=40)
    source_reference = models.CharField(max_length=120, blank=True, default="")
    fact_key = models.CharField(max_length=64)
    supersedes = models.ForeignKey(
        "self", null=True, on_delete=models.PROTECT, related_name="superseded_by"
    )
    is_retraction = models.BooleanField(default=False)
    recorded_by = models.CharField(max_length=80)
    correlation_id = models.UUIDField(default=uuid4)
    detail = models.JSONField(default=dict)

    objects = ScopedQuerySet["Milestone"].as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["load", "occurred_at"], name="milestone_load"),
            models.Index(fields=["source", "source_reference"], name="milestone_source"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["load", "fact_key"], name="milestone_fact_once"),
            models.CheckConstraint(
                condition=models.Q(is_retraction=False) | models.Q(supersedes__isnull=False),
                name="milestone_retracts_something",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.occurred_at:%Y-%m-%d %H:%M}Z"
