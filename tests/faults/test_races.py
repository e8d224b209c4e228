"""Two hundred at once: the numbers have no gap, and a load has one invoice."""

from collections.abc import Callable
from datetime import datetime
from threading import Barrier, Thread

import pytest
from django.db import connection, transaction

from billing.models import Invoice, InvoiceLine, LoadBilling, Series
from billing.operations.invoicing import AlreadyInvoiced, issue_invoice
from billing.operations.readiness import evaluate_loads
from tests.factories.billing import (
    FIRST_NUMBER,
    a_customer,
    delivered_load,
    found_carrier,
    publish_card,
)

pytestmark = [pytest.mark.faults, pytest.mark.django_db(transaction=True)]

AT_ONCE = 200
SPOILED_EVERY = 10


class Spoiled(Exception):
    """Something else in the same transaction went wrong."""


@pytest.fixture
def make_ready(now: datetime) -> Callable[[int], list[LoadBilling]]:
    """Make loads of one customer that are ready to be billed."""

    def make(count: int) -> list[LoadBilling]:
        with transaction.atomic():
            publish_card()
            found_carrier()
            customer = a_customer()
            loads = [delivered_load(customer) for _ in range(count)]
            return evaluate_loads([load.pk for load in loads], by="rule:readiness", at=now)

    return make


def at_once(act: Callable[[int], object], *, count: int = AT_ONCE) -> list[object]:
    """Let `count` threads, each with a connection of its own, act at the same time.

    Return what each returned or raised.
    """
    results: list[object] = [None] * count
    barrier = Barrier(count)

    def run(n: int) -> None:
        try:
            connection.ensure_connection()
            barrier.wait(timeout=60)
            with transaction.atomic():
                results[n] = act(n)
        except Exception as error:  # noqa: BLE001  what went wrong is the result
            results[n] = error
        finally:
            connection.close()

    threads = [Thread(target=run, args=(n,)) for n in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


def test_200_issues_at_once_in_one_series_leave_no_gap_and_refuse_nobody(
    make_ready: Callable[[int], list[LoadBilling]], now: datetime
) -> None:
    billings = make_ready(AT_ONCE)

    def issue(n: int) -> Invoice:
        invoice = issue_invoice(billings[n], by="user:7", at=now)
        if n % SPOILED_EVERY == 0:
            raise Spoiled
        return invoice

    results = at_once(issue)

    spoiled = [result for result in results if isinstance(result, Spoiled)]
    issued = [result for result in results if isinstance(result, Invoice)]
    assert len(spoiled) == AT_ONCE // SPOILED_EVERY
    assert len(issued) == AT_ONCE - len(spoiled), set(map(repr, results))
    numbers = Invoice.objects.order_by("sequence").values_list("sequence", flat=True)
    assert list(numbers) == list(range(FIRST_NUMBER, FIRST_NUMBER + len(issued)))
    last = Series.objects.get(code=Series.Code.INVOICE).last_number
    assert last == FIRST_NUMBER + len(issued) - 1


def test_200_issues_at_once_of_one_load_make_one_invoice(
    make_ready: Callable[[int], list[LoadBilling]], now: datetime
) -> None:
    [billing] = make_ready(1)

    results = at_once(lambda _: issue_invoice(billing, by="user:7", at=now))

    [invoice] = [result for result in results if isinstance(result, Invoice)]
    refused = [result for result in results if isinstance(result, AlreadyInvoiced)]
    assert len(refused) == AT_ONCE - 1, set(map(repr, results))
    assert {refusal.invoice for refusal in refused} == {invoice}
    assert Invoice.objects.get() == invoice
    assert InvoiceLine.objects.count() == invoice.lines.count()
