"""Turn kept messages into what the domain knows: a load, milestones, documents, or a case."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import connection

from accounts.models import Customer
from dispatch.events import DocumentFacts, LoadFacts, LoadKey, MilestoneFacts
from dispatch.models import Load, Stop
from dispatch.models.reference import reference_key
from dispatch.operations.filing import file_document
from dispatch.operations.planning import change_load, create_load
from dispatch.operations.tracking import add_milestones
from dispatch.queries import find_load
from integrations.events import Heard, Moment, Problem, Reading
from integrations.models import InboxMessage
from integrations.operations.reporting import close_report, report_refusal
from integrations.rules.clocks import ClockError, instant_of, offset_minutes
from integrations.rules.naming import by_strength
from integrations.rules.zones import stop_zone
from journal.operations.recording import assert_in_transaction, correlated

MessageReader = Callable[[InboxMessage], Reading]
"""Turns a kept message into a reading; never raises on what the partner sent."""

PROCESSED, IGNORED = InboxMessage.Status.PROCESSED, InboxMessage.Status.IGNORED
PARKED, FAILED = InboxMessage.Status.PARKED, InboxMessage.Status.FAILED

# Two workers must not both find that a load is unknown: one would make it twice, or park a message
# that nobody fetches. Locks are taken in one order and end with the transaction.
LOCK_NAMES = """
SELECT pg_advisory_xact_lock(k)
FROM (SELECT DISTINCT hashtextextended(n, 204) AS k FROM unnest(%s::text[]) n ORDER BY 1) names
"""


def understand(
    messages: Sequence[InboxMessage],
    *,
    read: MessageReader,
    at: datetime,
    causes: Mapping[int, int] | None = None,
) -> None:
    """Read messages that are RECEIVED or PARKED and apply each: one domain call of a kind per load.

    What cannot be understood becomes a case, what names an unknown load is parked. `causes` gives
    the event behind a message, by its id. Every message leaves with a verdict.
    """
    assert_in_transaction()
    readings = [(message, read(message)) for message in messages]
    _lock_names(reading.key for _, reading in readings if reading.key)
    for message, reading in readings:
        with correlated(message.correlation_id, (causes or {}).get(message.pk)):
            _settle(message, _apply(message, reading, at=at), reading, at=at)
