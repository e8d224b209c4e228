"""Messages that go out."""

from uuid import uuid4

from django.db import models
from django.db.models import F, Q

from billing.models import Invoice

MAX_ATTEMPTS = 8


class OutboxMessage(models.Model):
    """One document for one target, and how far it got.

    There is one row per (target, kind, subject) for ever, so a document cannot be sent twice by
    being queued twice. The idempotency key is the document's own id and goes with every attempt;
    of a letter it is the Message-ID.
    """

    class Target(models.TextChoices):
        """Where it goes."""

        ERP = "erp", "ERP"
        MAIL = "mail", "E-mail"
        EDI = "edi", "EDI folder"

    class Kind(models.TextChoices):
        """What it is."""

        INVOICE = "invoice"
        LETTER = "letter"
        TENDER_ANSWER = "tender_answer"

    class Status(models.TextChoices):
        """WAITING and LEASED are on the way, the others are ends."""

        WAITING = "WAITING"
        LEASED = "LEASED"
        SENT = "SENT"
        DEAD = "DEAD"

    target = models.CharField(max_length=10, choices=Target)
    kind = models.CharField(max_length=20, choices=Kind)
    subject_key = models.CharField(max_length=80)
    invoice = models.ForeignKey(
        Invoice, null=True, on_delete=models.PROTECT, related_name="outbox_messages"
    )
    idempotency_key = models.CharField(max_length=80)
    body = models.JSONField()
    correlation_id = models.UUIDField(default=uuid4)
    created_at = models.DateTimeField()

    status = models.CharField(max_length=10, choices=Status, default=Status.WAITING)
    attempts = models.PositiveSmallIntegerField(default=0)
    may_have_arrived = models.BooleanField(
        default=False, help_text="Sent before by an earlier round: look before sending again."
    )
    next_try_at = models.DateTimeField()
    lease_until = models.DateTimeField(null=True)
    verdict = models.TextField(blank=True, default="")
    external_reference = models.CharField(max_length=60, blank=True, default="")
    settled_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["target", "next_try_at", "id"],
                condition=Q(status__in=["WAITING", "LEASED"]),
                name="outbox_due",
            ),
            models.Index(fields=["id"], condition=Q(status="DEAD"), name="outbox_dead"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["target", "kind", "subject_key"], name="outbox_once_per_target"
            ),
            models.UniqueConstraint(fields=["target", "idempotency_key"], name="outbox_key_once"),
            models.CheckConstraint(
                condition=Q(attempts__lte=MAX_ATTEMPTS), name="outbox_attempts_end"
            ),
            models.CheckConstraint(
                condition=~Q(status="DEAD") | ~Q(verdict=""), name="outbox_dead_says_why"
            ),
            models.CheckConstraint(
                condition=~Q(status="SENT") | ~Q(external_reference=""),
                name="outbox_sent_knows_its_number",
            ),
            models.CheckConstraint(
                condition=Q(next_try_at__gte=F("created_at")), name="outbox_due_after_queued"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.target} {self.subject_key}: {self.status}"
