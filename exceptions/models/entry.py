"""What was done about a case."""

from django.db import models

from exceptions.models.case import Case


class CaseEntry(models.Model):
    """One step in the life of a case. Insert-only."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="entries")
    at = models.DateTimeField()
    by = models.CharField(max_length=80)
    action = models.CharField(max_length=40)
    comment = models.TextField(blank=True, default="")
    before = models.JSONField(default=dict)
    after = models.JSONField(default=dict)

    class Meta:
        indexes = [models.Index(fields=["case", "id"], name="case_entry_case")]
        constraints = [
            models.CheckConstraint(condition=~models.Q(by=""), name="case_entry_has_actor")
        ]

    def __str__(self) -> str:
        return f"{self.case_id} {self.action} by {self.by}"
