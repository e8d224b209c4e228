"""What the clock rings for."""

from celery import shared_task
from django.db import transaction
from django.utils import timezone

from exceptions.operations.reminding import tell_overdue


@shared_task
def remind() -> int:
    """Tell of cases whose deadline has passed."""
    with transaction.atomic():
        return tell_overdue(at=timezone.now())
