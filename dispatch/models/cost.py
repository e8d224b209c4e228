"""What a load costs the house: the carrier's own affair, and no customer's."""

from django.db import models

from dispatch.models.load import Load


class LoadCost(models.Model):
    """One word on what a load costs. Insert-only: of each kind the newest counts.

    The table is the carrier's own: row-level security shows it to no customer, and it has no
    `customer_id` by which it could be shown. `source` is who told it: "desk", "api", "tms".
    """

    class Kind(models.TextChoices):
        """Who is paid."""

        CARRIER_PAY = "CARRIER_PAY", "Carrier pay"
        OWN_COST = "OWN_COST", "Own cost"

    load = models.ForeignKey(Load, on_delete=models.PROTECT, related_name="costs")
    kind = models.CharField(max_length=12, choices=Kind)
    amount = models.DecimalField(max_digits=14, decimal_places=2)
    currency = models.CharField(max_length=3)
    source = models.CharField(max_length=40)
    note = models.CharField(max_length=160, blank=True, default="")
    recorded_by = models.CharField(max_length=80)
    recorded_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["load", "kind", "-id"], name="load_cost_newest")]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(amount__gte=0), name="load_cost_not_negative"
            ),
            models.CheckConstraint(
                condition=models.Q(currency__regex=r"^[A-Z]{3}$"), name="load_cost_currency_iso"
            ),
            models.CheckConstraint(
                condition=models.Q(kind__in=["CARRIER_PAY", "OWN_COST"]),
                name="load_cost_kind_known",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.amount} {self.currency}"
