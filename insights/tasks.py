"""What the clock rings for: what figures read follows what happened."""

from celery import shared_task
from django.db import transaction
from django.utils import timezone

from insights.operations.keeping import keep_passages, move_mark
from insights.queries.passages import last_mark, loads_told_since
from journal.queries.feeds import current_mark

BLOCK = 500


@shared_task
def follow_loads() -> int:
    """Bring the passages up to date with the journal; return how many changed.

    Each block commits by itself and the mark moves last: who is killed between does it again.
    """
    mark, at, before = current_mark(), timezone.now(), last_mark()
    loads = loads_told_since(before.mark if before else 0)
    changed = 0
    for start in range(0, len(loads), BLOCK):
        with transaction.atomic():
            changed += keep_passages(loads[start : start + BLOCK])
    with transaction.atomic():
        move_mark(mark, at=at)
    return changed
