"""Messages that came in."""

from uuid import uuid4

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q

from dispatch.models import Load
from integrations.models.source import Source


class InboxMessage(models.Model):
    """One message as it came, and what became of it.

    Kept for ever under (source, external id): the same id never acts twice. Written by
    `integrations.operations.receiving`, settled by `integrations.operations.understanding`.
    """

    class Status(models.TextChoices):
        """RECEIVED waits to be understood, PARKED for its load; the others are ends."""

        RECEIVED = "RECEIVED"
        PARKED = "PARKED"
        PROCESSED = "PROCESSED"
        IGNORED = "IGNORED"
        FAILED = "FAILED"

    source = models.ForeignKey(Source, on_delete=models.PROTECT, related_name="messages")
    external_id = models.CharField(max_length=200)
    content_type = models.CharField(max_length=80)
    headers = models.JSONField(default=dict)
    body = models.BinaryField()
    body_sha256 = models.CharField(max_length=64)
    received_at = models.DateTimeField()
    correlation_id = models.UUIDField(default=uuid4)

    status = models.CharField(max_length=10, choices=Status, default=Status.RECEIVED)
    reason = models.TextField(blank=True, default="")
    warnings = models.JSONField(default=list)
    load = models.ForeignKey(Load, null=True, on_delete=models.PROTECT, related_name="messages")
    parked_keys = ArrayField(models.CharField(max_length=80), default=list)
    parked_at = models.DateTimeField(null=True)
    settled_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["-received_at", "-id"], name="inbox_received"),
            models.Index(fields=["load", "id"], name="inbox_load"),
            models.Index(fields=["correlation_id"], name="inbox_correlation"),
            models.Index(
                fields=["status", "received_at"],
                condition=Q(status__in=["RECEIVED", "PARKED", "FAILED"]),
                name="inbox_open",
            ),
            GinIndex(fields=["parked_keys"], condition=Q(status="PARKED"), name="inbox_parked"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["source", "external_id"], name="inbox_once_for_ever"),
            models.CheckConstraint(condition=~Q(external_id=""), name="inbox_has_external_id"),
            models.CheckConstraint(
                condition=Q(body_sha256__regex=r"^[0-9a-f]{64}$"), name="inbox_has_hash"
            ),
            models.CheckConstraint(
                condition=Q(status__in=["RECEIVED", "PROCESSED"]) | ~Q(reason=""),
                name="inbox_says_why",
            ),
            models.CheckConstraint(
                condition=~Q(status="PARKED") | Q(parked_keys__len__gt=0, parked_at__isnull=False),
                name="inbox_parked_under_a_key",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.source_id}:{self.external_id}"
