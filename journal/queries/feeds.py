"""What was told since a reader last asked, by a mark that loses nothing.

Ids and timestamps commit out of order: a transaction that began earlier may commit after a later
one was read. A mark is therefore the oldest transaction that was still running
(`pg_snapshot_xmin`): everything below it had ended, and whatever ends later lies at or above it.
Something may be read twice, nothing is missed.
"""

from collections.abc import Collection
from dataclasses import dataclass

from django.db import connection

from journal.models import Event

MOST_SUBJECTS = 1000
# The first condition finds the place in the index, the second the event in its transaction.
CHANGES = """
SELECT * FROM journal_event
WHERE xid >= %(xid)s::text::xid8 AND (xid, id) > (%(xid)s::text::xid8, %(id)s)
  AND xid < %(mark)s::text::xid8 AND split_part(name, '.', 1) = ANY(%(kinds)s) {theirs}
ORDER BY xid, id LIMIT %(limit)s
"""


@dataclass(frozen=True, slots=True)
class Told:
    """A row of which something was told, and the load it belongs to when the event names one."""

    table: str
    subject_id: int
    load_id: int | None


def current_mark() -> int:
    """Return the mark from which a later reader has to go on; take it before reading."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_snapshot_xmin(pg_current_snapshot())::text")
        return int(cursor.fetchone()[0])


def told_since(mark: int) -> list[Told] | None:
    """Return what was told since `mark`, or None when it is too much to say: read all anew."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT DISTINCT subject_table, subject_id, payload->>'load_id'
            FROM journal_event WHERE xid >= %s::text::xid8 LIMIT %s
            """,
            [str(mark), MOST_SUBJECTS + 1],
        )
        rows = cursor.fetchall()
    if len(rows) > MOST_SUBJECTS:
        return None
    return [Told(table, pk, int(load) if load else None) for table, pk, load in rows]


@dataclass(frozen=True, slots=True, order=True)
class Position:
    """How far a reader of the journal has read: the transaction, and the event within it."""

    xid: int = 0
    event_id: int = 0


@dataclass(frozen=True, slots=True)
class Page:
    """Events in the order of their transactions, and the position after the last of them."""

    events: list[Event]
    position: Position
    has_more: bool


def read_since(
    position: Position,
    *,
    kinds: Collection[str],
    customer_ids: Collection[int] | None,
    size: int,
) -> Page:
    """Return the next events of these kinds; each is given once, and none is left out.

    Read is only what lies below the mark: those transactions have ended, so nothing can appear
    among them any more. A kind is the first word of an event's name. None stands for all
    customers.
    """
    mark = current_mark()
    theirs = "" if customer_ids is None else "AND customer_id = ANY(%(customers)s)"
    asked = {
        "xid": str(position.xid), "id": position.event_id, "mark": str(mark), "kinds": list(kinds),
        "customers": list(customer_ids or ()), "limit": size + 1,
    }  # fmt: skip
    found = list(Event.objects.raw(CHANGES.format(theirs=theirs), asked))
    events = found[:size]
    if len(found) > size:
        return Page(events, Position(int(events[-1].xid), events[-1].pk), has_more=True)
    return Page(events, max(position, Position(mark, 0)), has_more=False)
