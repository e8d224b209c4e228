"""Money that came in, and the invoices it was set against."""

from uuid import uuid4

from django.db import models

from accounts.models import Customer, ScopedQuerySet
from billing.models.invoice import Invoice


class Payment(models.Model):
    """Money received from a customer, or the mirror that takes such an entry back.

    Inserted once, never changed (trigger and role). What is not applied to an invoice is the
    customer's unapplied cash. The key makes a second click the same payment.
    """

    class Kind(models.TextChoices):
        """A void mirrors the entry that was wrong."""

        RECEIVED = "RECEIVED"
        VOID = "VOID"

    class Method(models.TextChoices):
        """How it came."""

        ACH = "ACH", "ACH"
        CHECK = "CHECK"
        WIRE = "WIRE"
        CARD = "CARD"
        OTHER = "OTHER"

    uid = models.UUIDField(default=uuid4, unique=True)
    key = models.UUIDField(default=uuid4, unique=True)
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="payments")
    kind = models.CharField(max_length=8, choices=Kind, default=Kind.RECEIVED)
    voids = models.OneToOneField(
        "self", null=True, on_delete=models.PROTECT, related_name="voided_by"
    )
    method = models.CharField(max_length=6, choices=Method)
    reference = models.CharField(max_length=60, blank=True, default="")
    received_on = models.DateField()
    amount = models.DecimalField(max_digits=14, decimal_places=2)
    currency = models.CharField(max_length=3)
    note = models.TextField(blank=True, default="")
    recorded_by = models.CharField(max_length=80)
    recorded_at = models.DateTimeField()

    objects = ScopedQuerySet["Payment"].as_manager()

    class Meta:
        indexes = [models.Index(fields=["customer", "-id"], name="payment_customer")]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(kind="RECEIVED", amount__gt=0, voids=None)
                | models.Q(kind="VOID", amount__lt=0, voids__isnull=False),
                name="payment_comes_in_void_takes_back",
            ),
            models.CheckConstraint(
                condition=models.Q(kind="RECEIVED") | ~models.Q(note=""),
                name="payment_void_says_why",
            ),
            models.CheckConstraint(
                condition=models.Q(currency__regex=r"^[A-Z]{3}$"), name="payment_currency_iso"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.amount} {self.currency}"


class PaymentApplication(models.Model):
    """A part of a payment set against an invoice; a negative one takes it back. Insert-only.

    The sum of an invoice's rows is what is paid of it: never below zero, never above what is
    owed, and the balance of its state is the rest (triggers at commit).
    """

    payment = models.ForeignKey(Payment, on_delete=models.PROTECT, related_name="applications")
    invoice = models.ForeignKey(Invoice, on_delete=models.PROTECT, related_name="applications")
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="+")
    amount = models.DecimalField(max_digits=14, decimal_places=2)
    currency = models.CharField(max_length=3)
    reason = models.TextField(blank=True, default="")
    applied_by = models.CharField(max_length=80)
    applied_at = models.DateTimeField()

    objects = ScopedQuerySet["PaymentApplication"].as_manager()

    class Meta:
        indexes = [models.Index(fields=["applied_at"], name="payment_application_at")]
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(amount=0), name="payment_application_not_zero"
            )
        ]

    def __str__(self) -> str:
        return f"{self.amount} of payment {self.payment_id} on invoice {self.invoice_id}"
