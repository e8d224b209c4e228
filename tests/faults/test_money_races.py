"""The same money decided about by two at once: one does it, the other is told in a sentence."""

from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from threading import Barrier, Thread
from uuid import uuid4

import pytest
from django.db import connection, transaction

from billing.models import Invoice, Payment
from billing.operations.crediting import NotCreditable, credit_and_rebill, credit_invoice
from billing.operations.invoicing import issue_invoice
from billing.operations.paying import (
    BadPayment,
    NotVoidable,
    Received,
    apply_cash,
    record_payment,
    void_payment,
)
from billing.operations.readiness import evaluate_load
from billing.queries.cash import left_of
from billing.queries.invariants import INVARIANTS
from tests.factories.billing import a_customer, delivered_load, found_carrier, publish_card

pytestmark = [pytest.mark.faults, pytest.mark.django_db(transaction=True)]

BY = "user:7"


def together(*acts: Callable[[], object]) -> list[object]:
    """Let each act in a transaction of its own, at the same time; return what came of each.

    All have read before any writes: what a check of the program alone would not notice.
    """
    results: list[object] = [None] * len(acts)
    start, read = Barrier(len(acts)), Barrier(len(acts))

    def run(n: int) -> None:
        try:
            connection.ensure_connection()
            start.wait(timeout=30)
            with transaction.atomic():
                read.wait(timeout=30)
                results[n] = acts[n]()
        except Exception as error:  # noqa: BLE001  what went wrong is the result
            results[n] = error
        finally:
            connection.close()

    threads = [Thread(target=run, args=(n,)) for n in range(len(acts))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


@pytest.fixture
def invoices(now: datetime) -> list[Invoice]:
    """Three invoices of 1,000.00 of one customer."""
    with transaction.atomic():
        publish_card()
        found_carrier()
        customer = a_customer()
        loads = [delivered_load(customer) for _ in range(3)]
        return [
            issue_invoice(evaluate_load(load.pk, by=BY, at=now), by=BY, at=now) for load in loads
        ]


@pytest.fixture
def overpaid(invoices: list[Invoice], now: datetime) -> Payment:
    """A payment of the first invoice of which 400.00 are left over."""
    received = Received(invoices[0].total_amount + 400, "ACH", now.date())
    with transaction.atomic():
        return record_payment(invoices[0], received, key=uuid4(), by=BY, at=now).payment


def broken() -> list[str]:
    with connection.cursor() as cursor:
        return [each.sentence for each in INVARIANTS if each.count(cursor)]


def kinds(results: list[object]) -> list[str]:
    return sorted(type(result).__name__ for result in results)


def test_what_is_left_of_a_payment_is_set_against_one_invoice(invoices, overpaid, now) -> None:
    _, second, third = invoices

    results = together(
        *[lambda i=i: apply_cash(overpaid, i, by=BY, at=now) for i in (second, third)]
    )

    assert kinds(results) == ["BadPayment", "Decimal"], results
    assert left_of(overpaid) == 0
    assert broken() == []


def test_a_payment_that_is_taken_back_pays_nothing_more(invoices, overpaid, now) -> None:
    results = together(
        lambda: void_payment(overpaid, reason="Bounced", by=BY, at=now),
        lambda: apply_cash(overpaid, invoices[1], by=BY, at=now),
    )

    refused = [each for each in results if isinstance(each, BadPayment | NotVoidable)]
    assert len(refused) == 1, results
    assert broken() == []


def test_a_payment_is_taken_back_once(overpaid, now) -> None:
    results = together(*[lambda: void_payment(overpaid, reason="Twice", by=BY, at=now)] * 2)

    assert kinds(results) == ["NotVoidable", "Payment"], results
    assert broken() == []


@pytest.mark.parametrize("take_back", [credit_invoice, credit_and_rebill])
def test_an_invoice_is_taken_back_once(invoices, take_back, now) -> None:
    results = together(*[lambda: take_back(invoices[0], reason="Wrong PO", by=BY, at=now)] * 2)

    assert "NotCreditable" in kinds(results), results
    assert Invoice.objects.filter(kind="CREDIT_NOTE").count() == 1
    assert broken() == []


def test_who_pays_while_it_is_credited_pays_nothing_that_is_not_owed(invoices, now) -> None:
    received = Received(Decimal("100.00"), "ACH", now.date())

    results = together(
        lambda: credit_invoice(invoices[0], reason="Wrong PO", by=BY, at=now),
        lambda: record_payment(invoices[0], received, key=uuid4(), by=BY, at=now),
    )

    assert not [each for each in results if isinstance(each, NotCreditable)], results
    assert "IntegrityError" not in kinds(results), results
    assert broken() == []


def test_one_key_is_one_payment(invoices, now) -> None:
    key, received = uuid4(), Received(Decimal("100.00"), "ACH", now.date())

    results = together(*[lambda: record_payment(invoices[0], received, key=key, by=BY, at=now)] * 2)

    assert kinds(results) == ["Paid", "Paid"], results
    assert Payment.objects.count() == 1
