"""A simulation: what a period would have cost under another version."""

from typing import ClassVar

from django.db import models

from accounts.models import Customer
from journal.models import Lifecycle
from rating.models import RateCardVersion
from rating.models.columns import money_field


class Backtest(Lifecycle):
    """One run: the loads of a period under `version`, beside what they were rated at.

    `against` is the version to compare with; without one it is what was stored when each load was
    rated. The run goes through the loads by id and keeps its `position`, so that whoever takes it
    up again goes on from there. The amounts are those of the loads that both sides price in full,
    so the differences of the lines add up to theirs; `unrated_count` counts the loads that
    `version` cannot price, `unrated_amount` is what those were rated at. `months` holds loads,
    before and after by month of pickup ("2026-11").
    """

    class Status(models.TextChoices):
        """How far the run is."""

        QUEUED = "QUEUED"
        RUNNING = "RUNNING"
        DONE = "DONE"
        CANCELLED = "CANCELLED"
        FAILED = "FAILED"

    TRANSITIONS: ClassVar[frozenset[tuple[str, str]]] = frozenset(
        {
            (Status.QUEUED, Status.RUNNING),
            (Status.QUEUED, Status.CANCELLED),
            (Status.QUEUED, Status.FAILED),
            (Status.RUNNING, Status.DONE),
            (Status.RUNNING, Status.CANCELLED),
            (Status.RUNNING, Status.FAILED),
        }
    )
    OPEN: ClassVar[frozenset[str]] = frozenset({Status.QUEUED, Status.RUNNING})

    version = models.ForeignKey(RateCardVersion, on_delete=models.CASCADE, related_name="backtests")
    against = models.ForeignKey(
        RateCardVersion, null=True, on_delete=models.CASCADE, related_name="+"
    )
    customer = models.ForeignKey(Customer, null=True, on_delete=models.PROTECT, related_name="+")
    first_on = models.DateField("first day of pickup")
    last_on = models.DateField("last day of pickup")

    status = models.CharField(max_length=10, choices=Status, default=Status.QUEUED)
    reason = models.TextField(blank=True, default="")
    position = models.BigIntegerField(default=0)
    total_count = models.PositiveIntegerField(default=0)
    done_count = models.PositiveIntegerField(default=0)
    changed_count = models.PositiveIntegerField(default=0)
    unrated_count = models.PositiveIntegerField(default=0)
    currency = models.CharField(max_length=3)
    before_amount = money_field(default=0)
    after_amount = money_field(default=0)
    unrated_amount = money_field(default=0)
    months = models.JSONField(default=dict)

    started_by = models.CharField(max_length=80)
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["version", "-id"], name="backtest_version")]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(last_on__gte=models.F("first_on")),
                name="backtest_period_forward",
            ),
            models.CheckConstraint(
                condition=models.Q(against=None) | ~models.Q(against=models.F("version")),
                name="backtest_two_sides",
            ),
            models.CheckConstraint(
                condition=models.Q(done_count__lte=models.F("total_count")),
                name="backtest_done_within_total",
            ),
        ]

    def __str__(self) -> str:
        return f"backtest {self.pk}: {self.status}"

    @property
    def is_open(self) -> bool:
        """Tell whether the run still goes on."""
        return self.status in self.OPEN
