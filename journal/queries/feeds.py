"""What was told since a reader last asked, by a mark that loses nothing.

Ids and timestamps commit out of order: a transaction that began earlier may commit after a later
one was read. A mark is therefore the oldest transaction that was still running
(`pg_snapshot_xmin`): everything below it had ended, and whatever ends later lies at or above it.
Something may be read twice, nothing is missed.
"""

from dataclasses import dataclass

from django.db import connection

MOST_SUBJECTS = 1000


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
