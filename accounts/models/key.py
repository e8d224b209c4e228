"""Keys of partner systems."""

from datetime import datetime

from django.contrib.postgres.fields import ArrayField
from django.db import models

from accounts.models.customer import Customer

REQUESTS_PER_MINUTE = 600


class APIKey(models.Model):
    """A secret of 256 random bits, kept as its prefix and SHA-256; shown once when made."""

    name = models.CharField(max_length=80)
    prefix = models.CharField(max_length=12, unique=True)
    hash = models.CharField(max_length=64)
    scopes = ArrayField(models.CharField(max_length=20))
    customer = models.ForeignKey(
        Customer, null=True, blank=True, on_delete=models.PROTECT, related_name="keys"
    )
    created_at = models.DateTimeField()
    created_by = models.CharField(max_length=80)
    expires_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)
    last_used_on = models.DateField(null=True)
    requests_per_minute = models.PositiveIntegerField(default=REQUESTS_PER_MINUTE)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(requests_per_minute__gte=1), name="key_may_ask"
            )
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.prefix}…)"

    @property
    def customer_ids(self) -> frozenset[int] | None:
        """Return the one customer the key is for; None (all) for the carrier's own systems."""
        return frozenset({self.customer_id}) if self.customer_id else None

    @property
    def actor(self) -> str:
        """Return the key's name in the journal."""
        return f"key:{self.pk}"

    @property
    def is_authenticated(self) -> bool:
        """Stand in for a user in the framework's checks."""
        return True

    def is_live(self, at: datetime) -> bool:
        """Tell whether the key is neither revoked nor expired."""
        return self.revoked_at is None and (self.expires_at is None or at < self.expires_at)
