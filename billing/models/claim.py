"""Who has billed what: the guarantee against billing twice."""

from django.db import models

from accounts.models import Customer, ScopedQuerySet
from billing.models.charge import Charge
from billing.models.invoice import Invoice
from dispatch.models import Load


class BillingClaim(models.Model):
    """A charge is on this live document and on no other; deleted by a full credit, never else."""

    charge = models.OneToOneField(Charge, on_delete=models.PROTECT, related_name="claim")
    invoice = models.ForeignKey(Invoice, on_delete=models.PROTECT, related_name="claims")
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="+")

    objects = ScopedQuerySet["BillingClaim"].as_manager()

    def __str__(self) -> str:
        return f"charge {self.charge_id} on invoice {self.invoice_id}"


class LoadClaim(models.Model):
    """A load is on this live document: at most once as PRIMARY.

    `gates` says how strictly each readiness rule counted when the load was billed.
    """

    class Kind(models.TextChoices):
        """The first invoice of a load, or a later addition."""

        PRIMARY = "PRIMARY"
        SUPPLEMENTAL = "SUPPLEMENTAL"

    load = models.ForeignKey(Load, on_delete=models.PROTECT, related_name="claims")
    invoice = models.ForeignKey(Invoice, on_delete=models.PROTECT, related_name="load_claims")
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=12, choices=Kind, default=Kind.PRIMARY)
    gates = models.JSONField(default=dict)

    objects = ScopedQuerySet["LoadClaim"].as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["load"], condition=models.Q(kind="PRIMARY"), name="load_one_primary"
            ),
            models.UniqueConstraint(fields=["load", "invoice"], name="load_claim_once"),
        ]

    def __str__(self) -> str:
        return f"load {self.load_id} on invoice {self.invoice_id}"
