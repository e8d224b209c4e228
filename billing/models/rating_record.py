"""What a rating was computed from, kept for ever."""

from django.db import models

from accounts.models import Customer, ScopedQuerySet
from dispatch.models import Load
from rating.models import RateCardVersion


class RatingRecord(models.Model):
    """One rating of a load: facts, tariff version, lines and problems. Insert-only.

    Rating the stored facts under the stored version gives the same cents again. `considered`
    holds what was looked at without a charge: lanes that lost, rules that rightly asked nothing.
    `digest` is the SHA-256 of it all: an equal one means that nothing has changed.
    """

    load = models.ForeignKey(Load, on_delete=models.PROTECT, related_name="ratings")
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="+")
    version = models.ForeignKey(
        RateCardVersion, null=True, on_delete=models.PROTECT, related_name="+"
    )
    version_label = models.CharField(max_length=120, blank=True, default="")
    facts = models.JSONField()
    lines = models.JSONField()
    problems = models.JSONField()
    considered = models.JSONField(default=dict)
    total_amount = models.DecimalField(max_digits=14, decimal_places=2)
    currency = models.CharField(max_length=3)
    digest = models.CharField(max_length=64)
    rated_at = models.DateTimeField()

    objects = ScopedQuerySet["RatingRecord"].as_manager()

    class Meta:
        indexes = [models.Index(fields=["load", "-id"], name="rating_record_load")]

    def __str__(self) -> str:
        return f"load {self.load_id} at {self.rated_at:%Y-%m-%d %H:%M}"
