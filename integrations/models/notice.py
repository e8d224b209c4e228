"""What waits for somebody's daily letter."""

from django.conf import settings
from django.db import models

from accounts.models import Customer


class Notice(models.Model):
    """One line of a person's next daily letter; it leaves with that letter."""

    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="notices"
    )
    customer = models.ForeignKey(Customer, null=True, on_delete=models.CASCADE, related_name="+")
    topic = models.CharField(max_length=30)
    subject_key = models.CharField(max_length=80)
    headline = models.CharField(max_length=200)
    path = models.CharField(max_length=200)
    created_at = models.DateTimeField()
    told_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["person", "id"], condition=models.Q(told_at=None), name="notice_waiting"
            )
        ]
        constraints = [
            models.UniqueConstraint(fields=["person", "subject_key"], name="notice_once_per_person")
        ]

    def __str__(self) -> str:
        return f"{self.person_id}: {self.headline}"
