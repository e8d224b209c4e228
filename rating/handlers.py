"""What rating does in its own time: reading rate sheets, and writing them into drafts."""

from collections.abc import Callable
from time import monotonic

from django.conf import settings
from django.utils import timezone

from journal.events import Deferred, Done, Ignored, Verdict
from journal.models import Delivery
from rating.models import RateImport
from rating.operations.importing import read_import, write_lanes

# Of a lease: what is read by then is committed, and the rest follows at once.
TURN = 0.75


def read_imports(deliveries: list[Delivery]) -> list[Verdict]:
    """Read each file, as far as the time of a turn goes. Runs outside a transaction."""
    is_late = _clock(settings.LEASE_SECONDS * TURN)
    return [_read(delivery, is_late) for delivery in deliveries]


def apply_imports(deliveries: list[Delivery]) -> list[Verdict]:
    """Write previewed lanes into their drafts; one transaction with its settling."""
    return [_apply(delivery) for delivery in deliveries]


def _read(delivery: Delivery, is_late: Callable[[], bool]) -> Verdict:
    batch = RateImport.objects.filter(pk=delivery.event.subject_id).first()
    if batch is None or batch.status != RateImport.Status.RECEIVED:
        return Ignored("The import does not wait to be read.")
    if is_late() or not read_import(batch, at=timezone.now(), is_late=is_late):
        return Deferred("More lines to read.", 1)
    return Done()


def _apply(delivery: Delivery) -> Verdict:
    held = RateImport.objects.select_for_update().filter(pk=delivery.event.subject_id).first()
    if held is None or held.status != RateImport.Status.APPLYING:
        return Ignored("The import does not wait to be applied.")
    write_lanes(held, at=timezone.now())
    return Done()


def _clock(seconds: float) -> Callable[[], bool]:
    end = monotonic() + seconds
    return lambda: monotonic() > end
