"""What a person wants to be told, and how soon."""

from django.db import models

from accounts.models.user import User
from accounts.rules.notices import CADENCES, Cadence, Topic


class NoticePreference(models.Model):
    """A person's word on one topic; without a row the topic's own default holds."""

    person = models.ForeignKey(User, on_delete=models.CASCADE, related_name="notice_preferences")
    topic = models.CharField(max_length=30, choices=[(topic.value, topic.value) for topic in Topic])
    cadence = models.CharField(max_length=5, choices=CADENCES)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["person", "topic"], name="notice_preference_once"),
            models.CheckConstraint(
                condition=models.Q(cadence__in=[cadence.value for cadence in Cadence]),
                name="notice_preference_cadence",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person_id} {self.topic}: {self.cadence}"
