"""What the clock rings for. A task carries nothing: the work waits in the database."""

from datetime import timedelta

from celery import shared_task
from django.conf import settings
from django.db import transaction
from django.utils import timezone

from integrations import adapters
from integrations.adapters import feed, indexes, targets
from integrations.operations import (
    breaking,
    fetching,
    notifying,
    polling,
    sending,
    understanding,
)


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
    """Send what waits, after bringing to an end what lost its sender."""
    with transaction.atomic():
        sending.bury_crashed(at=timezone.now())
    return sum(
        sending.send_due(target, deliver=targets.deliverer(target), clock=timezone.now)
        for target in targets.connected_targets()
    )


@shared_task
def probe() -> int:
    """Knock where a breaker is open; what waits for whoever answers becomes due."""
    connected = targets.connected_targets()
    probed = [name for name in breaking.due_probes(at=timezone.now()) if name in connected]
    for target in probed:
        is_alive = targets.is_alive(target)
        with transaction.atomic():
            breaking.note_probe(target, is_alive=is_alive, at=timezone.now())
    return len(probed)


@shared_task
def write_daily() -> int:
    """Write the daily letters of those whose morning it is."""
    with transaction.atomic():
        return notifying.write_daily_letters(at=timezone.now())


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
