"""Who bills, and how its documents are numbered."""

from django.db import models
from simple_history.models import HistoricalRecords


class LegalEntity(models.Model):
    """The company on the letterhead, with where to pay."""

    code = models.CharField(max_length=10, unique=True)
    name = models.CharField(max_length=120)
    address_lines = models.TextField(help_text="One line each.")
    city_label = models.CharField(max_length=60, help_text="Shown in the shell, as Chicago, CT.")
    country = models.CharField(max_length=2, default="US")
    currency = models.CharField(max_length=3, default="USD")
    timezone = models.CharField(max_length=40, default="America/Chicago")
    scac = models.CharField("SCAC", max_length=4)
    mc_number = models.CharField("MC number", max_length=12, blank=True, default="")
    usdot_number = models.CharField("USDOT number", max_length=12, blank=True, default="")
    tax_number = models.CharField("EIN or VAT id", max_length=30, blank=True, default="")
    phone = models.CharField(max_length=30)
    email = models.EmailField()
    remit_ach = models.TextField("ACH details, one line each")
    remit_lockbox = models.TextField("Lockbox address, one line each")
    remit_email = models.EmailField()

    history = HistoricalRecords()

    def __str__(self) -> str:
        return self.name


class Series(models.Model):
    """A run of document numbers without a gap.

    Numbers are taken by one UPDATE in the transaction that inserts the documents, last of all,
    so a rollback gives them back and the lock is short.
    """

    class Code(models.TextChoices):
        """What the series numbers: one series for each kind of document of an entity."""

        INVOICE = "INV", "Invoices"
        CREDIT_NOTE = "CRN", "Credit notes"

    entity = models.ForeignKey(LegalEntity, on_delete=models.PROTECT, related_name="series")
    code = models.CharField(max_length=10, choices=Code)
    prefix = models.CharField(max_length=12)
    last_number = models.BigIntegerField(default=0)
    last_issued_on = models.DateField(null=True)

    class Meta:
        verbose_name_plural = "series"
        constraints = [
            models.UniqueConstraint(fields=["entity", "code"], name="series_once"),
            models.UniqueConstraint(fields=["prefix"], name="series_prefix_once"),
        ]

    def __str__(self) -> str:
        return f"{self.prefix}{self.last_number}"
