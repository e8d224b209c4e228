"""The way of a load from dispatch to money, as figures read it."""

from django.db import models

from accounts.models import Customer
from billing.models import Invoice
from dispatch.models import Load
from rating.models.columns import money_field


class Passage(models.Model):
    """One delivered load: when it passed each step, and what it brought.

    Nothing here is told by anybody. `insights.operations.keeping` writes it from what the other
    apps keep, and writing it anew from nothing gives the same rows. A load that is not delivered,
    or was called off, has none. `invoice` is the first that billed the load, whatever became of it.
    """

    class Touch(models.TextChoices):
        """How somebody had to step in before the first invoice; the first of these counts."""

        CASE = "CASE", "A case asked a person"
        CHARGE = "CHARGE", "A charge was added or decided by hand"
        PAPER = "PAPER", "A paper was accepted or rejected by hand"
        ISSUE = "ISSUE", "Issued by hand"

    load = models.OneToOneField(
        Load, primary_key=True, on_delete=models.CASCADE, related_name="passage"
    )
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="+")
    lane = models.CharField(max_length=8, help_text="States of first and last stop: IL-OH.")
    dispatched_at = models.DateTimeField(null=True)
    delivered_at = models.DateTimeField()
    pod_at = models.DateTimeField("proof on file", null=True)
    ready_at = models.DateTimeField("ready to bill", null=True)
    invoice = models.ForeignKey(Invoice, null=True, on_delete=models.PROTECT, related_name="+")
    issued_at = models.DateTimeField(null=True)
    posted_at = models.DateTimeField(null=True)
    touch = models.CharField(max_length=6, choices=Touch, blank=True, default="")
    currency = models.CharField(max_length=3)
    billed_amount = money_field(null=True, help_text="All documents, credit notes taken off.")
    cost_amount = money_field(null=True, help_text="Known costs, where all are in `currency`.")

    class Meta:
        indexes = [
            models.Index(fields=["issued_at"], name="passage_issued"),
            models.Index(fields=["delivered_at"], name="passage_delivered"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(issued_at=None, invoice=None)
                | models.Q(issued_at__isnull=False, invoice__isnull=False),
                name="passage_issued_by_an_invoice",
            ),
        ]

    def __str__(self) -> str:
        return f"load {self.load_id}"


class PassageMark(models.Model):
    """How far the journal has been read for passages: one row, locked by whoever writes them."""

    THE_ONE = 1

    mark = models.BigIntegerField(help_text="`journal.queries.feeds.current_mark`, or 0.")
    kept_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(pk=1), name="passage_mark_only_one")
        ]

    def __str__(self) -> str:
        return f"up to {self.mark}"
