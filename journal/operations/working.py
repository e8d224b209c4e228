"""Claim deliveries, hand them to their handlers, settle them."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from random import uniform

import structlog
from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone

from journal.events import (
    MAX_ATTEMPTS,
    Dead,
    Deferred,
    Done,
    Entry,
    Ignored,
    Retry,
    Verdict,
)
from journal.models import Delivery, Event
from journal.operations.recording import record_many
from journal.queries.subscriptions import handler_of, is_transactional

log = structlog.get_logger(__name__)

BLOCK = 100

# A delivery that was tried before is claimed alone: a poison that kills its worker then takes
# nobody with it. The rows are found once, in a CTE: as a plain subquery the planner may run it
# again for every row, and more than LIMIT are taken.
CLAIM = """
WITH due AS MATERIALIZED (
    SELECT id FROM journal_delivery
    WHERE queue = %(queue)s AND next_try_at <= %(at)s AND attempts {fresh}
      AND (status = 'PENDING' OR (status = 'LEASED' AND lease_until < %(at)s))
    ORDER BY next_try_at, id LIMIT %(limit)s
    FOR UPDATE SKIP LOCKED)
UPDATE journal_delivery d SET status = 'LEASED', attempts = attempts + 1, lease_until = %(until)s
FROM due WHERE d.id = due.id
RETURNING d.*
"""
FRESH = CLAIM.format(fresh="= 0")
TRIED = CLAIM.format(fresh=f"BETWEEN 1 AND {MAX_ATTEMPTS - 1}")

BURY = """
UPDATE journal_delivery
SET status = 'DEAD', settled_at = %(at)s, lease_until = NULL,
    note = 'The worker died in each of ' || attempts || ' attempts.'
WHERE status = 'LEASED' AND lease_until < %(at)s AND attempts >= %(most)s
RETURNING id
"""

SETTLE = """
UPDATE journal_delivery d
SET status = v.status, note = v.note, lease_until = NULL,
    settled_at = CASE WHEN v.status = 'PENDING' THEN NULL ELSE %s END,
    next_try_at = coalesce(v.next_try_at, d.next_try_at), attempts = d.attempts - v.given_back
FROM unnest(%s::bigint[], %s::text[], %s::text[], %s::timestamptz[], %s::int[])
    AS v(id, status, note, next_try_at, given_back)
WHERE d.id = v.id
"""


class LeaseLost(Exception):
    """Another worker has taken over the delivery; this one's work is undone."""


def claim(queue: str, *, at: datetime, limit: int = BLOCK, tried: bool = False) -> list[Delivery]:
    """Lease up to `limit` due deliveries of `queue`, counting the attempt before any work.

    `tried` asks for those that were attempted before. Leases are 60 s unless set otherwise.
    """
    until = at + timedelta(seconds=settings.LEASE_SECONDS)
    with transaction.atomic():
        told = {"queue": queue, "at": at, "until": until, "limit": limit}
        found = list(Delivery.objects.raw(TRIED if tried else FRESH, told))
    events = Event.objects.in_bulk({delivery.event_id for delivery in found})
    for delivery in found:
        delivery.event = events[delivery.event_id]
    return sorted(found, key=lambda delivery: (delivery.event_id, delivery.pk))


def work(queue: str, *, seconds: float = 20.0) -> int:
    """Work on `queue` until nothing is due or `seconds` have passed; return how many settled."""
    end = timezone.now() + timedelta(seconds=seconds)
    settled = 0
    while (now := timezone.now()) < end:
        block = claim(queue, at=now) or claim(queue, at=now, limit=1, tried=True)
        if not block:
            break
        for subscriber, deliveries in _by_subscriber(block).items():
            deliver(subscriber, deliveries)
        settled += len(block)
    return settled


def deliver(subscriber: str, deliveries: list[Delivery]) -> None:
    """Hand a block to its handler; when the block fails, each delivery alone."""
    try:
        _attempt(subscriber, deliveries)
    except LeaseLost:
        log.warning("lease_lost", subscriber=subscriber)
    except Exception as error:  # noqa: BLE001  the handler's failure is its deliveries' verdict
        if len(deliveries) == 1:
            _fail(deliveries[0], error)
            return
        for delivery in deliveries:
            deliver(subscriber, [delivery])


def _attempt(subscriber: str, deliveries: list[Delivery]) -> None:
    handler = handler_of(subscriber)
    if is_transactional(subscriber):
        with transaction.atomic():
            _hold(deliveries)
            settle(deliveries, handler(deliveries), at=timezone.now())
        return
    verdicts = handler(deliveries)
    with transaction.atomic():
        _hold(deliveries)
        settle(deliveries, verdicts, at=timezone.now())


def _hold(deliveries: Sequence[Delivery]) -> None:
    """Lock the deliveries for the rest of the transaction, if they are still ours."""
    mine = {(delivery.pk, delivery.attempts) for delivery in deliveries}
    held = (
        Delivery.objects.filter(pk__in=[d.pk for d in deliveries], status=Delivery.Status.LEASED)
        .order_by("id")
        .select_for_update()
        .values_list("pk", "attempts")
    )
    if set(held) != mine:
        raise LeaseLost


def settle(deliveries: Sequence[Delivery], verdicts: Sequence[Verdict], *, at: datetime) -> None:
    """Write each delivery's verdict; a dead one is told of by an event."""
    if len(deliveries) != len(verdicts):
        raise ValueError(f"{len(deliveries)} deliveries but {len(verdicts)} verdicts.")
    rows = [_settled(d, v, at=at) for d, v in zip(deliveries, verdicts, strict=True)]
    with connection.cursor() as cursor:
        cursor.execute(SETTLE, [at, *map(list, zip(*rows, strict=True))])
    _tell_dead([d for d, row in zip(deliveries, rows, strict=True) if row[1] == "DEAD"], at=at)


def bury_crashed(*, at: datetime) -> int:
    """Turn deliveries whose worker died in every attempt into dead letters."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(BURY, {"at": at, "most": MAX_ATTEMPTS})
        ids = [row[0] for row in cursor.fetchall()]
        _tell_dead(Delivery.objects.filter(pk__in=ids).select_related("event"), at=at)
    return len(ids)


def replay_delivery(delivery: Delivery, *, by: str, at: datetime, reason: str) -> Delivery:
    """Make a dead delivery due again with all its attempts."""
    held = Delivery.objects.select_for_update().get(pk=delivery.pk)
    if held.status == Delivery.Status.DEAD:
        held.status, held.attempts, held.next_try_at = Delivery.Status.PENDING, 0, at
        held.note, held.settled_at = "", None
        held.save()
        record_many([_entry("delivery.replayed", held, by=by, at=at, reason=reason)])
    return held


def backoff(attempts: int) -> timedelta:
    """Return the wait after `attempts` tries: 2 s doubled each time, at most 15 min, jittered."""
    return timedelta(seconds=min(2.0**attempts, 900.0) * uniform(0.8, 1.2))  # noqa: S311


Row = tuple[int, str, str, datetime | None, int]


def _settled(delivery: Delivery, verdict: Verdict, *, at: datetime) -> Row:
    match verdict:
        case Done(note):
            return delivery.pk, "DONE", note, None, 0
        case Ignored(reason):
            return delivery.pk, "IGNORED", reason, None, 0
        case Deferred(reason, seconds):
            return delivery.pk, "PENDING", reason, at + timedelta(seconds=seconds), 1
        case Retry(reason, seconds) if delivery.attempts < MAX_ATTEMPTS:
            wait = backoff(delivery.attempts) if seconds is None else timedelta(seconds=seconds)
            return delivery.pk, "PENDING", reason, at + wait, 0
        case Retry(reason) | Dead(reason):
            return delivery.pk, "DEAD", reason or "No reason was given.", None, 0


def _fail(delivery: Delivery, error: Exception) -> None:
    log.error("handler_failed", subscriber=delivery.subscriber, exc_info=error)
    try:
        with transaction.atomic():
            _hold([delivery])
            settle([delivery], [Retry(f"{type(error).__name__}: {error}")], at=timezone.now())
    except LeaseLost:
        log.warning("lease_lost", subscriber=delivery.subscriber)


def _tell_dead(deliveries: Iterable[Delivery], *, at: datetime) -> None:
    record_many([_entry("delivery.dead", d, by="system:journal", at=at) for d in deliveries])


def _entry(name: str, delivery: Delivery, *, by: str, at: datetime, reason: str = "") -> Entry:
    return Entry(
        name=name,
        subject_table=Delivery._meta.db_table,
        subject_id=delivery.pk,
        customer_id=delivery.event.customer_id,
        by=by,
        at=at,
        reason=reason,
        payload={"subscriber": delivery.subscriber, "event": delivery.event.name},
        cause=delivery.event_id,
        correlation_id=delivery.event.correlation_id,
    )


def _by_subscriber(block: Iterable[Delivery]) -> dict[str, list[Delivery]]:
    groups: dict[str, list[Delivery]] = defaultdict(list)
    for delivery in block:
        groups[delivery.subscriber].append(delivery)
    return groups
