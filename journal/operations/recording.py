"""Write down what happened, in the transaction of the change itself."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import cache
from typing import Any
from uuid import UUID

from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection, models, transaction

from journal.events import Entry
from journal.operations.correlating import current_thread, thread_in_force
from journal.operations.ringing import ring_on_commit
from journal.queries.subscriptions import subscriptions

# One statement writes the events and a delivery for each subscriber. Through the ORM the same
# costs a round trip per table and 5 to 9 times the CPU.
RECORD = """
WITH incoming AS (
    SELECT * FROM jsonb_to_recordset(%s::jsonb) AS r(
        n int, name text, subject_table text, subject_id bigint, customer_id bigint,
        occurred_at timestamptz, recorded_at timestamptz, actor text, reason text,
        old jsonb, new jsonb, payload jsonb, cause bigint, correlation_id uuid)
), written AS (
    INSERT INTO journal_event (name, subject_table, subject_id, customer_id, occurred_at,
        recorded_at, actor, reason, old, new, payload, cause_id, correlation_id)
    SELECT name, subject_table, subject_id, customer_id, occurred_at, recorded_at, actor,
        reason, old, new, payload, cause, correlation_id
    FROM incoming ORDER BY n
    RETURNING id, name, recorded_at
), routed AS (
    INSERT INTO journal_delivery
        (event_id, subscriber, queue, status, attempts, next_try_at, note)
    SELECT w.id, s.handler, s.queue, 'PENDING', 0, w.recorded_at, ''
    FROM written w JOIN unnest(%s::text[], %s::text[], %s::text[]) AS s(event, handler, queue)
        ON s.event = w.name
)
SELECT id FROM written ORDER BY id
"""

# The same for a statement of one's own that writes the change too: then nothing has to stay open
# between the two, and one round trip does both.
TELL = """
told AS (
    INSERT INTO journal_event (name, subject_table, subject_id, occurred_at, recorded_at, actor,
        reason, old, new, payload, correlation_id)
    SELECT '{event}', '{table}', {change}.id, %(at)s, %(at)s, %(by)s, '', '{{}}', '{{}}',
        %(payload)s::jsonb, %(correlation_id)s
    FROM {change}
    RETURNING id
), routed AS (
    INSERT INTO journal_delivery
        (event_id, subscriber, queue, status, attempts, next_try_at, note)
    SELECT told.id, s.handler, s.queue, 'PENDING', 0, %(at)s, ''
    FROM told CROSS JOIN (VALUES {routes}) AS s(handler, queue)
)
"""


class NoTransaction(RuntimeError):
    """An event was recorded outside the transaction of its change."""


def record(
    name: str,
    *,
    subject: models.Model,
    by: str,
    at: datetime,
    occurred_at: datetime | None = None,
    old: Mapping[str, Any] | None = None,
    new: Mapping[str, Any] | None = None,
    reason: str = "",
    payload: Mapping[str, Any] | None = None,
    customer_id: int | None = None,
    cause: int | None = None,
    correlation_id: UUID | None = None,
) -> int:
    """Record one event about `subject` and return its id.

    The customer is the subject's own unless given. Raises `NoTransaction` outside a transaction.
    """
    entry = entry_for(
        name, subject=subject, by=by, at=at, occurred_at=occurred_at, old=old, new=new,
        reason=reason, payload=payload, customer_id=customer_id, cause=cause,
        correlation_id=correlation_id,
    )  # fmt: skip
    return record_many([entry])[0]


def entry_for(
    name: str,
    *,
    subject: models.Model,
    by: str,
    at: datetime,
    occurred_at: datetime | None = None,
    old: Mapping[str, Any] | None = None,
    new: Mapping[str, Any] | None = None,
    reason: str = "",
    payload: Mapping[str, Any] | None = None,
    customer_id: int | None = None,
    cause: int | None = None,
    correlation_id: UUID | None = None,
) -> Entry:
    """Return the entry that `record` would write, for `record_many`.

    It hangs on the chain of cause that is in force here, wherever it is written.
    """
    if thread := thread_in_force():
        cause, correlation_id = cause or thread.cause, correlation_id or thread.correlation_id
    return Entry(
        name=name,
        subject_table=subject._meta.db_table,
        subject_id=subject.pk,
        by=by,
        at=at,
        occurred_at=occurred_at,
        customer_id=customer_id or getattr(subject, "customer_id", None),
        old=old or {},
        new=new or {},
        payload=payload or {},
        reason=reason,
        cause=cause,
        correlation_id=correlation_id,
    )


def record_many(entries: Sequence[Entry]) -> list[int]:
    """Record events and their deliveries in one statement; return the ids in order.

    Raises:
        NoTransaction: no transaction is open, so change and entry could part.
    """
    if not connection.in_atomic_block:
        raise NoTransaction("An event is recorded in the transaction of its change, or not at all.")
    if not entries:
        return []
    routes = subscriptions()
    heard = [route for entry in {e.name: e for e in entries} for route in routes.get(entry, ())]
    rows = [_row(n, entry) for n, entry in enumerate(entries)]
    with connection.cursor() as cursor:
        cursor.execute(
            RECORD,
            [
                json.dumps(rows, cls=DjangoJSONEncoder),
                [route.event for route in heard],
                [route.handler for route in heard],
                [route.queue for route in heard],
            ],
        )
        ids = [row[0] for row in cursor.fetchall()]
    for queue in {route.queue for route in heard}:
        ring_on_commit(queue)
    return ids


@cache
def telling(event: str, *, model: type[models.Model], change: str) -> str:
    """Return the CTEs that record `event`, which has subscribers, for the row of the CTE `change`.

    For a statement that writes the row (giving its `id`) and tells of it at once. Its parameters
    are `at`, `by`, `payload` (JSON text) and `correlation_id`; the caller rings the bells.
    """
    routes = ", ".join(f"('{r.handler}', '{r.queue}')" for r in subscriptions()[event])
    return TELL.format(event=event, table=model._meta.db_table, change=change, routes=routes)


def _row(n: int, entry: Entry) -> dict[str, Any]:
    thread = thread_in_force() or (None if entry.correlation_id else current_thread())
    return {
        "n": n,
        "name": entry.name,
        "subject_table": entry.subject_table,
        "subject_id": entry.subject_id,
        "customer_id": entry.customer_id,
        "occurred_at": entry.occurred_at or entry.at,
        "recorded_at": entry.at,
        "actor": entry.by,
        "reason": entry.reason,
        "old": entry.old,
        "new": entry.new,
        "payload": entry.payload,
        "cause": entry.cause or (thread and thread.cause),
        "correlation_id": entry.correlation_id or (thread and thread.correlation_id),
    }


def assert_in_transaction() -> None:
    """Raise `NoTransaction` unless a transaction is open."""
    if not transaction.get_connection().in_atomic_block:
        raise NoTransaction("This operation writes; its caller opens the transaction.")
