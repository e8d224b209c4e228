"""A sheet of lanes on its way into a draft."""

from typing import ClassVar

from django.db import models

from journal.models import Lifecycle
from rating.models.lane import LaneColumns
from rating.models.version import RateCardVersion


class RateImport(Lifecycle):
    """One uploaded file: what it is, how far it was read, what it would change.

    Its bytes are kept by hash before this row is written. It is read block by block into
    `StagedLane` rows; `rows_read` is where reading goes on after a crash. `options` are the
    answers people gave, `questions` what must be answered before the file can be read.
    `faults` holds the first of `fault_count` cells that are wrong.
    """

    class Status(models.TextChoices):
        """Where the import stands."""

        RECEIVED = "RECEIVED"
        ASKING = "ASKING"
        READY = "READY"
        REFUSED = "REFUSED"
        APPLYING = "APPLYING"
        APPLIED = "APPLIED"
        DISCARDED = "DISCARDED"

    class Mode(models.TextChoices):
        """What becomes of lanes that the file does not name."""

        REPLACE = "REPLACE"
        UPDATE = "UPDATE"

    TRANSITIONS: ClassVar[frozenset[tuple[str, str]]] = frozenset(
        {
            (Status.RECEIVED, Status.ASKING),
            (Status.RECEIVED, Status.READY),
            (Status.RECEIVED, Status.REFUSED),
            (Status.ASKING, Status.RECEIVED),
            (Status.READY, Status.RECEIVED),
            (Status.REFUSED, Status.RECEIVED),
            (Status.READY, Status.APPLYING),
            (Status.APPLYING, Status.APPLIED),
            (Status.APPLYING, Status.RECEIVED),
            (Status.APPLYING, Status.DISCARDED),
            (Status.RECEIVED, Status.DISCARDED),
            (Status.ASKING, Status.DISCARDED),
            (Status.READY, Status.DISCARDED),
            (Status.REFUSED, Status.DISCARDED),
        }
    )
    EVENT_NAMES: ClassVar[dict[str, str]] = {
        status.value: f"rate_import.{status.value.lower()}" for status in Status
    }

    version = models.ForeignKey(RateCardVersion, on_delete=models.CASCADE, related_name="imports")
    status = models.CharField(max_length=10, choices=Status, default=Status.RECEIVED)
    mode = models.CharField(max_length=8, choices=Mode)
    options = models.JSONField(default=dict)
    questions = models.JSONField(default=list)

    filename = models.CharField(max_length=160)
    content_type = models.CharField(max_length=80)
    size = models.PositiveBigIntegerField()
    sha256 = models.CharField(max_length=64)

    layout = models.CharField(max_length=8, blank=True, default="")
    sheet = models.CharField(max_length=80, blank=True, default="")
    columns = models.JSONField("columns of a lane that the file names", default=list)
    rows_total = models.PositiveIntegerField("rows of the sheet, as far as known", null=True)
    rows_read = models.PositiveIntegerField(default=0)
    lanes_read = models.PositiveIntegerField(default=0)
    faults = models.JSONField(default=list)
    fault_count = models.PositiveIntegerField(default=0)
    counts = models.JSONField("new, changed, unchanged, removed", default=dict)
    previewed_at = models.DateTimeField(null=True)

    created_by = models.CharField(max_length=80)
    created_at = models.DateTimeField()
    applied_by = models.CharField(max_length=80, blank=True, default="")
    applied_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["version", "-id"], name="rate_import_version")]
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(status="APPLIED")
                | models.Q(applied_at__isnull=False) & ~models.Q(applied_by=""),
                name="rate_import_applied_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.filename} into {self.version}"


class StagedLane(LaneColumns):
    """A lane as a file names it, until the import is applied or discarded.

    `breaks` holds [class, from weight, rate] in the order of the engine; null where the file says
    nothing about breaks. `line` is the row of the sheet, `address` its first cell. `lane_id` is the
    lane of the draft that prices the same freight, `verdict` what it would become of it.
    """

    class Verdict(models.TextChoices):
        """What the draft's lane would become."""

        NEW = "NEW"
        CHANGED = "CHANGED"
        SAME = "SAME"

    batch = models.ForeignKey(
        RateImport, on_delete=models.CASCADE, related_name="lanes", db_index=False
    )
    position = models.PositiveIntegerField()
    line = models.PositiveIntegerField()
    address = models.CharField(max_length=12)
    breaks = models.JSONField(null=True)
    lane_id = models.BigIntegerField(null=True)
    verdict = models.CharField(max_length=8, choices=Verdict, blank=True, default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["batch", "position"], name="staged_lane_once"),
        ]

    def __str__(self) -> str:
        return f"{self.address}: {self.origin_value} to {self.destination_value}"
