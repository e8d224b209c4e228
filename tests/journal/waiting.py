"""Patience with the other tests on the same server."""

import time

from django.db import connection

YOUNG = """
    SELECT count(*) FROM journal_event WHERE xid >= pg_snapshot_xmin(pg_current_snapshot())
"""


def wait_for_older_transactions() -> None:
    """Wait until the sealer may take every event: it stays below the oldest open transaction."""
    for _ in range(1200):
        with connection.cursor() as cursor:
            cursor.execute(YOUNG)
            if cursor.fetchone() == (0,):
                return
        time.sleep(0.05)
    raise TimeoutError("A transaction older than this test's events stays open.")
