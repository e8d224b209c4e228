"""Kill -9 of the worker that issues what a biller selected: each invoice once, none forgotten."""

from datetime import datetime
from decimal import Decimal
from pathlib import Path
from uuid import uuid4

import pytest
from django.core.management import call_command
from django.db import transaction
from django.utils import timezone

from billing.models import Invoice, InvoiceRun
from billing.operations.readiness import evaluate_loads
from billing.operations.running import Wanted, start_run
from billing.queries.runs import progress_of
from tests.factories import UserFactory
from tests.factories.billing import a_customer, delivered_load, found_carrier, publish_card
from tests.faults.conftest import Pool
from tests.faults.test_crash_points import finish
from tests.faults.worker import Step

pytestmark = [pytest.mark.faults, pytest.mark.django_db(transaction=True)]

INVOICES = 30
POINTS = {
    "before anything is issued": Step("billing.handlers.settle_requests"),
    "after the numbers are taken": Step(
        "billing.operations.publishing.take_numbers", is_after=True
    ),
    "before a request is told of": Step("billing.operations.running.advance"),
    "between two parts of the run": Step("billing.handlers.settle_requests", is_after=True),
}


def asked_for(count: int, *, at: datetime) -> InvoiceRun:
    """Have somebody ask for as many invoices of one load each."""
    with transaction.atomic():
        publish_card()
        found_carrier()
        customer = a_customer(invoice_grouping="TOGETHER")
        loads = [delivered_load(customer) for _ in range(count)]
        evaluate_loads([load.pk for load in loads], by="rule:readiness", at=at)
        wanted = [Wanted(customer.pk, (load.pk,), Decimal(1000), "USD") for load in loads]
        return start_run(uuid4(), wanted, by=UserFactory(role="biller").actor, at=at)


@pytest.mark.parametrize("point", POINTS)
def test_a_worker_killed_there_issues_nothing_twice_and_forgets_nothing(
    point: str, pool: Pool, tmp_path: Path, settings
) -> None:
    settings.ERP_URL = ""
    run = asked_for(INVOICES, at=timezone.now())

    pool.kill(POINTS[point], [[]], note=tmp_path / "acknowledged")
    finish()

    assert progress_of(run).issued == INVOICES
    assert Invoice.objects.count() == INVOICES
    call_command("check_invariants", "I1", "I2", "I3", "I4", "I22", deep=True)
