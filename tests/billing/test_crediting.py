"""A full credit mirrors its invoice, frees what it billed, and bills nothing by itself."""

from datetime import datetime
from decimal import Decimal

import pytest
from django.db import connection

from billing.models import (
    BillingClaim,
    Charge,
    Invoice,
    InvoiceState,
    LoadBilling,
    LoadClaim,
    Payment,
    PaymentApplication,
)
from billing.operations.charging import waive_charge
from billing.operations.crediting import NotCreditable, ReasonMissing, credit_invoice
from billing.operations.invoicing import issue_invoice
from billing.operations.readiness import approve_to_bill, evaluate_load
from billing.rules.snapshot import from_data
from journal.models import Event
from journal.operations.lifecycle import IllegalMove, advance
from tests.factories.billing import delivered_load, found_carrier, publish_card

pytestmark = pytest.mark.django_db

BY = "user:8"


@pytest.fixture
def invoice(now) -> Invoice:
    """An issued invoice of one load with detention."""
    publish_card()
    found_carrier()
    billing = evaluate_load(delivered_load(wait_hours=3).pk, by="rule:readiness", at=now)
    return issue_invoice(billing, by="user:7", at=now)


def check_commit() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")


@pytest.fixture
def credit(invoice, now) -> Invoice:
    """The credit note of the invoice, checked as at commit."""
    check_commit()
    note = credit_invoice(invoice, reason="Wrong customer", by=BY, at=now)
    check_commit()
    return note


def test_a_credit_note_takes_every_line_back_in_a_series_of_its_own(invoice, credit) -> None:
    lines = list(credit.lines.order_by("position").values_list("code", "amount"))
    assert (credit.number, credit.kind, credit.corrects) == ("CRN-000001", "CREDIT_NOTE", invoice)
    assert credit.total_amount == -invoice.total_amount == Decimal("-1075.00")
    assert lines == [("LHS", Decimal("-1000.00")), ("DET", Decimal("-75.00"))]


def test_it_says_what_it_corrects_and_why(invoice, credit) -> None:
    credit.refresh_from_db()
    shown = from_data(credit.snapshot)
    assert shown.corrects is not None
    assert (shown.corrects.number, shown.corrects.reason) == (invoice.number, "Wrong customer")
    assert shown.due_on is None
    assert shown.totals.total == Decimal("-1075.00")


def test_both_documents_are_settled(invoice, credit) -> None:
    states = InvoiceState.objects.order_by("pk").values_list("status", "balance_amount")
    assert list(states) == [("CREDITED", Decimal("0.00")), ("ISSUED", Decimal("0.00"))]


def test_the_load_waits_for_a_person_and_can_be_billed_again(invoice, credit, now) -> None:
    load = invoice.lines.all()[0].load
    billing = evaluate_load(load.pk, by="rule:readiness", at=now)
    waiting = (billing.status, billing.review_reason)

    again = issue_invoice(approve_to_bill(billing, by=BY, at=now), by=BY, at=now)

    assert waiting == ("REVIEW", "INV-118001 was credited: Wrong customer")
    assert (again.number, again.total_amount) == ("INV-118002", invoice.total_amount)
    check_commit()


def test_its_charges_can_be_decided_again(invoice, credit, now) -> None:
    charge = Charge.objects.get(code="DET")

    assert waive_charge(charge, reason="Our driver was late", by=BY, at=now).status == "WAIVED"


def test_the_claims_are_gone(credit) -> None:
    assert not BillingClaim.objects.exists()
    assert not LoadClaim.objects.exists()


def test_the_credit_is_told_of_about_the_invoice_it_takes_back(invoice, credit) -> None:
    told = Event.objects.get(name="invoice.credited")
    issued = Event.objects.filter(name="invoice.issued").order_by("id")
    assert (told.subject_id, told.reason) == (invoice.pk, "Wrong customer")
    assert [event.subject_id for event in issued] == [invoice.pk, credit.pk]


@pytest.mark.parametrize("document", ["invoice", "credit"])
def test_nothing_is_credited_twice_and_no_credit_note_is(invoice, credit, now, document) -> None:
    target = {"invoice": invoice, "credit": credit}[document]

    with pytest.raises(NotCreditable):
        credit_invoice(target, reason="Again", by=BY, at=now)


def test_a_credit_wants_a_reason(invoice, now) -> None:
    with pytest.raises(ReasonMissing):
        credit_invoice(invoice, reason=" ", by=BY, at=now)


def pay(invoice: Invoice, now: datetime) -> None:
    """Keep a payment that settles the invoice."""
    shared = {"customer": invoice.customer, "amount": invoice.total_amount, "currency": "USD"}
    payment = Payment.objects.create(
        **shared, method="ACH", received_on=now.date(), recorded_by=BY, recorded_at=now
    )
    PaymentApplication.objects.create(
        **shared, payment=payment, invoice=invoice, applied_by=BY, applied_at=now
    )
    advance(invoice.state, "PAID", by=BY, at=now, balance_amount=Decimal(0))


def test_a_paid_invoice_is_not_simply_credited(invoice, now) -> None:
    pay(invoice, now)

    with pytest.raises(IllegalMove):
        credit_invoice(invoice, reason="Too late", by=BY, at=now)

    assert LoadBilling.objects.get().status == "INVOICED"
