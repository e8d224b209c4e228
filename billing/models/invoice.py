"""Documents sent to customers. What is issued is frozen; what happens to it stands beside it."""

from typing import ClassVar
from uuid import uuid4

from django.db import models

from accounts.models import Customer, ScopedQuerySet
from billing.models.amounts import is_rounded_product
from billing.models.charge import Charge
from billing.models.entity import LegalEntity, Series
from dispatch.models import Load
from journal.models import Lifecycle


class Invoice(models.Model):
    """An issued invoice or credit note. Inserted once, never changed (trigger and role).

    Amounts are in `currency`; a credit note's are negative. `snapshot` holds all that the PDF
    shows.
    """

    class Kind(models.TextChoices):
        """A credit note mirrors the invoice it corrects."""

        INVOICE = "INVOICE", "Freight invoice"
        CREDIT_NOTE = "CREDIT_NOTE", "Credit note"

    uid = models.UUIDField(default=uuid4, unique=True)
    entity = models.ForeignKey(LegalEntity, on_delete=models.PROTECT, related_name="invoices")
    series = models.ForeignKey(Series, on_delete=models.PROTECT, related_name="invoices")
    sequence = models.BigIntegerField()
    number = models.CharField(max_length=30, unique=True)
    kind = models.CharField(max_length=12, choices=Kind, default=Kind.INVOICE)
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="invoices")
    corrects = models.ForeignKey(
        "self", null=True, on_delete=models.PROTECT, related_name="corrected_by"
    )
    issued_on = models.DateField()
    due_on = models.DateField()
    issued_at = models.DateTimeField()
    issued_by = models.CharField(max_length=80)
    currency = models.CharField(max_length=3)
    net_amount = models.DecimalField(max_digits=14, decimal_places=2)
    tax_amount = models.DecimalField(max_digits=14, decimal_places=2)
    total_amount = models.DecimalField(max_digits=14, decimal_places=2)
    load_count = models.PositiveIntegerField()
    snapshot = models.JSONField()
    snapshot_sha256 = models.CharField(max_length=64)

    objects = ScopedQuerySet["Invoice"].as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["customer", "-id"], name="invoice_customer"),
            models.Index(fields=["-issued_on", "-id"], name="invoice_issued"),
            # Sums of a period read the index alone, not the snapshots.
            models.Index(
                fields=["issued_on"],
                include=["customer", "currency", "kind", "total_amount"],
                name="invoice_sums",
            ),
        ]
        constraints = [
            models.UniqueConstraint(fields=["series", "sequence"], name="invoice_number_once"),
            models.CheckConstraint(
                condition=models.Q(total_amount=models.F("net_amount") + models.F("tax_amount")),
                name="invoice_total_adds_up",
            ),
            models.CheckConstraint(
                condition=models.Q(currency__regex=r"^[A-Z]{3}$"), name="invoice_currency_iso"
            ),
            models.CheckConstraint(
                condition=models.Q(number__regex=r"^[A-Z]{2,6}-[0-9]{6,}$"),
                name="invoice_number_format",
            ),
            models.CheckConstraint(
                condition=models.Q(kind="INVOICE", total_amount__gte=0)
                | models.Q(kind="CREDIT_NOTE", total_amount__lte=0),
                name="invoice_owes_credit_note_returns",
            ),
            models.CheckConstraint(
                condition=models.Q(kind="INVOICE") | models.Q(corrects__isnull=False),
                name="credit_note_corrects_something",
            ),
            models.CheckConstraint(
                condition=models.Q(due_on__gte=models.F("issued_on")), name="invoice_due_later"
            ),
        ]

    def __str__(self) -> str:
        return self.number


class InvoiceLine(models.Model):
    """One line: rounded once, copied from its charge.

    `tax_category` is the code of UN/ECE 5305, `tax_rate` the percentage of the whole line, None
    where its taxes have different bases; `InvoiceLineTax` holds each of them.
    Lines are inserted before their invoice; once that stands, no line can join it (trigger).
    """

    invoice = models.ForeignKey(Invoice, on_delete=models.PROTECT, related_name="lines")
    position = models.PositiveIntegerField()
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="+")
    load = models.ForeignKey(Load, on_delete=models.PROTECT, related_name="invoice_lines")
    charge = models.ForeignKey(Charge, on_delete=models.PROTECT, related_name="invoice_lines")
    code = models.CharField(max_length=8)
    description = models.CharField(max_length=120)
    basis = models.CharField(max_length=160, blank=True, default="")
    quantity = models.DecimalField(max_digits=18, decimal_places=6)
    unit = models.CharField(max_length=12, blank=True, default="")
    rate = models.DecimalField(max_digits=18, decimal_places=8)
    amount = models.DecimalField(max_digits=14, decimal_places=2)
    currency = models.CharField(max_length=3)
    tax_category = models.CharField(max_length=20)
    tax_rate = models.DecimalField(max_digits=7, decimal_places=4, default=0, null=True)
    tax_amount = models.DecimalField(max_digits=14, decimal_places=2, default=0)

    objects = ScopedQuerySet["InvoiceLine"].as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["invoice", "position"], name="line_position_once"),
            models.CheckConstraint(
                condition=models.Q(currency__regex=r"^[A-Z]{3}$"), name="line_currency_iso"
            ),
            models.CheckConstraint(
                condition=is_rounded_product("quantity", "rate"),
                name="line_amount_is_quantity_times_rate",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.position} {self.description} {self.amount}"


class InvoiceState(Lifecycle):
    """What has happened to an issued document since.

    `issued_at` and `due_on` repeat the frozen document's, so that what is open is counted in one
    narrow index; a credit note is never due.
    """

    class Status(models.TextChoices):
        """How much of it is still owed; a payment that is voided owes it again."""

        ISSUED = "ISSUED"
        PART_PAID = "PART_PAID", "Part paid"
        PAID = "PAID"
        CREDITED = "CREDITED"

    class ErpStatus(models.TextChoices):
        """Where the posting stands."""

        QUEUED = "QUEUED"
        POSTED = "POSTED"
        FAILED = "FAILED"

    UNPOSTED: ClassVar[tuple[str, str]] = (ErpStatus.QUEUED, ErpStatus.FAILED)

    TRANSITIONS: ClassVar[frozenset[tuple[str, str]]] = frozenset(
        {
            (Status.ISSUED, Status.PART_PAID),
            (Status.ISSUED, Status.PAID),
            (Status.ISSUED, Status.CREDITED),
            (Status.PART_PAID, Status.PAID),
            (Status.PART_PAID, Status.CREDITED),
            (Status.PART_PAID, Status.ISSUED),
            (Status.PAID, Status.PART_PAID),
            (Status.PAID, Status.ISSUED),
            (Status.PAID, Status.CREDITED),
        }
    )

    invoice = models.OneToOneField(Invoice, on_delete=models.PROTECT, related_name="state")
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="+")
    status = models.CharField(max_length=10, choices=Status, default=Status.ISSUED)
    balance_amount = models.DecimalField(max_digits=14, decimal_places=2)
    currency = models.CharField(max_length=3)
    issued_at = models.DateTimeField()
    due_on = models.DateField(null=True)
    erp_status = models.CharField(max_length=10, choices=ErpStatus, default=ErpStatus.QUEUED)
    erp_reference = models.CharField(max_length=60, blank=True, default="")
    erp_posted_at = models.DateTimeField(null=True)
    erp_note = models.CharField(max_length=240, blank=True, default="")

    objects = ScopedQuerySet["InvoiceState"].as_manager()

    class Meta:
        indexes = [
            models.Index(
                fields=["invoice"],
                include=[
                    "customer",
                    "currency",
                    "balance_amount",
                    "issued_at",
                    "due_on",
                    "erp_status",
                ],
                condition=models.Q(status__in=["ISSUED", "PART_PAID"], due_on__isnull=False),
                name="invoice_state_open",
            ),
            models.Index(
                fields=["invoice"],
                include=["customer", "currency", "issued_at", "erp_status"],
                condition=models.Q(erp_status__in=["QUEUED", "FAILED"]),
                name="invoice_state_unposted",
            ),
        ]

    def __str__(self) -> str:
        return f"invoice {self.invoice_id}: {self.status}"


class InvoiceDocument(models.Model):
    """The PDF of an invoice, drawn once. Insert-only."""

    invoice = models.OneToOneField(Invoice, on_delete=models.PROTECT, related_name="document")
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="+")
    sha256 = models.CharField(max_length=64)
    size = models.PositiveIntegerField()
    pages = models.PositiveSmallIntegerField()
    rendered_at = models.DateTimeField()

    objects = ScopedQuerySet["InvoiceDocument"].as_manager()

    def __str__(self) -> str:
        return f"invoice {self.invoice_id}: {self.sha256[:12]}"
