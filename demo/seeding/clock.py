"""The demonstration's clock: history is made with the hands of the workers, in its own time."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from unittest.mock import patch

from django.utils import timezone

from journal.operations.working import work


@contextmanager
def standing_at(instant: datetime) -> Iterator[None]:
    """Let the edges, which ask Django for the time, read `instant`."""
    with patch.object(timezone, "now", lambda: instant):
        yield


def work_queues(queues: tuple[str, ...], *, at: datetime) -> int:
    """Do what the workers would have done by `at`; return how many deliveries were settled."""
    total = 0
    with standing_at(at):
        while settled := sum(work(queue) for queue in queues):
            total += settled
    return total
