"""Keep what comes in, once, before anybody tries to understand it."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import cache
from typing import Any
from uuid import UUID, uuid4

import psycopg
from django.db import connection

from integrations.events import MESSAGE_RECEIVED, Parcel, Problem
from integrations.models import InboxMessage, Source
from integrations.operations.reporting import report_conflict, report_refusal
from integrations.queries.sources import VERSION, SourceAsRead
from journal.events import Entry
from journal.operations.recording import record_many, telling
from journal.operations.ringing import ring_on_commit
from journal.queries.subscriptions import subscriptions
from journal.rules.strictjson import StrictJSONError, parse_json

# One statement keeps a whole batch; get_or_create costs four round trips a message and 3.6 times
# the time. Rows go in in the order of their ids, so two batches cannot deadlock.
KEEP = """
INSERT INTO integrations_inboxmessage (source_id, external_id, content_type, headers, body,
    body_sha256, received_at, correlation_id, status, reason, warnings, parked_keys, settled_at)
SELECT %(source)s, r.external_id, r.content_type, %(headers)s::jsonb, r.body, r.sha256, %(at)s,
    r.correlation_id, r.status, r.reason, r.warnings::jsonb, '{}',
    CASE r.status WHEN 'RECEIVED' THEN NULL ELSE %(at)s END
FROM unnest(%(ids)s::text[], %(types)s::text[], %(bodies)s::bytea[], %(hashes)s::text[],
    %(correlations)s::uuid[], %(statuses)s::text[], %(reasons)s::text[], %(warnings)s::text[])
    AS r(external_id, content_type, body, sha256, correlation_id, status, reason, warnings)
ORDER BY r.external_id
ON CONFLICT (source_id, external_id) DO NOTHING
RETURNING id, external_id
"""
# The usual message (new, and its source as it was last read) is one statement, its own transaction:
# the row, its event and the deliveries. Each part reads from the one before it, so the setting
# that opens the tables stands before the first row is written. Prepared, it costs a third.
KEEP_FIRST = """
WITH known AS (
    SELECT integrations_source.id, set_config('lading.customers', '*', true) AS scope
    FROM integrations_source
    WHERE id = %(source)s AND is_active AND {version} = %(version)s
), kept AS (
    INSERT INTO integrations_inboxmessage (source_id, external_id, content_type, headers, body,
        body_sha256, received_at, correlation_id, status, reason, warnings, parked_keys)
    SELECT known.id, %(external_id)s, %(content_type)s, %(headers)s::jsonb, %(body)s, %(sha256)s,
        %(at)s, %(correlation_id)s, 'RECEIVED', '', '[]', '{{}}'
    FROM known WHERE known.scope = '*'
    ON CONFLICT (source_id, external_id) DO NOTHING
    RETURNING id
), {telling}
SELECT id FROM kept
"""
RECEIVED, FAILED = InboxMessage.Status.RECEIVED, InboxMessage.Status.FAILED


class Receipt(StrEnum):
    """What became of a message at the door."""

    ACCEPTED = "accepted"
    REFUSED = "refused"
    DUPLICATE = "duplicate"
    CONFLICT = "conflict"


@dataclass(frozen=True, slots=True)
class Received:
    """The answer to one message, and the row that stands for its id."""

    status: Receipt
    message: InboxMessage


def receive_first(
    known: SourceAsRead,
    *,
    external_id: str,
    body: bytes,
    content_type: str,
    headers: Mapping[str, Any],
    at: datetime,
) -> bool:
    """Keep one sound message as `receive` does, and tell whether that was all there was to do.

    Needs no transaction: it is one statement. False, with nothing written: the id came before,
    or the source is no more what it was when it was read; `receive` knows what to do then.
    """
    source, name = known.source, {"source": known.source.slug, "external_id": external_id}
    values = {
        "source": source.pk, "version": known.version, "external_id": external_id, "body": body,
        "content_type": content_type[:80], "headers": json.dumps(dict(headers)),
        "sha256": hashlib.sha256(body).hexdigest(), "at": at, "correlation_id": uuid4(),
        "by": source.actor, "payload": json.dumps(name),
    }  # fmt: skip
    connection.ensure_connection()
    with connection.wrap_database_errors:
        cursor = psycopg.Cursor(connection.connection)
        is_kept = cursor.execute(_keep_first(), values, prepare=True).fetchone() is not None
    if is_kept:
        for route in subscriptions()[MESSAGE_RECEIVED]:
            ring_on_commit(route.queue)
    return is_kept


@cache
def _keep_first() -> bytes:
    told = telling(MESSAGE_RECEIVED, model=InboxMessage, change="kept")
    return KEEP_FIRST.format(version=VERSION, telling=told).encode()


def receive(
    source: Source,
    *,
    external_id: str,
    body: bytes,
    content_type: str,
    headers: Mapping[str, Any],
    at: datetime,
    by: str = "",
) -> Received:
    """Keep one message; see `receive_many`."""
    parcel = Parcel(external_id=external_id, body=body, content_type=content_type)
    return receive_many(source, parcels=[parcel], headers=headers, at=at, by=by)[0]


def receive_many(
    source: Source,
    *,
    parcels: Sequence[Parcel],
    headers: Mapping[str, Any],
    at: datetime,
    by: str = "",
) -> list[Received]:
    """Keep messages and record `message.received` for each new one, in the open transaction.

    An id that came before is a duplicate when its body says the same; otherwise the other body is
    kept beside it and a case asks a person. A parcel with problems is kept as FAILED, with its
    case. `by` is the source unless given. The answers stand in the order of `parcels`.
    """
    by = by or source.actor
    first: dict[str, Parcel] = {}
    for parcel in parcels:
        first.setdefault(parcel.external_id, parcel)
    new = _keep(source, list(first.values()), headers=headers, at=at)
    _tell(new.values(), source=source, by=by, at=at)
    known = new | _find(source, first.keys() - new.keys())
    return [
        _accept(new[parcel.external_id], parcel, by=by, at=at)
        if parcel is first[parcel.external_id] and parcel.external_id in new
        else _compare(known[parcel.external_id], parcel, headers=headers, by=by, at=at)
        for parcel in parcels
    ]


def _keep(
    source: Source, parcels: Sequence[Parcel], *, headers: Mapping[str, Any], at: datetime
) -> dict[str, InboxMessage]:
    """Insert the parcels whose ids are new and return those by id; each id comes once."""
    rows = {
        parcel.external_id: InboxMessage(
            source=source,
            external_id=parcel.external_id,
            content_type=parcel.content_type[:80],
            headers=dict(headers),
            body=parcel.body,
            body_sha256=hashlib.sha256(parcel.body).hexdigest(),
            received_at=at,
            correlation_id=uuid4(),
            status=FAILED if parcel.problems else RECEIVED,
            reason=" ".join(str(problem) for problem in parcel.problems),
            warnings=[str(warning) for warning in parcel.warnings],
        )
        for parcel in parcels
    }
    with connection.cursor() as cursor:
        cursor.execute(KEEP, _columns(list(rows.values()), source, headers=headers, at=at))
        inserted = cursor.fetchall()
    for pk, external_id in inserted:
        rows[external_id].pk = pk
    return {external_id: rows[external_id] for _, external_id in inserted}


def _columns(
    rows: Sequence[InboxMessage], source: Source, *, headers: Mapping[str, Any], at: datetime
) -> dict[str, Any]:
    correlations: list[UUID] = [row.correlation_id for row in rows]
    return {
        "source": source.pk,
        "headers": json.dumps(dict(headers)),
        "at": at,
        "ids": [row.external_id for row in rows],
        "types": [row.content_type for row in rows],
        "bodies": [bytes(row.body) for row in rows],
        "hashes": [row.body_sha256 for row in rows],
        "correlations": correlations,
        "statuses": [str(row.status) for row in rows],
        "reasons": [row.reason for row in rows],
        "warnings": [json.dumps(row.warnings) for row in rows],
    }


def _tell(messages: Any, *, source: Source, by: str, at: datetime) -> None:
    """Record one event for each message that waits to be understood."""
    record_many(
        [
            Entry(
                name=MESSAGE_RECEIVED,
                subject_table=InboxMessage._meta.db_table,
                subject_id=message.pk,
                by=by,
                at=at,
                payload={"source": source.slug, "external_id": message.external_id},
                correlation_id=message.correlation_id,
            )
            for message in sorted(messages, key=lambda message: message.pk)
            if message.status == RECEIVED
        ]
    )


def _find(source: Source, external_ids: Any) -> dict[str, InboxMessage]:
    if not external_ids:
        return {}
    rows = InboxMessage.objects.filter(source=source, external_id__in=list(external_ids))
    return {row.external_id: row for row in rows}


def _accept(message: InboxMessage, parcel: Parcel, *, by: str, at: datetime) -> Received:
    if not parcel.problems:
        return Received(Receipt.ACCEPTED, message)
    report_refusal(message, problems=parcel.problems, by=by, at=at)
    return Received(Receipt.REFUSED, message)


def _compare(
    first: InboxMessage, parcel: Parcel, *, headers: Mapping[str, Any], by: str, at: datetime
) -> Received:
    """Answer an id that came before: the same again, or something else under its name."""
    if _says_the_same(bytes(first.body), parcel.body):
        return Received(Receipt.DUPLICATE, first)
    digest = hashlib.sha256(parcel.body).hexdigest()[:16]
    problem = Problem(
        "message_conflict", f"The id {first.external_id} came before with another body."
    )
    beside = Parcel(
        external_id=f"{parcel.external_id[:175]}#other/{digest}",
        body=parcel.body,
        content_type=parcel.content_type,
        problems=(problem,),
    )
    kept = _keep(first.source, [beside], headers=headers, at=at)
    report_conflict(first, other=kept.get(beside.external_id), by=by, at=at)
    return Received(Receipt.CONFLICT, first)


def _says_the_same(one: bytes, other: bytes) -> bool:
    """Tell whether two bodies are equal, or the same JSON written differently."""
    if one == other:
        return True
    try:
        return bool(parse_json(one) == parse_json(other))
    except StrictJSONError:
        return False
