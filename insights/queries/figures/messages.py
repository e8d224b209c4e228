"""Figures of the outside world: messages that failed, documents the ERP has not taken."""

from collections.abc import Callable
from typing import Any

from django.db.models import QuerySet

from billing.models import Invoice, InvoiceState
from insights.queries.figures.measuring import ZERO, Measure, UnknownPart, share
from insights.queries.figures.money import issued_rows
from insights.rules.figures import BY_KEY, Reading, Unit
from insights.rules.frames import Frame
from integrations.models import InboxMessage

FAILED = "failed"


def message_rows(frame: Frame, part: str) -> QuerySet[InboxMessage]:
    """Return the messages that came in the period, or those of them that stand as failed."""
    period = frame.period
    rows = InboxMessage.objects.filter(received_at__gte=period.since, received_at__lt=period.until)
    return rows.filter(status=InboxMessage.Status.FAILED) if is_failed(part) else rows


def posting_rows(frame: Frame, part: str) -> QuerySet[Invoice]:
    """Return the documents issued in the period, or those of them that the ERP has not taken."""
    rows = issued_rows(frame, "")
    return rows.filter(state__erp_status=InvoiceState.ErpStatus.FAILED) if is_failed(part) else rows


def is_failed(part: str) -> bool:
    """Tell whether the failed ones are asked for; raises UnknownPart for anything else."""
    if part not in ("", FAILED):
        raise UnknownPart(part)
    return part == FAILED


def _measure(key: str, rows: Callable[[Frame, str], QuerySet[Any]]) -> Measure:
    def read(frame: Frame) -> list[Reading]:
        """Count all and the failed: two counts, so that each stays within its index."""
        n, failed = rows(frame, "").count(), rows(frame, FAILED).count()
        return [
            Reading(n=n, value=share(failed, n, n=n)),
            Reading(part=FAILED, words="Failed", n=failed, value=ZERO + failed, unit=Unit.COUNT),
        ]

    return Measure(figure=BY_KEY[key], read=read, rows=rows)


MEASURES = (
    _measure("messages-failed", message_rows),
    _measure("postings-failed", posting_rows),
)
