"""What keeps a load from being billed."""

from django.db import models

from accounts.models import Customer, ScopedQuerySet
from billing.models.policy import ENFORCEMENTS
from dispatch.models import Load


class Blocker(models.Model):
    """One thing missing: who owns it, until when, what it is worth, what to do next.

    Stays as a row when its fact arrives, with the instant it was cleared. A waived blocker is
    still open and still shown, but no longer keeps the load from being billed.
    """

    load = models.ForeignKey(Load, on_delete=models.PROTECT, related_name="blockers")
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="+")
    rule = models.CharField(max_length=40)
    subject_key = models.CharField(max_length=80, blank=True, default="")
    enforcement = models.CharField(max_length=6, choices=ENFORCEMENTS)
    message = models.CharField(max_length=240)
    action = models.CharField(max_length=80)
    owner_group = models.CharField(max_length=40)
    value_amount = models.DecimalField(max_digits=14, decimal_places=2, null=True)
    currency = models.CharField(max_length=3, default="USD")
    opened_at = models.DateTimeField()
    due_at = models.DateTimeField(null=True)
    case_at = models.DateTimeField(null=True, help_text="Until then nobody is asked for it.")
    waived_at = models.DateTimeField(null=True)
    waived_by = models.CharField(max_length=80, blank=True, default="")
    waive_reason = models.TextField(blank=True, default="")
    cleared_at = models.DateTimeField(null=True)

    objects = ScopedQuerySet["Blocker"].as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["load", "rule", "subject_key"],
                condition=models.Q(cleared_at=None),
                name="blocker_one_open",
            ),
            models.CheckConstraint(
                condition=models.Q(waived_at=None)
                | (~models.Q(waived_by="") & ~models.Q(waive_reason="")),
                name="blocker_waived_by_somebody_for_a_reason",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.rule} {self.subject_key}".strip()

    @property
    def key(self) -> tuple[str, str]:
        """Return what makes this the same blocker at the next evaluation."""
        return self.rule, self.subject_key
