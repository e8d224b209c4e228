"""The funnel adds up what its tables list: one condition for a stage, in one place."""

from datetime import timedelta
from decimal import Decimal

import pytest

from billing.models import Invoice, InvoiceState, Payment, PaymentApplication
from billing.operations.invoicing import issue_invoice
from billing.operations.posting import record_posting
from billing.operations.readiness import evaluate_load
from billing.operations.withholding import withhold_loads
from billing.queries.funnel import Stage, funnel, staged_documents, staged_loads
from journal.operations.lifecycle import advance
from tests.factories import UserFactory
from tests.factories.billing import DELIVERED, a_customer, delivered_load, set_policy

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("card")]

BY = "user:7"


@pytest.fixture
def biller():
    return UserFactory(role="biller")


@pytest.fixture
def make(now):
    """Make an evaluated load of some customer."""

    def one(customer=None, **more):
        return evaluate_load(delivered_load(customer, **more).pk, by="rule:readiness", at=now)

    return one


def pay(invoice: Invoice, amount: str, now) -> None:
    """Set money against an invoice and lower its balance."""
    common = {"customer": invoice.customer, "amount": Decimal(amount), "currency": "USD"}
    payment = Payment.objects.create(
        **common, method="ACH", received_on=now.date(), recorded_by=BY, recorded_at=now
    )
    PaymentApplication.objects.create(
        **common, payment=payment, invoice=invoice, applied_by=BY, applied_at=now
    )
    InvoiceState.objects.filter(invoice=invoice).update(balance_amount=1000 - Decimal(amount))


def figures(biller, now) -> dict[str, tuple[int, Decimal]]:
    return {f.stage.value: (f.count, f.amount) for f in funnel(biller, today=now.date())}


def test_each_load_stands_in_the_stage_of_what_it_waits_for(biller, make, now) -> None:
    set_policy(customer := a_customer(), required_references="BLOCK PO")
    make()
    make(pod="")
    make(customer)
    make(wait_hours=9)
    make(a_customer(billing_mode="REVIEW"))
    make(a_customer(status="ON_HOLD"))
    withhold_loads([make().load_id], reason="Wait", by=BY, at=now)

    assert figures(biller, now) == {
        "ready": (1, Decimal("1000.00")),
        "papers": (2, Decimal("2000.00")),
        "approval": (2, Decimal("2525.00")),
        "other": (1, Decimal("1000.00")),
        "held": (1, Decimal("1000.00")),
    }


def test_what_lacks_papers_and_an_approval_stands_with_the_papers(biller, make, now) -> None:
    make(pod="", wait_hours=9)

    assert figures(biller, now) == {"papers": (1, Decimal("1525.00"))}


def test_documents_are_issued_until_the_erp_has_them_and_posted_while_they_are_owed(
    biller, make, now
) -> None:
    failed, posted, paid = (issue_invoice(make(), by=BY, at=now) for _ in range(3))
    record_posting(failed, status="FAILED", note="429", by="system:erp", at=now)
    record_posting(posted, status="POSTED", reference="JE-1", by="system:erp", at=now)
    record_posting(paid, status="POSTED", reference="JE-2", by="system:erp", at=now)
    pay(posted, "600.00", now)
    pay(paid, "1000.00", now)
    advance(paid.state, "PAID", by=BY, at=now)

    later = posted.due_on + timedelta(days=1)
    found = {f.stage: f for f in funnel(biller, today=later)}

    issued, owed = found[Stage.ISSUED], found[Stage.POSTED]
    assert (issued.count, issued.amount, issued.hot) == (1, Decimal("1000.00"), 1)
    assert (owed.count, owed.amount, owed.hot) == (1, Decimal("400.00"), 1)
    assert list(staged_documents(Stage.POSTED, biller)) == [posted]


def test_currencies_are_not_added_up(biller, make, now) -> None:
    billing = make()
    type(billing).objects.filter(pk=make().pk).update(currency="CAD")

    found = [(f.currency, f.count) for f in funnel(biller, today=now.date())]
    assert found == [("CAD", 1), ("USD", 1)]
    assert billing.currency == "USD"


def test_the_oldest_is_the_one_that_was_over_first(biller, make, now) -> None:
    make(delivered_at=DELIVERED + timedelta(hours=5))
    make(delivered_at=DELIVERED)

    [ready] = funnel(biller, today=now.date())
    assert ready.oldest_at == DELIVERED


def test_the_rows_of_a_stage_are_those_it_counts(biller, make, now) -> None:
    make()
    blocked = make(pod="")

    assert list(staged_loads(biller, Stage.PAPERS)) == [blocked]


@pytest.mark.parametrize("stage", [stage for stage in Stage if stage.is_of_loads])
def test_every_stage_lists_as_many_as_it_counts(biller, make, now, stage: Stage) -> None:
    make()
    make(pod="")
    make(pod="", wait_hours=9)
    make(wait_hours=9)
    make(a_customer(billing_mode="REVIEW"))
    make(a_customer(status="ON_HOLD"))
    withhold_loads([make(pod="").load_id], reason="Wait", by=BY, at=now)

    counted = {f.stage: f.count for f in funnel(biller, today=now.date())}

    assert staged_loads(biller, stage).count() == counted[stage]


def test_three_statements_however_many_loads(biller, make, now, django_assert_num_queries) -> None:
    for _ in range(3):
        make(pod="")
    issue_invoice(make(), by=BY, at=now)
    biller.customer_ids  # noqa: B018  asked once for a request

    with django_assert_num_queries(3):
        funnel(biller, today=now.date())
