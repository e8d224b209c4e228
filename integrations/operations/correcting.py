"""End what could not be understood: by a corrected copy beside it, or by ignoring it."""

import hashlib
from datetime import datetime

from integrations.events import MESSAGE_RECEIVED
from integrations.models import InboxMessage
from integrations.operations.replaying import OPEN, ignore_message
from integrations.operations.reporting import close_reports
from journal.operations.recording import assert_in_transaction, record

EDITED = "#edited/"
LONGEST_STEM = 180


class NotCorrectable(Exception):
    """The message has its verdict, or the copy says nothing else than what came."""

    status = 409
    code = "not_correctable"
    field = "body"


def correct_message(
    message: InboxMessage, *, body: bytes, by: str, at: datetime, reason: str
) -> InboxMessage:
    """Keep `body` beside a message that failed or is parked, have it read, and return it.

    The copy has an id of its own, made from the first one's, and its correlation id; the first is
    ignored for `reason` and the cases about it are closed.

    Raises:
        NotCorrectable: the message has its verdict, or `body` is what came.
    """
    assert_in_transaction()
    held = InboxMessage.objects.select_for_update(of=("self",)).get(pk=message.pk)
    _check(held, body)
    copy = InboxMessage.objects.create(
        source=held.source,
        external_id=_next_id(held),
        content_type=held.content_type,
        headers={"door": "correction", "corrects": held.external_id, "by": by},
        body=body,
        body_sha256=hashlib.sha256(body).hexdigest(),
        received_at=at,
        correlation_id=held.correlation_id,
    )
    settle_ignored(held, by=by, at=at, reason=f"Corrected as {copy.external_id}: {reason}")
    record(
        MESSAGE_RECEIVED, subject=copy, by=by, at=at, reason=reason,
        payload={"external_id": copy.external_id, "corrects": held.external_id},
        correlation_id=copy.correlation_id,
    )  # fmt: skip
    return copy


def settle_ignored(message: InboxMessage, *, by: str, at: datetime, reason: str) -> InboxMessage:
    """End a message that is open without acting on it, and close the cases about it.

    Raises:
        NotCorrectable: the message has its verdict already.
    """
    if message.status not in OPEN:
        raise NotCorrectable("The message has its verdict already: nothing of it is open.")
    ended = ignore_message(message, by=by, at=at, reason=reason)
    if ended.status != InboxMessage.Status.IGNORED:
        raise NotCorrectable("The message has its verdict already: nothing of it is open.")
    close_reports(ended, at=at)
    return ended


def _check(message: InboxMessage, body: bytes) -> None:
    if message.status not in OPEN:
        raise NotCorrectable("The message has its verdict already: nothing of it is open.")
    if bytes(message.body) == body:
        raise NotCorrectable("This is what came, letter by letter: replay it as it is.")


def _next_id(message: InboxMessage) -> str:
    """Return an id that no message of the source has: the first one's, and how often edited."""
    stem = message.external_id.partition(EDITED)[0][:LONGEST_STEM] + EDITED
    taken = InboxMessage.objects.filter(source=message.source_id, external_id__startswith=stem)
    return f"{stem}{taken.count() + 1}"
