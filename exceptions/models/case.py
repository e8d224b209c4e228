"""Something a person must decide."""

from typing import ClassVar

from django.conf import settings
from django.db import models

from accounts.models import Customer, ScopedQuerySet
from dispatch.models import Load
from journal.models import Lifecycle


class Case(Lifecycle):
    """One decision: its owner, clock, evidence and audited end.

    There is one open case per (kind, subject key); the key names the stop, charge, document or
    message. The value at stake is what the opener was told; a case moves no money. Until
    `snoozed_until` an open case is out of everybody's list; its clock runs on.
    """

    class Status(models.TextChoices):
        """Open until a named person or a named rule closes it."""

        OPEN = "OPEN"
        CLOSED = "CLOSED"

    class Severity(models.TextChoices):
        """How loud it is."""

        INFO = "INFO"
        WARN = "WARN"
        BAD = "BAD"

    TRANSITIONS: ClassVar[frozenset[tuple[str, str]]] = frozenset(
        {(Status.OPEN, Status.CLOSED), (Status.CLOSED, Status.OPEN)}
    )
    EVENT_NAMES: ClassVar[dict[str, str]] = {"CLOSED": "case.closed", "OPEN": "case.reopened"}

    number = models.CharField(max_length=20, unique=True)
    kind = models.CharField(max_length=40)
    subject_key = models.CharField(max_length=160)
    title = models.CharField(max_length=160)
    severity = models.CharField(max_length=4, choices=Severity)
    is_blocking = models.BooleanField(default=False)
    value_amount = models.DecimalField(max_digits=14, decimal_places=2, null=True)
    currency = models.CharField(max_length=3, default="USD")
    owner_group = models.CharField(max_length=40)
    assignee = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="cases"
    )
    load = models.ForeignKey(Load, null=True, on_delete=models.PROTECT, related_name="cases")
    customer = models.ForeignKey(
        Customer, null=True, on_delete=models.PROTECT, related_name="cases"
    )
    evidence = models.JSONField(default=list)
    detail = models.JSONField(default=dict)
    correlation_id = models.UUIDField()
    version = models.PositiveIntegerField(default=1)
    status = models.CharField(max_length=6, choices=Status, default=Status.OPEN)
    opened_at = models.DateTimeField()
    due_at = models.DateTimeField()
    snoozed_until = models.DateTimeField(null=True)
    overdue_told_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    closed_by = models.CharField(max_length=80, blank=True, default="")
    resolution = models.CharField(max_length=40, blank=True, default="")
    close_reason = models.TextField(blank=True, default="")

    objects = ScopedQuerySet["Case"].as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["status", "due_at", "id"], name="case_due"),
            models.Index(fields=["load", "status"], name="case_load"),
            models.Index(
                fields=["closed_at"], condition=models.Q(status="CLOSED"), name="case_closed"
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "subject_key"],
                condition=models.Q(status="OPEN"),
                name="case_one_open",
            ),
            models.CheckConstraint(
                condition=models.Q(status="OPEN")
                | (~models.Q(closed_by="") & ~models.Q(close_reason="")),
                name="case_closed_by_somebody_for_a_reason",
            ),
            models.CheckConstraint(
                condition=models.Q(status="OPEN")
                | models.Q(closed_by__regex=r"^(user:[0-9]+|rule:[a-z0-9_.:-]+)$"),
                name="case_closed_by_person_or_rule",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.title}"
