"""Papers of a load."""

from typing import ClassVar

from django.db import models

from accounts.models import Customer, ScopedQuerySet
from dispatch.models.load import Load
from dispatch.models.stop import Stop
from journal.models import Lifecycle


class Document(Lifecycle):
    """A paper, its bytes kept under their hash, and whether somebody accepted it."""

    class Kind(models.TextChoices):
        """What the paper proves."""

        POD = "POD", "Proof of delivery"
        BOL = "BOL", "Bill of lading"
        LUMPER_RECEIPT = "LUMPER_RECEIPT", "Lumper receipt"
        SCALE_TICKET = "SCALE_TICKET", "Scale ticket"
        TEMPERATURE_LOG = "TEMPERATURE_LOG", "Temperature log"
        RATE_CONFIRMATION = "RATE_CONFIRMATION", "Rate confirmation"
        OTHER = "OTHER", "Other"

    class Status(models.TextChoices):
        """Where the paper stands."""

        RECEIVED = "RECEIVED"
        ACCEPTED = "ACCEPTED"
        REJECTED = "REJECTED"

    TRANSITIONS: ClassVar[frozenset[tuple[str, str]]] = frozenset(
        {
            (Status.RECEIVED, Status.ACCEPTED),
            (Status.RECEIVED, Status.REJECTED),
            (Status.ACCEPTED, Status.REJECTED),
            (Status.REJECTED, Status.ACCEPTED),
        }
    )

    load = models.ForeignKey(Load, on_delete=models.PROTECT, related_name="documents")
    stop = models.ForeignKey(Stop, null=True, on_delete=models.PROTECT, related_name="documents")
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=20, choices=Kind)
    filename = models.CharField(max_length=160)
    content_type = models.CharField(max_length=80)
    pages = models.PositiveSmallIntegerField(default=1)
    size = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)
    status = models.CharField(max_length=10, choices=Status, default=Status.RECEIVED)
    reason = models.TextField(blank=True, default="")
    amount = models.DecimalField(max_digits=12, decimal_places=2, null=True)
    currency = models.CharField(max_length=3, default="USD")
    receipt_number = models.CharField(max_length=40, blank=True, default="")
    signed_by = models.CharField(max_length=120, blank=True, default="")
    source = models.CharField(max_length=40)
    received_at = models.DateTimeField()

    objects = ScopedQuerySet["Document"].as_manager()

    class Meta:
        indexes = [models.Index(fields=["load", "kind"], name="document_load")]
        constraints = [
            models.UniqueConstraint(fields=["load", "kind", "sha256"], name="document_once"),
            models.CheckConstraint(condition=models.Q(size__gt=0), name="document_not_empty"),
            models.CheckConstraint(
                condition=~models.Q(status="REJECTED") | ~models.Q(reason=""),
                name="document_rejected_says_why",
            ),
        ]

    def __str__(self) -> str:
        return self.filename
