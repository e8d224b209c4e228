"""What happened to a load, as it was told."""

from uuid import uuid4

from django.db import models

from accounts.models import Customer, ScopedQuerySet
from dispatch.models.load import Load
from dispatch.models.stop import Stop

# No clock on earth is further from UTC.
MOST_MINUTES = 14 * 60


class Milestone(models.Model):
    """One fact about a load, as it was told. Never edited: a correction is another row.

    `fact_key` is the same whenever the same thing is told again, so it is one row.
    `supersedes_reference` names what a correction replaces or a retraction takes back: the
    source's own reference, or the `fact_key` of any milestone. It is a name and not a row, because
    a correction may come before what it corrects.

    How the source named the stop is kept as it was told and read anew at every fold, since the
    plan may change afterwards; `stop` is the one that was understood when the fact came.
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
        PAUSED = "PAUSED", "Waiting not counted"
        SERVICE = "SERVICE", "Service done"
        REWEIGHED = "REWEIGHED"
        RECLASSED = "RECLASSED"

    load = models.ForeignKey(Load, on_delete=models.PROTECT, related_name="milestones")
    stop = models.ForeignKey(Stop, null=True, on_delete=models.PROTECT, related_name="milestones")
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=14, choices=Kind)
    occurred_at = models.DateTimeField()
    received_at = models.DateTimeField()
    source_offset_minutes = models.SmallIntegerField(null=True)
    source = models.CharField(max_length=40)
    source_reference = models.CharField(max_length=240, blank=True, default="")
    fact_key = models.CharField(max_length=64)
    supersedes_reference = models.CharField(max_length=240, blank=True, default="")
    is_retraction = models.BooleanField(default=False)
    stop_sequence = models.PositiveSmallIntegerField(null=True)
    stop_kind = models.CharField(max_length=10, blank=True, default="")
    city = models.CharField(max_length=80, blank=True, default="")
    state = models.CharField(max_length=3, blank=True, default="")
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
                condition=models.Q(is_retraction=False) | ~models.Q(supersedes_reference=""),
                name="milestone_retracts_something",
            ),
            models.CheckConstraint(
                condition=models.Q(source_offset_minutes=None)
                | models.Q(source_offset_minutes__range=(-MOST_MINUTES, MOST_MINUTES)),
                name="milestone_offset_on_earth",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.occurred_at:%Y-%m-%d %H:%M}Z"
