"""Who pays."""

from django.db import models
from simple_history.models import HistoricalRecords

from accounts.models.scope import ScopedQuerySet


class CustomerQuerySet(ScopedQuerySet["Customer"]):
    """A customer's own row is the one it may see."""

    customer_column = "id"


class Customer(models.Model):
    """A party that is billed, with its terms."""

    class Status(models.TextChoices):
        """Whether work for the customer may be billed."""

        ACTIVE = "ACTIVE"
        ON_HOLD = "ON_HOLD"
        CLOSED = "CLOSED"

    class BillingMode(models.TextChoices):
        """What happens to a load that is ready."""

        STRAIGHT_THROUGH = "STRAIGHT_THROUGH", "Straight through"
        REVIEW = "REVIEW", "Review first"

    class InvoiceGrouping(models.TextChoices):
        """Which loads of the customer stand on one invoice."""

        PER_LOAD = "PER_LOAD", "One per load"
        PER_PO = "PER_PO", "One per PO"
        PER_WEEK = "PER_WEEK", "One per week of delivery"
        TOGETHER = "TOGETHER", "All in one"

    class InvoiceLetters(models.TextChoices):
        """What accounts payable get by e-mail when a document was drawn."""

        OFF = "OFF", "Nothing"
        PDF = "PDF", "Each document, as a PDF"
        PDF_AND_PROOFS = "PDF_AND_PROOFS", "Each document, with its proofs"

    class UnansweredTender(models.TextChoices):
        """What becomes of a tender that nobody answers in time."""

        ASK = "ASK", "Waits for somebody to answer it late"
        DECLINE = "DECLINE", "Is declined, and the customer told"

    code = models.CharField(max_length=20, unique=True)
    name = models.CharField(max_length=120)
    status = models.CharField(max_length=10, choices=Status, default=Status.ACTIVE)
    bill_to_name = models.CharField(max_length=120)
    bill_to_lines = models.TextField(help_text="Postal address, one line each.")
    country = models.CharField(max_length=2, default="US")
    email = models.EmailField()
    terms_days = models.PositiveSmallIntegerField(default=30)
    currency = models.CharField(max_length=3, default="USD")
    timezone = models.CharField(max_length=40, default="America/Chicago")
    tax_number = models.CharField(max_length=30, blank=True, default="")
    billing_mode = models.CharField(
        max_length=20, choices=BillingMode, default=BillingMode.STRAIGHT_THROUGH
    )
    invoice_grouping = models.CharField(
        max_length=10, choices=InvoiceGrouping, default=InvoiceGrouping.PER_LOAD
    )
    invoice_letters = models.CharField(
        max_length=20, choices=InvoiceLetters, default=InvoiceLetters.OFF
    )
    unanswered_tenders = models.CharField(
        max_length=10, choices=UnansweredTender, default=UnansweredTender.ASK
    )
    created_at = models.DateTimeField()

    objects = CustomerQuerySet.as_manager()
    history = HistoricalRecords()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(currency__regex=r"^[A-Z]{3}$"), name="customer_currency_iso"
            )
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.code})"

    @property
    def is_billable(self) -> bool:
        """Tell whether invoices may be issued to the customer."""
        return self.status == self.Status.ACTIVE

    @property
    def is_billed_per_load(self) -> bool:
        """Tell whether a load can be billed without waiting for others."""
        return self.invoice_grouping == self.InvoiceGrouping.PER_LOAD
