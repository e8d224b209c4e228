"""What the clock rings for. A task carries nothing: the work waits in the database."""

from datetime import timedelta
from functools import partial

from celery import shared_task
from django.conf import settings
from django.db import transaction
from django.utils import timezone

from integrations import adapters
from integrations.adapters import erp, feed, indexes
from integrations.models import OutboxMessage
from integrations.operations import breaking, fetching, polling, sending, understanding

ERP = OutboxMessage.Target.ERP


@shared_task
def poll_sources() -> int:
    """Ask every feed that is due; return how many messages were new."""
    pause = timedelta(seconds=settings.POLL_SECONDS)
    return sum(
        polling.poll_source(
            source,
            fetch=feed.fetch_page,
            identify=adapters.message_id,
            clock=timezone.now,
            pause=pause,
        )
        for source in polling.due_sources(at=timezone.now())
    )


@shared_task
def send_due() -> int:
    """Send what waits for the ERP, after bringing to an end what lost its sender."""
    with transaction.atomic():
        sending.bury_crashed(at=timezone.now())
    if not settings.ERP_URL:
        return 0
    deliver = partial(erp.deliver, base_url=settings.ERP_URL)
    return sending.send_due(ERP, deliver=deliver, clock=timezone.now)


@shared_task
def probe() -> int:
    """Knock at the ERP while its breaker is open; when it answers, what waits becomes due."""
    targets = [target for target in breaking.due_probes(at=timezone.now()) if target == ERP]
    for target in targets:
        is_alive = erp.is_alive(base_url=settings.ERP_URL)
        with transaction.atomic():
            breaking.note_probe(target, is_alive=is_alive, at=timezone.now())
    return len(targets)


@shared_task
def fetch_indexes() -> int:
    """Fetch every published index that is due; return how many values were new."""
    return sum(
        fetching.fetch_index(
            series, fetch=indexes.fetch_file, read=indexes.read_prices, clock=timezone.now
        )
        for series in fetching.due_indexes(at=timezone.now())
    )


@shared_task
def age_parked() -> int:
    """Open a case for each message whose load has not come within 15 minutes."""
    with transaction.atomic():
        return understanding.age_parked(read=adapters.read_message, at=timezone.now())
