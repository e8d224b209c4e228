"""Invoices that somebody asked for in the workbench, and what became of each."""

from typing import ClassVar

from django.db import models

from accounts.models import Customer
from billing.models.invoice import Invoice
from dispatch.models import Load
from journal.models import Lifecycle


class InvoiceRun(models.Model):
    """One selection that was issued at a click; the key makes a second click the same run."""

    key = models.UUIDField(unique=True)
    asked_by = models.CharField(max_length=80)
    asked_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["-id"], name="invoice_run_newest")]

    def __str__(self) -> str:
        return f"run {self.pk} of {self.asked_by}"


class InvoiceRequest(Lifecycle):
    """One invoice of a run: its loads, and the total that the person saw before asking."""

    class Status(models.TextChoices):
        """Waiting until it is issued or refused."""

        WAITING = "WAITING"
        ISSUED = "ISSUED"
        REFUSED = "REFUSED"

    TRANSITIONS: ClassVar[frozenset[tuple[str, str]]] = frozenset(
        {(Status.WAITING, Status.ISSUED), (Status.WAITING, Status.REFUSED)}
    )
    EVENT_NAMES: ClassVar[dict[str, str]] = {
        "ISSUED": "invoice_request.issued",
        "REFUSED": "invoice_request.refused",
    }

    run = models.ForeignKey(InvoiceRun, on_delete=models.PROTECT, related_name="requests")
    position = models.PositiveIntegerField()
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="+")
    loads = models.ManyToManyField(Load, through="InvoiceRequestLoad", related_name="+")
    seen_amount = models.DecimalField(max_digits=14, decimal_places=2)
    currency = models.CharField(max_length=3)
    status = models.CharField(max_length=8, choices=Status, default=Status.WAITING)
    invoice = models.ForeignKey(Invoice, null=True, on_delete=models.PROTECT, related_name="+")
    note = models.TextField(blank=True, default="")
    settled_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["run", "position"], name="invoice_request_place_once"),
            models.CheckConstraint(
                condition=models.Q(status="ISSUED", invoice__isnull=False)
                | (~models.Q(status="ISSUED") & models.Q(invoice=None)),
                name="invoice_request_issued_has_invoice",
            ),
            models.CheckConstraint(
                condition=~models.Q(status="REFUSED") | ~models.Q(note=""),
                name="invoice_request_refused_says_why",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.run_id}.{self.position} {self.status}"


class InvoiceRequestLoad(models.Model):
    """A load that a requested invoice is to bill; in one run at most once."""

    run = models.ForeignKey(InvoiceRun, on_delete=models.PROTECT, related_name="+")
    request = models.ForeignKey(
        InvoiceRequest, on_delete=models.PROTECT, related_name="request_loads"
    )
    load = models.ForeignKey(Load, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["run", "load"], name="invoice_run_load_once")
        ]

    def __str__(self) -> str:
        return f"load {self.load_id} of request {self.request_id}"
