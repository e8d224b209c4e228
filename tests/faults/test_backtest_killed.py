"""Kill -9 of the worker of a backtest: another goes on where it was, and finds nothing twice."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from time import monotonic, sleep

import pytest
from django.db import transaction
from django.utils import timezone

from billing.operations.readiness import evaluate_load
from insights.models import Backtest
from insights.operations.backtesting import run_block, start_backtest
from journal.operations.sweeping import sweep
from rating.operations.carding import draft_version
from rating.queries.books import whole_book
from tests.factories.billing import DRAFTER, a_customer, delivered_load, found_carrier, publish_card
from tests.faults.conftest import Pool
from tests.faults.worker import Step, work_through

pytestmark = [pytest.mark.faults, pytest.mark.django_db(transaction=True)]

LOADS = 5
LONGEST_SECONDS = 30
POINTS = {
    "after claim": Step("journal.operations.working.claim", is_after=True),
    "before the block is written": Step("insights.operations.backtesting._keep"),
    "written, not committed": Step("insights.handlers.run_block", is_after=True),
    "before the end is told": Step("journal.operations.lifecycle.record_many"),
}


@pytest.fixture
def half_run() -> Backtest:
    """A run of five loads, the first block of two committed."""
    at = timezone.now()
    with transaction.atomic():
        found_carrier()
        in_force = publish_card()
        # A person issues this customer's invoices, so no PDF is drawn meanwhile.
        customer = a_customer(billing_mode="REVIEW")
        for _ in range(LOADS):
            evaluate_load(delivered_load(customer).pk, by="rule:readiness", at=at)
        draft = draft_version(
            in_force.card,
            effective_from=at.date() + timedelta(days=400),
            lanes=[_dearer(in_force)],
            by=DRAFTER,
            at=at,
        )
    work_through()
    with transaction.atomic():
        first_on = at.date() - timedelta(days=900)
        backtest = start_backtest(
            draft, first_on=first_on, last_on=first_on + timedelta(days=2000), by="user:1", at=at
        )
        return run_block(backtest.pk, by="system:backtest", at=at, size=2)


@pytest.mark.parametrize("point", POINTS)
def test_a_backtest_survives_the_death_of_its_worker(
    point: str, half_run: Backtest, pool: Pool, tmp_path: Path
) -> None:
    assert (half_run.status, half_run.done_count) == ("RUNNING", 2)

    pool.kill(POINTS[point], [[]], note=tmp_path / "acknowledged")
    deadline = monotonic() + LONGEST_SECONDS
    while Backtest.objects.get().is_open:
        assert monotonic() < deadline
        sweep(at=timezone.now())
        work_through()
        sleep(0.1)

    backtest = Backtest.objects.get()
    assert (backtest.status, backtest.done_count, backtest.total_count) == ("DONE", LOADS, LOADS)
    assert backtest.differences.values("load").distinct().count() == LOADS
    moved = sum(row.difference_amount for row in backtest.differences.all())
    assert backtest.after_amount - backtest.before_amount == moved == LOADS * Decimal("100")


def _dearer(version):
    [lane] = whole_book(version).lanes
    return replace(lane, rate=lane.rate + 100)
