"""Many issue at once: no number twice, none left out, no load billed twice (F8 and F9)."""

import threading
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection, transaction

from billing.models import Invoice, LoadBilling, Series
from billing.operations.invoicing import AlreadyInvoiced, issue_invoice, issue_invoices
from billing.operations.readiness import evaluate_loads
from billing.queries.invariants import INVARIANTS
from tests.factories.billing import (
    FIRST_NUMBER,
    a_customer,
    delivered_load,
    found_carrier,
    publish_card,
)

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.faults]

ISSUES = 200
WORKERS = 16


@pytest.fixture
def ready(now) -> Callable[[int], list[LoadBilling]]:
    """Make loads that are ready to be billed, committed."""

    def make(count: int) -> list[LoadBilling]:
        with transaction.atomic():
            publish_card()
            found_carrier()
            customer = a_customer()
            loads = [delivered_load(customer) for _ in range(count)]
            return evaluate_loads([load.pk for load in loads], by="rule:readiness", at=now)

    return make


def at_once(action: Callable[[int], str], count: int) -> Counter[str]:
    """Run `action` `count` times by workers that start together; count the outcomes."""
    start = threading.Barrier(WORKERS)

    def work(worker: int) -> list[str]:
        start.wait()
        try:
            return [action(n) for n in range(worker, count, WORKERS)]
        finally:
            connection.close()

    with ThreadPoolExecutor(WORKERS) as pool:
        return Counter(outcome for done in pool.map(work, range(WORKERS)) for outcome in done)


def broken() -> list[str]:
    with connection.cursor() as cursor:
        return [each.sentence for each in INVARIANTS if not each.is_deep and each.count(cursor)]


def sequences() -> Sequence[int]:
    return list(Invoice.objects.order_by("sequence").values_list("sequence", flat=True))


def test_200_issues_in_one_series_a_tenth_rolled_back_leave_no_gap(ready, now) -> None:
    billings = ready(ISSUES)

    def issue(n: int) -> str:
        with transaction.atomic():
            issue_invoice(billings[n], by="user:7", at=now)
            if n % 10 == 0:
                transaction.set_rollback(True)
                return "rolled back"
        return "issued"

    outcomes = at_once(issue, ISSUES)

    assert outcomes == {"issued": 180, "rolled back": 20}
    assert sequences() == list(range(FIRST_NUMBER, FIRST_NUMBER + 180))
    assert Series.objects.get(code="INV").last_number == FIRST_NUMBER + 179
    assert broken() == []


def test_200_issues_of_one_load_make_one_invoice(ready, now) -> None:
    (billing,) = ready(1)

    def issue(_n: int) -> str:
        try:
            with transaction.atomic():
                return issue_invoice(billing, by="user:7", at=now).number
        except AlreadyInvoiced as refusal:
            return f"already {refusal.invoice.number}"

    outcomes = at_once(issue, ISSUES)

    assert outcomes == {"INV-118001": 1, "already INV-118001": ISSUES - 1}
    assert broken() == []


def test_blocks_that_overlap_neither_deadlock_nor_bill_twice(ready, now) -> None:
    billings = ready(40)

    def issue(n: int) -> str:
        block = billings[n % 20 : n % 20 + 20]
        groups = [[billing] for billing in (block if n % 2 else reversed(block))]
        with transaction.atomic():
            results = issue_invoices(groups, by="user:7", at=now)
        return "refused" if any(not _is_fine(result) for result in results) else "done"

    outcomes = at_once(issue, WORKERS)

    assert outcomes == {"done": WORKERS}
    assert sequences() == list(range(FIRST_NUMBER, FIRST_NUMBER + len(sequences())))
    assert broken() == []


def _is_fine(result: object) -> bool:
    return isinstance(result, Invoice | AlreadyInvoiced)
