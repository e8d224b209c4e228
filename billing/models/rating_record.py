"""What a rating was computed from, kept for ever."""

from django.db import models
from rating.models import RateCardVersion

from accounts.models import Customer
from dispatch.models import Load


class RatingRecord(models.Model):
    """One rating of a load: facts, tariff version, lines and problems. Insert-only.

    Rating the stored facts under the stored version gives the same cents again.
    """

    load = models.ForeignKey(Load, on_delete=models.PROTECT, related_name="ratings")
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="+")
    version = models.ForeignKey(
        RateCardVersion, null=True, on_delete=models.PROTECT, related_name="+"
    )
    facts = models.JSONField()
    lines = models.JSONField()
    problems = models.JSONField()
    rated_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["load", "-id"], name="rating_record_load")]

    def __str__(self) -> str:
        return f"load {self.load_id} at {self.rated_at:%Y-%m-%d %H:%M}"
