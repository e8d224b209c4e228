"""How far a polled system has been read."""

from django.db import models

from integrations.models.source import Source


class PollCursor(models.Model):
    """The place in a source's feed; moved in the transaction that keeps the page."""

    source = models.OneToOneField(Source, on_delete=models.PROTECT, related_name="cursor")
    value = models.TextField(blank=True, default="")
    polled_at = models.DateTimeField(null=True)
    failures = models.PositiveIntegerField(default=0)
    note = models.TextField(blank=True, default="")
    next_poll_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.source_id}: {self.value}"
