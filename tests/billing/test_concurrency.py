"""Blocks that work on the same loads at once; the races of single issues are in tests/faults."""

import threading
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta

import pytest
from django.db import connection, transaction

from billing.models import Charge, Invoice, LoadBilling
from billing.operations.charging import approve_charge
from billing.operations.invoicing import AlreadyInvoiced, issue_invoices
from billing.operations.readiness import evaluate_loads
from billing.queries.invariants import INVARIANTS
from journal.operations.lifecycle import IllegalMove
from tests.factories.billing import (
    FIRST_NUMBER,
    a_customer,
    delivered_load,
    found_carrier,
    publish_card,
)

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.faults]

RULE = "rule:readiness"
LOADS = 30
WORKERS = 12


@pytest.fixture
def make_loads(now) -> Callable[[float], list[LoadBilling]]:
    """Make evaluated loads of one customer, committed."""

    def make(wait_hours: float) -> list[LoadBilling]:
        with transaction.atomic():
            publish_card()
            found_carrier()
            customer = a_customer()
            loads = [delivered_load(customer, wait_hours=wait_hours).pk for _ in range(LOADS)]
            return evaluate_loads(loads, by=RULE, at=now)

    return make


def at_once(act: Callable[[int], str]) -> Counter[str]:
    """Let workers that start together act, each on its own connection; count the outcomes."""
    start = threading.Barrier(WORKERS)

    def work(worker: int) -> str:
        with own_connection():
            start.wait()
            return act(worker)

    with ThreadPoolExecutor(WORKERS) as pool:
        return Counter(pool.map(work, range(WORKERS)))


@contextmanager
def own_connection() -> Iterator[None]:
    try:
        connection.ensure_connection()
        yield
    finally:
        connection.close()


def broken() -> list[str]:
    with connection.cursor() as cursor:
        return [each.sentence for each in INVARIANTS if not each.is_deep and each.count(cursor)]


def test_blocks_that_overlap_neither_deadlock_nor_bill_twice(make_loads, now) -> None:
    billings = make_loads(1)

    def issue(worker: int) -> str:
        block = billings[worker : worker + LOADS // 2]
        groups = [[billing] for billing in (block if worker % 2 else reversed(block))]
        with transaction.atomic():
            results = issue_invoices(groups, by="user:7", at=now)
        refused = [each for each in results if not isinstance(each, Invoice | AlreadyInvoiced)]
        return "refused" if refused else "done"

    outcomes = at_once(issue)

    numbers = list(Invoice.objects.order_by("sequence").values_list("sequence", flat=True))
    assert outcomes == {"done": WORKERS}
    assert numbers == list(range(FIRST_NUMBER, FIRST_NUMBER + LOADS // 2 + WORKERS - 1))
    assert broken() == []


def test_people_who_approve_while_loads_are_evaluated_neither_deadlock_nor_are_overruled(
    make_loads, now
) -> None:
    billings = make_loads(5)
    held = list(Charge.objects.filter(code="DET").order_by("-pk"))

    def act(worker: int) -> str:
        if worker % 3:
            with transaction.atomic():
                evaluate_loads([b.load_id for b in billings], by=RULE, at=now + timedelta(hours=1))
            return "evaluated"
        for charge in held[worker // 3 :: 2]:
            try:
                with transaction.atomic():
                    approve_charge(charge, by="user:7", at=now)
            except IllegalMove:
                continue
        return "approved"

    outcomes = at_once(act)

    assert outcomes == {"evaluated": 8, "approved": 4}
    assert set(Charge.objects.filter(code="DET").values_list("status", "decided_by")) == {
        ("APPROVED", "user:7")
    }
