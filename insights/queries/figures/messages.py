"""Figures of the outside world: messages that failed, postings that were given up."""

from typing import Any

from django.db.models import QuerySet

from insights.queries.figures.measuring import ZERO, Measure, UnknownPart, share
from insights.rules.figures import BY_KEY, Reading, Unit
from insights.rules.frames import Frame
from integrations.models import InboxMessage, OutboxMessage

FAILED = "failed"


def _within(rows: QuerySet[Any], column: str, frame: Frame, part: str, status: str) -> Any:
    if part not in ("", FAILED):
        raise UnknownPart(part)
    period = frame.period
    rows = rows.filter(**{f"{column}__gte": period.since, f"{column}__lt": period.until})
    return rows.filter(status=status) if part else rows


def message_rows(frame: Frame, part: str) -> QuerySet[InboxMessage]:
    """Return the messages that came in the period, or those of them that stand as failed."""
    status = InboxMessage.Status.FAILED
    return _within(InboxMessage.objects.all(), "received_at", frame, part, status)  # type: ignore[no-any-return]


def posting_rows(frame: Frame, part: str) -> QuerySet[OutboxMessage]:
    """Return the messages out queued in the period, or those of them that were given up."""
    status = OutboxMessage.Status.DEAD
    return _within(OutboxMessage.objects.all(), "created_at", frame, part, status)  # type: ignore[no-any-return]


def _read(rows: Any, frame: Frame, words: str) -> list[Reading]:
    """Count all and the failed: two counts, so that each stays within its index."""
    n, failed = rows(frame, "").count(), rows(frame, FAILED).count()
    return [
        Reading(n=n, value=share(failed, n, n=n)),
        Reading(part=FAILED, words=words, n=failed, value=ZERO + failed, unit=Unit.COUNT),
    ]


MEASURES = (
    Measure(
        figure=BY_KEY["messages-failed"],
        read=lambda frame: _read(message_rows, frame, "Failed"),
        rows=message_rows,
    ),
    Measure(
        figure=BY_KEY["postings-failed"],
        read=lambda frame: _read(posting_rows, frame, "Given up"),
        rows=posting_rows,
    ),
)
