"""Stop trying a target that fails every time, and start again when a probe gets through."""

from datetime import datetime, timedelta

from integrations.events import Outcome
from integrations.models import Breaker, OutboxMessage

# Ten is the promise; what is already on its way when the eighth failure is written may fail too.
MOST_FAILURES = 8
PROBE_AFTER = timedelta(seconds=60)
FAILURES = frozenset({Outcome.FAILED, Outcome.UNREACHABLE})
OPEN, CLOSED = Breaker.Status.OPEN, Breaker.Status.CLOSED


def is_open(target: str) -> bool:
    """Tell whether nothing may be sent to `target` now."""
    return Breaker.objects.filter(target=target, status=OPEN).exists()


def note_answer(target: str, *, outcome: Outcome, note: str, at: datetime) -> None:
    """Count a failure, or forget them all; opens the breaker after eight failures in a row."""
    breaker = _lock(target)
    if outcome not in FAILURES:
        if breaker.failures or breaker.status == OPEN:
            _close(breaker, at=at)
        return
    breaker.failures += 1
    breaker.note = note
    if breaker.status == CLOSED and breaker.failures >= MOST_FAILURES:
        breaker.status, breaker.opened_at, breaker.probe_at = OPEN, at, at + PROBE_AFTER
    breaker.save()


def due_probes(*, at: datetime) -> list[str]:
    """Return the targets whose open breaker is to be probed now."""
    due = Breaker.objects.filter(status=OPEN, probe_at__lte=at)
    return list(due.order_by("target").values_list("target", flat=True))


def note_probe(target: str, *, is_alive: bool, at: datetime) -> None:
    """Close the breaker when the probe got through, else wait for the next one."""
    breaker = _lock(target)
    if breaker.status == CLOSED:
        return
    if is_alive:
        _close(breaker, at=at)
        return
    breaker.probe_at = at + PROBE_AFTER
    breaker.save()


def _lock(target: str) -> Breaker:
    Breaker.objects.bulk_create([Breaker(target=target)], ignore_conflicts=True)
    return Breaker.objects.select_for_update().get(target=target)


def _close(breaker: Breaker, *, at: datetime) -> None:
    """Close the breaker; if it was open, make everything that waits for its target due at once."""
    was_open = breaker.status == OPEN
    breaker.status, breaker.failures, breaker.note = CLOSED, 0, ""
    breaker.opened_at = breaker.probe_at = None
    breaker.save()
    if was_open:
        OutboxMessage.objects.filter(
            target=breaker.target, status=OutboxMessage.Status.WAITING, next_try_at__gt=at
        ).update(next_try_at=at)
