"""Chain events by hash after their commit, so that no row can be altered, lost or slipped in.

A chain inside the transaction would make every writer wait for every other; a single sealer
running every few seconds costs the writers nothing.
"""

from datetime import datetime

from django.db import connection

from journal.models import Anchor, Event, Seal
from journal.queries.chain import GENESIS, link_hash

SEALER_LOCK = 7_304_411


def seal_events(*, at: datetime, limit: int = 5000) -> int:
    """Seal what has committed since the last run; return how many events.

    Runs in the caller's transaction and holds an advisory lock, so two sealers cannot fork the
    chain. Only events below the oldest running transaction are taken: nothing can still appear
    before them.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [SEALER_LOCK])
    head = Seal.objects.order_by("-position").first()
    position, previous = (head.position, head.hash) if head else (0, GENESIS)
    links = []
    for event in _unsealed(limit):
        position += 1
        digest = link_hash(previous, event)
        links.append(
            Seal(position=position, event=event, previous_hash=previous, hash=digest, sealed_at=at)
        )
        previous = digest
    Seal.objects.bulk_create(links)
    if links:
        Anchor.objects.update_or_create(
            anchored_on=at.date(), defaults={"position": position, "hash": previous}
        )
    return len(links)


def _unsealed(limit: int) -> list[Event]:
    return list(
        Event.objects.raw(
            """
            SELECT e.* FROM journal_event e
            WHERE e.xid < pg_snapshot_xmin(pg_current_snapshot())
              AND e.xid >= coalesce((SELECT last.xid FROM journal_seal s
                                     JOIN journal_event last ON last.id = s.event_id
                                     ORDER BY s.position DESC LIMIT 1), '0'::xid8)
              AND NOT EXISTS (SELECT 1 FROM journal_seal s WHERE s.event_id = e.id)
            ORDER BY e.xid, e.id LIMIT %s
            """,
            [limit],
        )
    )
