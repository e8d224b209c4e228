"""What a card promises about a load."""

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models

from rating.models.card import RateCard


class RateTestCase(models.Model):
    """A load that need not exist, and what the card must charge for it, line by line.

    The facts are kept with the index prices that were used, so a case never drifts: only another
    tariff gives another price. `expected` holds the lines, and the problems if there were any.
    """

    card = models.ForeignKey(RateCard, on_delete=models.CASCADE, related_name="test_cases")
    name = models.CharField(max_length=120)
    facts = models.JSONField()
    expected = models.JSONField(encoder=DjangoJSONEncoder)
    expected_total = models.DecimalField(max_digits=14, decimal_places=4)
    currency = models.CharField(max_length=3)
    created_by = models.CharField(max_length=80)
    created_at = models.DateTimeField()
    changed_by = models.CharField(max_length=80)
    changed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["card", "name"], name="rate_test_case_once"),
        ]

    def __str__(self) -> str:
        return f"{self.card}: {self.name}"
