"""One thing that happened."""

from uuid import uuid4

from django.db import models
from django.db.models.functions import Now


class XidField(models.Field):  # type: ignore[type-arg]
    """The 64-bit id of the transaction that wrote a row (PostgreSQL's `xid8`).

    Feeds read up to `pg_snapshot_xmin`, because ids and timestamps commit out of order.
    """

    def db_type(self, connection: object) -> str:
        """Name the column's type."""
        return "xid8"


class CurrentXid(models.Func):
    """The id of the running transaction."""

    function = "pg_current_xact_id"
    output_field = XidField()


class Event(models.Model):
    """Who did what to which row, when it happened and when it came.

    Rows are inserted by `journal.operations.recording` only and never change: a trigger refuses
    UPDATE, DELETE and TRUNCATE, and the application's role lacks the right.
    """

    name = models.CharField(max_length=60)
    subject_table = models.CharField(max_length=60)
    subject_id = models.BigIntegerField()
    customer_id = models.BigIntegerField(null=True)
    occurred_at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    actor = models.CharField(max_length=80)
    reason = models.TextField(blank=True, default="")
    old = models.JSONField(default=dict)
    new = models.JSONField(default=dict)
    payload = models.JSONField(default=dict)
    cause = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="effects")
    correlation_id = models.UUIDField(default=uuid4)
    written_at = models.DateTimeField(db_default=Now())
    xid = XidField(db_default=CurrentXid())

    class Meta:
        indexes = [
            models.Index(fields=["subject_table", "subject_id", "id"], name="event_subject"),
            models.Index(fields=["correlation_id", "id"], name="event_correlation"),
            models.Index(fields=["name", "id"], name="event_name"),
            models.Index(fields=["xid"], name="event_xid"),
        ]
        constraints = [
            models.CheckConstraint(condition=~models.Q(actor=""), name="event_has_actor"),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.subject_table}:{self.subject_id}"
