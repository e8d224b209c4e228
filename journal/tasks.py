"""Bells that Celery carries. A task holds a queue's name or nothing: the work stays in rows."""

from celery import shared_task
from django.db import transaction
from django.utils import timezone

from journal.operations import sealing, sweeping, working


@shared_task
def work(queue: str) -> int:
    """Work on everything due in `queue`."""
    return working.work(queue)


@shared_task
def sweep() -> list[str]:
    """Ring again for work whose bell was lost."""
    return sweeping.sweep(at=timezone.now())


@shared_task
def seal() -> int:
    """Chain the events committed since the last run."""
    with transaction.atomic():
        return sealing.seal_events(at=timezone.now())
