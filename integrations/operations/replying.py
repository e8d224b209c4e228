"""Queue the answers to tenders that partners wait for as files."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from integrations.models import OutboxMessage
from integrations.operations.sending import queue_messages

EDI = OutboxMessage.Target.EDI


@dataclass(frozen=True, slots=True)
class Reply:
    """One written answer: to which event, into which folder, under which name."""

    event_id: int
    folder: str
    filename: str
    content: str
    correlation_id: UUID


def queue_replies(replies: Sequence[Reply], *, by: str, at: datetime) -> list[OutboxMessage]:
    """Queue each answer once, whatever is asked twice; it goes under the tender's own thread."""
    rows = [
        OutboxMessage(
            target=EDI,
            kind=OutboxMessage.Kind.TENDER_ANSWER,
            subject_key=f"tender_answer:{reply.event_id}",
            idempotency_key=f"990:{reply.event_id}",
            body={
                "folder": reply.folder, "filename": reply.filename, "content": reply.content,
            },
            correlation_id=reply.correlation_id,
            created_at=at,
            next_try_at=at,
        )
        for reply in replies
    ]  # fmt: skip
    return queue_messages(rows, target=EDI, by=by, at=at)
