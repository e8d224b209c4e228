"""What the clock rings for."""

from celery import shared_task
from django.db import transaction
from django.utils import timezone

from exceptions.operations.reminding import tell_overdue
from exceptions.operations.tendering import close_answered


@shared_task
def remind() -> int:
    """Tell of cases whose deadline has passed."""
    with transaction.atomic():
        return tell_overdue(at=timezone.now())


@shared_task
def follow_tenders() -> int:
    """Close the cases of tenders that were called off or given more time."""
    with transaction.atomic():
        return close_answered(at=timezone.now())
