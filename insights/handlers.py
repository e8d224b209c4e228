"""What insights does when something happens; config/subscriptions.py says on which event."""

from collections.abc import Sequence
from time import monotonic

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from insights.models import Backtest
from insights.operations.backtesting import fail_backtest, run_block
from journal.events import Deferred, Done, Ignored, Verdict
from journal.models import Delivery

RUNNER = "system:backtest"
RUNS = "insights.handlers.run_backtests"


def run_backtests(deliveries: Sequence[Delivery]) -> list[Verdict]:
    """Re-rate block after block; at half the lease give the rest back, for whoever is free."""
    end = monotonic() + settings.LEASE_SECONDS / 2
    return [_run(delivery.event.subject_id, end=end) for delivery in deliveries]


def _run(backtest_id: int, *, end: float) -> Verdict:
    while monotonic() < end:
        with transaction.atomic():
            backtest = run_block(backtest_id, by=RUNNER, at=timezone.now())
        if not backtest.is_open:
            return Done(backtest.status)
    return Deferred("Goes on where it is.", 0)


def end_dead_backtests(deliveries: Sequence[Delivery]) -> list[Verdict]:
    """End a run whose delivery is a dead letter, so that nobody waits for it."""
    return [_end(delivery) for delivery in deliveries]


def _end(delivery: Delivery) -> Verdict:
    if delivery.event.payload.get("subscriber") != RUNS:
        return Ignored("Not a backtest.")
    dead = Delivery.objects.select_related("event").get(pk=delivery.event.subject_id)
    backtest = Backtest.objects.get(pk=dead.event.subject_id)
    if not backtest.is_open:
        return Ignored("It has ended.")
    fail_backtest(backtest, by=RUNNER, at=timezone.now(), reason=dead.note)
    return Done()
