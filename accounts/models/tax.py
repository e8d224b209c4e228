"""What a customer is to the tax authorities."""

from django.db import models
from simple_history.models import HistoricalRecords

from accounts.models.customer import Customer
from accounts.models.scope import ScopedQuerySet


class TaxProfile(models.Model):
    """Where a customer is established, under which VAT id, and what VIES said about that.

    `is_carrier` says that it sells the carriage on: its loads are interlined freight. Without a
    profile a customer is a business in the country of its address.
    """

    class VatCheck(models.TextChoices):
        """The answer of VIES; the values of `rating.engine.tax_facts.VatCheck`."""

        NOT_ASKED = "", "Not checked"
        VALID = "VALID"
        INVALID = "INVALID"
        UNAVAILABLE = "UNAVAILABLE", "Not available"

    customer = models.OneToOneField(Customer, on_delete=models.PROTECT, related_name="tax_profile")
    country = models.CharField("country of establishment", max_length=2)
    vat_id = models.CharField("VAT id", max_length=20, blank=True, default="")
    is_business = models.BooleanField(default=True)
    is_carrier = models.BooleanField("is a carrier", default=False)
    vat_check = models.CharField(
        "VIES", max_length=12, choices=VatCheck, blank=True, default=VatCheck.NOT_ASKED
    )
    vat_checked_at = models.DateTimeField("checked at", null=True)
    vat_check_reference = models.CharField(
        max_length=40, blank=True, default="", help_text="The consultation number of VIES."
    )
    changed_at = models.DateTimeField()

    objects = ScopedQuerySet["TaxProfile"].as_manager()
    history = HistoricalRecords()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(country__regex=r"^[A-Z]{2}$"), name="tax_profile_country"
            ),
            models.CheckConstraint(
                condition=models.Q(vat_check="")
                | (models.Q(vat_checked_at__isnull=False) & ~models.Q(vat_id="")),
                name="tax_profile_check_is_of_an_id_and_dated",
            ),
        ]

    def __str__(self) -> str:
        return f"customer {self.customer_id}: {self.country} {self.vat_id}".strip()


class ExemptionCertificate(models.Model):
    """Why a customer is charged no tax in a country or a part of it, from day to day."""

    customer = models.ForeignKey(
        Customer, on_delete=models.PROTECT, related_name="exemption_certificates"
    )
    jurisdiction = models.CharField(max_length=6, help_text="CA for all of it, or CA-QC.")
    number = models.CharField(max_length=60)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True)
    recorded_by = models.CharField(max_length=80)
    recorded_at = models.DateTimeField()

    objects = ScopedQuerySet["ExemptionCertificate"].as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["customer", "jurisdiction", "number"], name="certificate_once"
            ),
            models.CheckConstraint(
                condition=models.Q(valid_to=None) | models.Q(valid_to__gte=models.F("valid_from")),
                name="certificate_period_forward",
            ),
            models.CheckConstraint(
                condition=models.Q(jurisdiction__regex=r"^[A-Z]{2}(-[A-Z0-9]{1,3})?$"),
                name="certificate_jurisdiction",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.jurisdiction} {self.number}"
