"""Whether a target is worth trying."""

from django.db import models
from django.db.models import Q


class Breaker(models.Model):
    """Counts a target's failures in a row; while it is open nothing is sent there."""

    class Status(models.TextChoices):
        """OPEN means: no current flows; a probe at `probe_at` may close it."""

        CLOSED = "CLOSED"
        OPEN = "OPEN"

    target = models.CharField(max_length=40, unique=True)
    status = models.CharField(max_length=10, choices=Status, default=Status.CLOSED)
    failures = models.PositiveIntegerField(default=0)
    opened_at = models.DateTimeField(null=True)
    probe_at = models.DateTimeField(null=True)
    note = models.TextField(blank=True, default="")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(status="CLOSED") | Q(opened_at__isnull=False, probe_at__isnull=False),
                name="breaker_open_will_be_probed",
            )
        ]

    def __str__(self) -> str:
        return f"{self.target}: {self.status}"
