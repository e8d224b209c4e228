"""What a load shall be, as it was told."""

from uuid import uuid4

from django.db import models

from accounts.models import Customer, ScopedQuerySet
from dispatch.models.load import Load


class Plan(models.Model):
    """One tender, change or correction of a load's plan. Insert-only.

    `facts` are the `LoadFacts` that were told. What a load shall be is all its plans laid over
    each other in the order of `planned_at`, so that an older change that comes late spoils nothing.
    `plan_key` is the same whenever the same plan is told again.
    """

    load = models.ForeignKey(Load, on_delete=models.PROTECT, related_name="plans")
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="+")
    facts = models.JSONField()
    planned_at = models.DateTimeField()
    received_at = models.DateTimeField()
    source = models.CharField(max_length=40)
    source_reference = models.CharField(max_length=240, blank=True, default="")
    plan_key = models.CharField(max_length=64)
    recorded_by = models.CharField(max_length=80)
    correlation_id = models.UUIDField(default=uuid4)

    objects = ScopedQuerySet["Plan"].as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["load", "plan_key"], name="plan_once"),
        ]

    def __str__(self) -> str:
        return f"plan of {self.planned_at:%Y-%m-%d %H:%M}Z"
