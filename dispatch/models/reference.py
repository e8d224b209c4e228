"""The numbers by which others know a load."""

import re

from django.contrib.postgres.indexes import OpClass
from django.db import models
from django.db.models.expressions import F

from accounts.models import Customer, ScopedQuerySet
from dispatch.models.load import Load


def reference_key(value: str) -> str:
    """Return the form in which references are compared: letters and digits, upper case."""
    return re.sub(r"[^0-9A-Z]", "", value.upper())


class Reference(models.Model):
    """One number of a load, found by the start of its key."""

    class Kind(models.TextChoices):
        """Whose number it is."""

        PRO = "PRO", "PRO"
        BOL = "BOL", "BOL"
        PO = "PO", "PO"
        SHIPMENT_ID = "SHIPMENT_ID", "Shipment"
        ORDER = "ORDER", "Order"
        CUSTOMER_REF = "CUSTOMER_REF", "Customer reference"
        PICKUP_NO = "PICKUP_NO", "Pickup number"
        CONTAINER = "CONTAINER", "Container"
        SEAL = "SEAL", "Seal"
        TMS = "TMS", "TMS load"
        OTHER = "OTHER", "Other"

    load = models.ForeignKey(Load, on_delete=models.CASCADE, related_name="references")
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=12, choices=Kind)
    value = models.CharField(max_length=60)
    value_key = models.CharField(max_length=60)

    objects = ScopedQuerySet["Reference"].as_manager()

    class Meta:
        indexes = [
            models.Index(
                OpClass(F("value_key"), name="varchar_pattern_ops"), name="reference_prefix"
            )
        ]
        constraints = [
            models.UniqueConstraint(fields=["load", "kind", "value_key"], name="reference_once"),
            # The sender's own number of a load: two tenders at once make one load.
            models.UniqueConstraint(
                fields=["customer", "value_key"],
                condition=models.Q(kind="SHIPMENT_ID"),
                name="reference_names_one_load",
            ),
            models.CheckConstraint(condition=~models.Q(value_key=""), name="reference_has_key"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.value}"
