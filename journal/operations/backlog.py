"""Put a backlog of deliveries in another order."""

from datetime import datetime

from django.db import connection

REORDER = """
UPDATE journal_delivery d SET next_try_at = %(at)s - n.place * interval '1 millisecond'
FROM (SELECT id, row_number() OVER (ORDER BY id) AS place FROM journal_delivery
      WHERE queue = %(queue)s AND status = 'PENDING') n
WHERE d.id = n.id
"""


def take_newest_first(queue: str, *, at: datetime) -> int:
    """Make everything pending in `queue` due, the newest event first; return how many.

    For a backlog of which people want the end before the beginning, such as old PDFs.
    """
    with connection.cursor() as cursor:
        cursor.execute(REORDER, {"queue": queue, "at": at})
        return int(cursor.rowcount)
