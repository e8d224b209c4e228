"""Conditions that the amounts of charges and lines meet."""

from decimal import Decimal

from django.db import models
from django.db.models import F, Value

CENT = Value(Decimal("0.01"), output_field=models.DecimalField(max_digits=3, decimal_places=2))


def is_rounded_product(quantity: str, rate: str) -> models.Q:
    """Say that `amount` is `quantity` times `rate` but for rounding to the cent, either way."""
    product = F(quantity) * F(rate)
    return models.Q(amount__lte=product + CENT) & models.Q(amount__gte=product - CENT)
