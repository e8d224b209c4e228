"""A full credit mirrors its invoice, frees what it billed, and bills nothing by itself."""

from datetime import datetime
from decimal import Decimal
from uuid import uuid4

import pytest
from django.db import connection, transaction

from billing.models import (
    BillingClaim,
    Charge,
    Invoice,
    InvoiceState,
    LoadBilling,
    LoadClaim,
    Payment,
)
from billing.operations.charging import waive_charge
from billing.operations.crediting import (
    NotCreditable,
    ReasonMissing,
    credit_and_rebill,
    credit_invoice,
    credit_lines,
)
from billing.operations.guarding import NotBillable
from billing.operations.invoicing import issue_invoice
from billing.operations.paying import Received, record_payment
from billing.operations.readiness import approve_to_bill, evaluate_load
from billing.queries.cash import left_of
from billing.rules.snapshot import from_data
from journal.models import Event
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


def pay(invoice: Invoice, amount: str, now: datetime) -> Payment:
    """Keep a payment that is set against the invoice."""
    received = Received(Decimal(amount), "ACH", now.date())
    return record_payment(invoice, received, key=uuid4(), by=BY, at=now).payment


def test_what_was_paid_of_a_credited_invoice_is_the_customers_again(invoice, now) -> None:
    payment = pay(invoice, "1075.00", now)
    check_commit()

    credit_invoice(invoice, reason="Wrong customer", by=BY, at=now)

    check_commit()
    state = InvoiceState.objects.get(invoice=invoice)
    assert (state.status, state.balance_amount) == ("CREDITED", Decimal("0.00"))
    assert left_of(payment) == Decimal("1075.00")


def test_some_lines_are_mirrored_and_stay_billed(invoice, now) -> None:
    detention = invoice.lines.get(code="DET")

    note = credit_lines(invoice, [detention.position], reason="Not ours", by=BY, at=now)

    check_commit()
    assert note.total_amount == Decimal("-75.00")
    assert [(line.code, line.amount) for line in note.lines.all()] == [("DET", Decimal("-75.00"))]
    state = InvoiceState.objects.get(invoice=invoice)
    assert (state.status, state.balance_amount) == ("ISSUED", Decimal("1000.00"))
    assert BillingClaim.objects.filter(charge=detention.charge, invoice=invoice).exists()
    evaluated = evaluate_load(detention.load_id, by="rule:readiness", at=now)
    assert evaluated.status == "INVOICED"


def test_a_line_is_not_credited_twice(invoice, now) -> None:
    position = invoice.lines.get(code="DET").position
    credit_lines(invoice, [position], reason="Not ours", by=BY, at=now)

    with pytest.raises(NotCreditable, match="not credited yet"):
        credit_lines(invoice, [position], reason="Again", by=BY, at=now)


@pytest.mark.parametrize("positions", [[], [99]])
def test_only_lines_of_the_invoice_are_credited(invoice, now, positions) -> None:
    with pytest.raises(NotCreditable, match="Choose lines"):
        credit_lines(invoice, positions, reason="Not ours", by=BY, at=now)


def test_what_is_left_after_some_lines_is_a_credit_in_full(invoice, now) -> None:
    first = invoice.lines.get(code="DET").position
    credit_lines(invoice, [first], reason="Not ours", by=BY, at=now)

    rest = credit_lines(
        invoice, [invoice.lines.get(code="LHS").position], reason="All", by=BY, at=now
    )

    check_commit()
    assert rest.total_amount == Decimal("-1000.00")
    assert InvoiceState.objects.get(invoice=invoice).status == "CREDITED"
    assert not BillingClaim.objects.filter(invoice=invoice).exists()
    assert LoadBilling.objects.get().status == "REVIEW"


def test_money_paid_beyond_what_stays_owed_is_freed(invoice, now) -> None:
    payment = pay(invoice, "1050.00", now)

    credit_lines(invoice, [invoice.lines.get(code="DET").position], reason="Ours", by=BY, at=now)

    check_commit()
    state = InvoiceState.objects.get(invoice=invoice)
    assert (state.status, state.balance_amount) == ("PAID", Decimal("0.00"))
    assert left_of(payment) == Decimal("50.00")


def test_credit_and_rebill_makes_both_documents_at_once(invoice, now) -> None:
    load = invoice.lines.all()[0].load
    load.customer.bill_to_name = "Prairie Foods Co., AP Center"
    load.customer.save()

    note, again = credit_and_rebill(invoice, reason="Wrong bill-to", by=BY, at=now)

    check_commit()
    assert note.total_amount == -invoice.total_amount
    assert (again.total_amount, again.kind) == (invoice.total_amount, "INVOICE")
    assert from_data(again.snapshot).bill_to.name == "Prairie Foods Co., AP Center"
    assert LoadClaim.objects.get(load=load).invoice == again
    told = Event.objects.get(name="invoice.rebilled")
    assert (told.subject_id, told.payload["again"]) == (invoice.pk, again.number)


def test_what_cannot_be_billed_anew_is_not_credited(invoice, now) -> None:
    load = invoice.lines.all()[0].load
    load.customer.status = "ON_HOLD"
    load.customer.save()

    with pytest.raises(NotBillable), transaction.atomic():
        credit_and_rebill(invoice, reason="Wrong bill-to", by=BY, at=now)

    assert InvoiceState.objects.get(invoice=invoice).status == "ISSUED"
    assert not Invoice.objects.filter(kind="CREDIT_NOTE").exists()
