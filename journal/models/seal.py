"""The hash chain over events, made after their commit."""

from django.db import models

from journal.models.event import Event


class Seal(models.Model):
    """One link: the hash of an event's row and of the link before it."""

    position = models.BigIntegerField(primary_key=True)
    event = models.OneToOneField(Event, on_delete=models.PROTECT, related_name="seal")
    previous_hash = models.CharField(max_length=64)
    hash = models.CharField(max_length=64)
    sealed_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.position} {self.hash[:12]}"


class Anchor(models.Model):
    """The head of the chain on one day; printed outside so that a cut tail is noticed."""

    anchored_on = models.DateField(unique=True)
    position = models.BigIntegerField()
    hash = models.CharField(max_length=64)

    def __str__(self) -> str:
        return f"{self.anchored_on} {self.position}"
