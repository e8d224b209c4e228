"""What the clock alone will make of a load."""

from datetime import UTC, datetime

from django.db import models

from accounts.models import Customer, ScopedQuerySet
from dispatch.models.load import Load

# Stands for "no appointment known", so that rows sort by a column that is never empty.
FAR = datetime(9999, 1, 1, tzinfo=UTC)


class Watch(models.Model):
    """The instants by which a dispatcher's board sorts an open load; one row while it is open.

    A load is open until it is called off, or delivered with a proof of delivery on file. Nothing
    here is told by anybody: `dispatch.operations.watching` writes it, from load, stops, milestones
    and papers, in the transaction that changes them. What needs somebody *now* is then a range of
    an index (`dispatch.queries.attention`), however many loads there are.
    """

    class Phase(models.TextChoices):
        """Where a load stands, as coarsely as the board groups."""

        OFFERED = "OFFERED"
        BEFORE = "BEFORE", "Before pickup"
        AT_STOP = "AT_STOP", "At a stop"
        ROLLING = "ROLLING", "In transit"
        DONE = "DONE", "Delivered, no proof yet"

    load = models.OneToOneField(
        Load, primary_key=True, on_delete=models.CASCADE, related_name="watch"
    )
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="+")
    phase = models.CharField(max_length=8, choices=Phase)
    is_assigned = models.BooleanField()
    eta_at = models.DateTimeField("last estimate for the next stop", null=True)
    late_at = models.DateTimeField("counts as late from", null=True)
    waiting_from = models.DateTimeField("clock at the stop began", null=True)
    heard_at = models.DateTimeField("last sign of life", null=True)
    expired_for = models.DateTimeField("deadline that was told to have passed", null=True)
    pickup_at = models.DateTimeField(default=FAR)
    delivery_at = models.DateTimeField(default=FAR)

    objects = ScopedQuerySet["Watch"].as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["phase", "pickup_at", "load"], name="watch_pickup"),
            models.Index(fields=["phase", "delivery_at", "load"], name="watch_delivery"),
            models.Index(fields=["phase", "late_at", "load"], name="watch_late"),
            models.Index(
                fields=["phase", "waiting_from", "load"],
                condition=models.Q(phase="AT_STOP"),
                name="watch_waiting",
            ),
            models.Index(
                fields=["phase", "heard_at", "load"],
                condition=models.Q(phase="ROLLING"),
                name="watch_heard",
            ),
            models.Index(
                fields=["pickup_at", "load"],
                condition=models.Q(phase="BEFORE", is_assigned=False),
                name="watch_unassigned",
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(phase__in=["OFFERED", "BEFORE", "AT_STOP", "ROLLING", "DONE"]),
                name="watch_phase_known",
            ),
        ]

    def __str__(self) -> str:
        return f"load {self.load_id}: {self.phase}"
