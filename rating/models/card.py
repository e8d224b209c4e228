"""A tariff as a customer knows it."""

from django.db import models
from simple_history.models import HistoricalRecords

from accounts.models import Customer
from rating.engine.choices import Anchor, WhenNoLane
from rating.models.columns import choice_field, one_of, person_asking


class RateCard(models.Model):
    """A rate card. Its prices stand in its versions; a card without a customer is for everybody.

    An empty equipment or shipment type means any. `rated_on` says which day of a load chooses
    the version. All but the name stays once a version is submitted.
    """

    customer = models.ForeignKey(
        Customer, null=True, on_delete=models.PROTECT, related_name="rate_cards"
    )
    name = models.CharField(max_length=80, unique=True)
    currency = models.CharField(max_length=3)
    equipment = models.CharField(max_length=20, blank=True, default="")
    shipment_type = models.CharField(max_length=20, blank=True, default="")
    rated_on = choice_field(Anchor, default=Anchor.PICKUP)
    when_no_lane = choice_field(WhenNoLane, default=WhenNoLane.REFUSE)
    created_by = models.CharField(max_length=80)
    created_at = models.DateTimeField()

    history = HistoricalRecords(get_user=person_asking)

    class Meta:
        indexes = [models.Index(fields=["customer"], name="rate_card_customer")]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(currency__regex=r"^[A-Z]{3}$"), name="rate_card_currency_iso"
            ),
            one_of("rated_on", Anchor, name="rate_card_rated_on_known"),
            one_of("when_no_lane", WhenNoLane, name="rate_card_no_lane_known"),
        ]

    def __str__(self) -> str:
        return self.name
