"""One Idempotency-Key at once from two threads, and by another key: one effect, one answer."""

import json
from threading import Barrier, Thread
from typing import Any

import pytest
from django.db import connection, transaction
from django.test import Client

from billing.models import Invoice, Payment
from billing.operations.invoicing import issue_invoice
from billing.operations.readiness import evaluate_load
from tests.factories.asking import an_asker
from tests.factories.billing import a_customer, delivered_load, found_carrier, publish_card

pytestmark = [pytest.mark.faults, pytest.mark.django_db(transaction=True)]

BODY = {"amount": "100.00", "method": "ACH", "received_on": "2026-11-17"}


@pytest.fixture
def invoice(now) -> Invoice:
    with transaction.atomic():
        publish_card()
        found_carrier()
        load = delivered_load(a_customer())
        return issue_invoice(evaluate_load(load.pk, by="user:7", at=now), by="user:7", at=now)


def at_once(*asked: tuple[str, str, dict[str, str]]) -> list[tuple[int, Any]]:
    """Send (secret, path, body) under one Idempotency-Key at the same time; return the answers."""
    answers: list[Any] = [None] * len(asked)
    start = Barrier(len(asked))

    def send(n: int) -> None:
        secret, path, body = asked[n]
        headers = {"Authorization": f"Bearer {secret}", "Idempotency-Key": "one"}
        start.wait(timeout=30)
        answer = Client(raise_request_exception=False).post(
            f"/api/v1/{path}", json.dumps(body), content_type="application/json", headers=headers
        )
        answers[n] = (answer.status_code, answer.json())
        connection.close()

    threads = [Thread(target=send, args=(n,)) for n in range(len(asked))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


def test_the_same_request_twice_at_once_is_one_payment_with_one_answer(invoice, now) -> None:
    erp, path = an_asker(at=now), f"invoices/{invoice.number}/payments/"

    answers = at_once(*[(erp.secret, path, BODY)] * 4)

    assert {status for status, _ in answers} == {201}
    assert len({json.dumps(told, sort_keys=True) for _, told in answers}) == 1
    assert Payment.objects.count() == 1


def test_another_body_under_the_key_at_once_is_refused(invoice, now) -> None:
    erp, path = an_asker(at=now), f"invoices/{invoice.number}/payments/"

    answers = at_once((erp.secret, path, BODY), (erp.secret, path, BODY | {"amount": "90.00"}))

    assert sorted(status for status, _ in answers) == [201, 422]
    assert Payment.objects.count() == 1


def test_the_same_word_of_two_systems_is_two_requests(invoice, now) -> None:
    path = f"invoices/{invoice.number}/payments/"
    pairs = [(an_asker(at=now, name=name).secret, path, BODY) for name in ("ERP", "Bank")]

    answers = at_once(*pairs)

    assert [status for status, _ in answers] == [201, 201]
    assert Payment.objects.count() == 2


def test_what_fell_over_leaves_the_key_free(invoice, now, monkeypatch) -> None:
    erp, path = an_asker(at=now), f"invoices/{invoice.number}/payments/"

    def fail(*_args: object, **_more: object) -> None:
        raise RuntimeError

    with monkeypatch.context() as broken:
        broken.setattr("billing.api.money.record_payment", fail)
        [(first, _)] = at_once((erp.secret, path, BODY))
    [(again, _)] = at_once((erp.secret, path, BODY))

    assert (first, again) == (500, 201)
    assert Payment.objects.count() == 1


def test_one_load_billed_by_two_systems_at_once_is_one_invoice(invoice, now) -> None:
    with transaction.atomic():
        load = delivered_load(invoice.customer)
        evaluate_load(load.pk, by="user:7", at=now)
    path = f"loads/{load.number}/billing/issue/"
    secrets = [an_asker(at=now, name=name).secret for name in ("ERP", "Bank")]

    answers = at_once(*[(secret, path, {}) for secret in secrets])

    assert sorted(status for status, _ in answers) == [201, 409]
    assert Invoice.objects.count() == 2
