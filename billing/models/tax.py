"""The tax of issued documents, and the numbers under which the seller charges it."""

from decimal import Decimal

from django.db import models
from django.db.models import F, Value

from accounts.models import Customer, ScopedQuerySet
from billing.models.entity import LegalEntity
from billing.models.invoice import Invoice, InvoiceLine
from dispatch.models import Load

# The tax is its rate of the base, rounded to the cent once.
_EXACT = F("base_amount") * F("rate") / Value(Decimal(100))
_HALF_A_CENT = Value(
    Decimal("0.005"), output_field=models.DecimalField(max_digits=4, decimal_places=3)
)


class TaxRegistration(models.Model):
    """A number of the seller with a tax authority, printed where its tax is charged.

    `scheme` is that of the rates: GST/HST, QST, VAT, or VAT OSS for consumers of the whole Union.
    """

    entity = models.ForeignKey(
        LegalEntity, on_delete=models.PROTECT, related_name="tax_registrations"
    )
    scheme = models.CharField(max_length=12)
    jurisdiction = models.CharField(max_length=6, help_text="CA, CA-QC, NL; EU for VAT OSS.")
    number = models.CharField(max_length=30)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True)
    recorded_by = models.CharField(max_length=80)
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["entity", "scheme", "jurisdiction", "number"], name="tax_registration_once"
            ),
            models.CheckConstraint(
                condition=models.Q(valid_to=None) | models.Q(valid_to__gte=models.F("valid_from")),
                name="tax_registration_period_forward",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.scheme} {self.number}"


class InvoiceLineTax(models.Model):
    """One tax on one line, or on the share of it that is supplied in one place. Insert-only.

    A line outside the scope of any tax has none. `name` is what the document prints; a credit
    note's amounts are negative.
    """

    line = models.ForeignKey(InvoiceLine, on_delete=models.PROTECT, related_name="taxes")
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="+")
    position = models.PositiveSmallIntegerField()
    jurisdiction = models.CharField(max_length=6)
    category = models.CharField(max_length=2)
    code = models.CharField(max_length=12)
    name = models.CharField(max_length=24)
    rate = models.DecimalField(max_digits=7, decimal_places=4)
    base_amount = models.DecimalField(max_digits=14, decimal_places=2)
    tax_amount = models.DecimalField(max_digits=14, decimal_places=2)
    currency = models.CharField(max_length=3)

    objects = ScopedQuerySet["InvoiceLineTax"].as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["line", "position"], name="line_tax_position_once"),
            models.CheckConstraint(
                condition=models.Q(tax_amount__lte=_EXACT + _HALF_A_CENT)
                & models.Q(tax_amount__gte=_EXACT - _HALF_A_CENT),
                name="line_tax_is_rate_of_base",
            ),
            models.CheckConstraint(
                condition=models.Q(category__in=["S", "Z", "E", "AE", "O"]),
                name="line_tax_category_known",
            ),
            models.CheckConstraint(
                condition=models.Q(category="S") | models.Q(rate=0), name="line_tax_only_standard"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.tax_amount} {self.currency}"


class TaxRecord(models.Model):
    """What the taxes of one load on one document were decided on. Insert-only.

    Taxing the stored facts gives the same cents again; the rate rows are among them. `lines` are
    the taxes with their explanation, by position of the line.
    """

    invoice = models.ForeignKey(Invoice, on_delete=models.PROTECT, related_name="tax_records")
    load = models.ForeignKey(Load, on_delete=models.PROTECT, related_name="+")
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="+")
    facts = models.JSONField()
    lines = models.JSONField()

    objects = ScopedQuerySet["TaxRecord"].as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["invoice", "load"], name="tax_record_once"),
        ]

    def __str__(self) -> str:
        return f"load {self.load_id} on invoice {self.invoice_id}"
