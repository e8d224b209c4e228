"""Where messages come from."""

from datetime import datetime

from django.db import models
from simple_history.models import HistoricalRecords

from accounts.models import APIKey, Customer
from rating.models import FuelIndexSeries


class Source(models.Model):
    """One system that sends to us, by push, by poll or by file: one name, one way to read it.

    A message id is unique within its source for ever, so push and poll of one system are one
    source.
    """

    class Dialect(models.TextChoices):
        """How its messages are read."""

        TMS = "tms", "Lading's own JSON"
        EDI = "edi", "X12"
        SAMSARA = "samsara", "Samsara"
        TRENOVA = "trenova", "Trenova"
        TERMINAL49 = "terminal49", "Terminal49"
        FLEETBASE = "fleetbase", "Fleetbase"
        MIXED = "mixed", "Told by the content"
        INDEX = "index", "Published index"

    slug = models.SlugField(max_length=34, unique=True)
    name = models.CharField(max_length=80)
    dialect = models.CharField(max_length=12, choices=Dialect)
    is_active = models.BooleanField(default=True)
    owner = models.CharField(max_length=80, help_text="Who is asked when it breaks.")
    default_customer = models.ForeignKey(
        Customer, null=True, blank=True, on_delete=models.PROTECT, related_name="sources"
    )
    api_key = models.OneToOneField(
        APIKey, null=True, blank=True, on_delete=models.PROTECT, related_name="source"
    )
    secret = models.CharField(max_length=120, blank=True, default="", help_text="whsec_...")
    previous_secret = models.CharField(max_length=120, blank=True, default="")
    previous_secret_until = models.DateTimeField(null=True, blank=True)
    poll_url = models.URLField(
        "feed", blank=True, default="", help_text="The whole address that is polled."
    )
    poll_token = models.CharField(max_length=200, blank=True, default="")
    index_series = models.OneToOneField(
        FuelIndexSeries, null=True, blank=True, on_delete=models.PROTECT, related_name="source"
    )
    created_at = models.DateTimeField()

    history = HistoricalRecords(excluded_fields=["secret", "previous_secret", "poll_token"])

    def __str__(self) -> str:
        return self.name

    @property
    def actor(self) -> str:
        """Return the source's name in the journal."""
        return f"source:{self.slug}"

    def live_secrets(self, at: datetime) -> list[str]:
        """Return the secrets a signature may be made with: the old one until its grace ends."""
        is_grace = self.previous_secret_until is not None and at < self.previous_secret_until
        return [
            secret for secret in (self.secret, self.previous_secret if is_grace else "") if secret
        ]
