"""What the clock rings for."""

from celery import shared_task
from django.db import transaction
from django.utils import timezone

from dispatch.operations.expiring import expire_tenders


@shared_task
def expire() -> int:
    """Tell of tenders that were not answered in time."""
    with transaction.atomic():
        return expire_tenders(at=timezone.now())
