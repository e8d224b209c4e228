"""Wake the workers of a queue. A lost ring costs time, never work: the sweeper rings again."""

from dataclasses import dataclass

import structlog
from celery import current_app
from django.conf import settings
from django.db import connection

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Bell:
    """Rings one queue; equal bells ring once per transaction."""

    queue: str

    def __call__(self) -> None:
        ring(self.queue)


def ring(queue: str) -> None:
    """Tell a worker that `queue` has something due; swallow a broker that is down."""
    if not settings.RING_BELLS:
        return
    try:
        current_app.send_task("journal.tasks.work", args=[queue], queue=queue, retry=False)
    except Exception as error:  # noqa: BLE001  any broker failure is only a missed ring
        log.warning("bell_not_rung", queue=queue, error=str(error))


def ring_on_commit(queue: str) -> None:
    """Ring once when the open transaction commits, however often it is asked for."""
    bell = Bell(queue)
    if all(waiting[1] != bell for waiting in connection.run_on_commit):
        connection.on_commit(bell, robust=True)
