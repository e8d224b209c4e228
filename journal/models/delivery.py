"""One event on its way to one subscriber."""

from django.db import models

from journal.models.event import Event


class Delivery(models.Model):
    """The queue: one row per (event, subscriber), claimed in blocks under a lease.

    `attempts` is counted before the work, so a process that dies in the middle has used one up.
    """

    class Status(models.TextChoices):
        """Where the delivery stands."""

        PENDING = "PENDING"
        LEASED = "LEASED"
        DONE = "DONE"
        IGNORED = "IGNORED"
        DEAD = "DEAD"

    event = models.ForeignKey(Event, on_delete=models.PROTECT, related_name="deliveries")
    subscriber = models.CharField(max_length=120)
    queue = models.CharField(max_length=20)
    status = models.CharField(max_length=10, choices=Status, default=Status.PENDING)
    attempts = models.PositiveSmallIntegerField(default=0)
    next_try_at = models.DateTimeField()
    lease_until = models.DateTimeField(null=True)
    settled_at = models.DateTimeField(null=True)
    note = models.TextField(blank=True, default="")

    class Meta:
        indexes = [
            models.Index(
                fields=["queue", "next_try_at", "id"],
                condition=models.Q(status__in=["PENDING", "LEASED"]),
                name="delivery_due",
            ),
            models.Index(fields=["id"], condition=models.Q(status="DEAD"), name="delivery_dead"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["event", "subscriber"], name="delivery_once"),
            models.CheckConstraint(
                condition=models.Q(status__in=["PENDING", "LEASED", "DONE"]) | ~models.Q(note=""),
                name="delivery_says_why",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.event_id} to {self.subscriber}: {self.status}"
