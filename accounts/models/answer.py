"""Answers that a partner's repeated request gets again."""

from django.db import models

from accounts.models.key import APIKey


class KeptAnswer(models.Model):
    """What the first request with an `Idempotency-Key` was answered; the key is its caller's own.

    The row is there from the beginning of the first request, so that a second one waits for it. A
    refusal rolls it back: what was refused may be tried again.
    """

    key = models.ForeignKey(APIKey, on_delete=models.PROTECT, related_name="+")
    idempotency_key = models.CharField(max_length=80)
    fingerprint = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField(default=0)
    body = models.JSONField(default=dict)
    kept_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["key", "idempotency_key"], name="answer_once")
        ]

    def __str__(self) -> str:
        return f"{self.key_id} {self.idempotency_key}: {self.status}"
