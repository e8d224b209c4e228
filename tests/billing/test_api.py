"""Money over HTTP: each request once, never on an invoice that changed since it was read."""

import json
from decimal import Decimal
from uuid import uuid4

import pytest
from django.test import Client

from accounts.operations.keying import create_key
from accounts.operations.scoping import enter_staff_scope
from accounts.rules import Scope
from billing.models import Invoice, InvoiceState, Payment
from billing.operations.invoicing import issue_invoice
from billing.operations.readiness import evaluate_load
from tests.factories.billing import a_customer, delivered_load

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("card")]

client = Client()
SCOPES = (Scope.INVOICES_READ, Scope.INVOICES_WRITE)


@pytest.fixture
def customer():
    return a_customer()


@pytest.fixture
def bill(customer, now):
    """Issue an invoice of 1,000.00 linehaul and 75.00 detention."""

    def make() -> Invoice:
        load = delivered_load(customer, wait_hours=3)
        return issue_invoice(
            evaluate_load(load.pk, by="rule:readiness", at=now), by="user:7", at=now
        )

    return make


@pytest.fixture
def ask(now):
    """Ask as a system of the carrier's."""
    _, secret = create_key("Cash desk", scopes=SCOPES, by="user:1", at=now)
    return asker(secret)


def asker(secret: str):
    def ask(path: str, body=None, *, key: str | None = "", **headers: str):
        told = {"Authorization": f"Bearer {secret}", **headers}
        if body is None:
            answer = client.get(f"/api/v1/{path}", headers=told)
        else:
            if key is not None:
                told["Idempotency-Key"] = key or str(uuid4())
            answer = client.post(
                f"/api/v1/{path}", json.dumps(body), content_type="application/json", headers=told
            )
        enter_staff_scope()
        return answer

    return ask


def a_payment(amount: str = "400.00", **more: str) -> dict[str, str]:
    return {"amount": amount, "method": "ACH", "received_on": "2026-11-17", **more}


def standing(invoice: Invoice) -> tuple[str, Decimal]:
    state = InvoiceState.objects.get(invoice=invoice)
    return state.status, state.balance_amount


def test_a_payment_is_kept_and_set_against_the_invoice(bill, ask) -> None:
    invoice = bill()

    answer = ask(f"invoices/{invoice.number}/payments/", a_payment("1100.00", reference="288114"))

    told = answer.json()
    assert answer.status_code == 201
    assert (told["applied_amount"], told["unapplied_amount"]) == ("1075.00", "25.00")
    assert standing(invoice) == ("PAID", Decimal("0.00"))
    [listed] = ask(f"invoices/{invoice.number}/payments/").json()
    assert (listed["uid"], listed["applied_amount"]) == (told["uid"], "1075.00")


def test_the_same_request_again_gets_the_same_answer_and_moves_nothing(bill, ask) -> None:
    invoice = bill()
    path, key = f"invoices/{invoice.number}/payments/", "batch-7-row-3"

    first, second = (ask(path, a_payment(), key=key) for _ in range(2))

    assert (first.status_code, first.json()) == (second.status_code, second.json())
    assert Payment.objects.count() == 1


def test_a_key_that_comes_with_another_request_is_refused(bill, ask) -> None:
    invoice = bill()
    path = f"invoices/{invoice.number}/payments/"
    ask(path, a_payment(), key="k")

    answer = ask(path, a_payment("401.00"), key="k")

    assert (answer.status_code, answer.json()["code"]) == (422, "idempotency_key_reused")


def test_without_a_key_nothing_is_moved(bill, ask) -> None:
    answer = ask(f"invoices/{bill().number}/payments/", a_payment(), key=None)

    assert (answer.status_code, answer.json()["code"]) == (400, "idempotency_key_required")
    assert not Payment.objects.exists()


def test_what_was_refused_may_be_tried_again_with_its_key(bill, ask) -> None:
    path = f"invoices/{bill().number}/payments/"

    refused = ask(path, a_payment("0"), key="k")
    mended = ask(path, a_payment("5.00"), key="k")

    assert (refused.status_code, refused.json()["field"]) == (422, "amount")
    assert mended.status_code == 201


def test_an_invoice_that_changed_since_it_was_read_is_left_alone(bill, ask) -> None:
    invoice = bill()
    path = f"invoices/{invoice.number}/"
    seen = ask(path)["ETag"]
    ask(f"{path}payments/", a_payment("1.00"), **{"If-Match": seen})

    late = ask(f"{path}payments/", a_payment("2.00"), **{"If-Match": seen})

    assert (late.status_code, late.json()["code"]) == (409, "stale")
    assert standing(invoice) == ("PART_PAID", Decimal("1074.00"))


def test_cash_left_over_pays_another_invoice(bill, ask) -> None:
    first, second = bill(), bill()
    paid = ask(f"invoices/{first.number}/payments/", a_payment("1100.00")).json()

    answer = ask(f"invoices/{second.number}/payments/{paid['uid']}/apply/", {})

    assert answer.json()["applied_amount"] == "25.00"
    assert standing(second) == ("PART_PAID", Decimal("1050.00"))


def test_a_payment_is_taken_back_for_a_reason(bill, ask) -> None:
    invoice = bill()
    paid = ask(f"invoices/{invoice.number}/payments/", a_payment()).json()

    answer = ask(f"payments/{paid['uid']}/void/", {"reason": "Bounced"})

    assert (answer.status_code, answer.json()["amount"]) == (201, "-400.00")
    assert standing(invoice) == ("ISSUED", Decimal("1075.00"))


@pytest.mark.parametrize(
    ("told", "left"),
    [
        ({"how": "whole"}, ("CREDITED", Decimal("0.00"))),
        ({"how": "lines", "lines": [2]}, ("ISSUED", Decimal("1000.00"))),
        ({"how": "rebill"}, ("CREDITED", Decimal("0.00"))),
    ],
)
def test_an_invoice_is_credited_in_each_way(bill, ask, told, left) -> None:
    invoice = bill()

    answer = ask(f"invoices/{invoice.number}/credits/", {**told, "reason": "Agreed"})

    assert answer.status_code == 201
    assert Invoice.objects.get(number=answer.json()["credit_note"]).corrects == invoice
    assert bool(answer.json()["invoice"]) == (told["how"] == "rebill")
    assert standing(invoice) == left


@pytest.mark.parametrize(
    "body", [{"how": "moon", "reason": "x"}, {"how": "whole"}, {"how": "whole", "why": "x"}]
)
def test_a_credit_that_cannot_be_read_is_refused(bill, ask, body) -> None:
    assert ask(f"invoices/{bill().number}/credits/", body).status_code == 400


def test_a_key_that_only_reads_books_nothing(bill, now) -> None:
    _, secret = create_key("BI", scopes=[Scope.INVOICES_READ], by="user:1", at=now)

    answer = asker(secret)(f"invoices/{bill().number}/payments/", a_payment())

    assert answer.status_code == 403


def test_a_customers_key_books_nothing(bill, customer, now) -> None:
    _, secret = create_key("AP", scopes=SCOPES, by="user:1", at=now, customer=customer)
    ask, invoice = asker(secret), bill()

    assert ask(f"invoices/{invoice.number}/payments/", a_payment()).status_code == 403
    assert ask(f"invoices/{invoice.number}/payments/").status_code == 403
