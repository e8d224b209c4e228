"""What a backtest found: lines that differ, and loads that could not be priced."""

from django.db import models

from dispatch.models import Load
from insights.models.backtest import Backtest
from rating.models.columns import money_field


class BacktestDifference(models.Model):
    """One line of one load that differs. Without `before_amount` it is new, without
    `after_amount` it is charged no more. `moved_amount` is how far it moved either way.
    """

    backtest = models.ForeignKey(
        Backtest, on_delete=models.CASCADE, related_name="differences", db_index=False
    )
    load = models.ForeignKey(Load, on_delete=models.PROTECT, related_name="+")
    code = models.CharField("charge code", max_length=8)
    stop_sequence = models.PositiveSmallIntegerField(null=True)
    occurrence = models.PositiveSmallIntegerField(default=1)
    description = models.TextField()
    before_amount = money_field(null=True)
    after_amount = money_field(null=True)
    difference_amount = money_field()
    moved_amount = money_field()
    currency = models.CharField(max_length=3)
    reason = models.TextField()

    class Meta:
        indexes = [
            models.Index(fields=["backtest", "id"], name="backtest_difference_list"),
            models.Index(fields=["backtest", "-moved_amount", "-id"], name="backtest_most_moved"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["backtest", "load", "code", "stop_sequence", "occurrence"],
                nulls_distinct=False,
                name="backtest_line_once",
            ),
            models.CheckConstraint(
                condition=models.Q(before_amount__isnull=False)
                | models.Q(after_amount__isnull=False),
                name="backtest_line_has_a_side",
            ),
        ]

    def __str__(self) -> str:
        return f"load {self.load_id} {self.code}: {self.before_amount} -> {self.after_amount}"


class BacktestProblem(models.Model):
    """Why a load could not be priced in full, so that its amounts count nowhere.

    On the AFTER side alone the version makes the trouble, on the BEFORE side alone it ends it.
    """

    class Side(models.TextChoices):
        """Which of the two prices has the problem."""

        BEFORE = "BEFORE"
        AFTER = "AFTER"
        BOTH = "BOTH"

    backtest = models.ForeignKey(
        Backtest, on_delete=models.CASCADE, related_name="problems", db_index=False
    )
    load = models.ForeignKey(Load, on_delete=models.PROTECT, related_name="+")
    code = models.CharField(max_length=40)
    subject_key = models.CharField(max_length=120)
    message = models.TextField()
    side = models.CharField(max_length=6, choices=Side)

    class Meta:
        indexes = [models.Index(fields=["backtest", "id"], name="backtest_problem_list")]
        constraints = [
            models.UniqueConstraint(
                fields=["backtest", "load", "code", "subject_key"], name="backtest_problem_once"
            )
        ]

    def __str__(self) -> str:
        return f"load {self.load_id}: {self.message}"
