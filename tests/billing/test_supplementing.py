"""Late facts after issue: the difference is billed, or returned, on a document of its own."""

from datetime import datetime, timedelta
from decimal import Decimal

import pytest
from django.db import connection

from accounts.rules import Role
from billing.models import (
    BillingClaim,
    Charge,
    Invoice,
    InvoiceState,
    LoadBilling,
    LoadClaim,
    Payment,
    PaymentApplication,
    RatingRecord,
)
from billing.operations.charging import ChargeBilled, waive_charge
from billing.operations.crediting import NotCreditable, credit_invoice, credit_lines
from billing.operations.invoicing import issue_invoice
from billing.operations.readiness import approve_to_bill, evaluate_load
from billing.operations.supplementing import NoDifference, NotSupplementable, bill_difference
from billing.queries.cash import left_of
from billing.queries.invariants import INVARIANTS
from billing.rules.snapshot import from_data
from dispatch.models import Load, Stop
from exceptions.models import Case
from exceptions.operations.resolving import actions_for, apply, propose
from exceptions.rules.proposals import Change
from journal.operations.lifecycle import advance
from tests.factories import UserFactory
from tests.factories.billing import DELIVERED, delivered_load, found_carrier, publish_card

pytestmark = pytest.mark.django_db

RULE = "rule:readiness"
BY = "user:7"


@pytest.fixture
def load(now) -> Load:
    """A load that was billed 1,000.00 and one hour of detention, 75.00."""
    publish_card()
    found_carrier()
    load = delivered_load(wait_hours=3)
    issue_invoice(evaluate_load(load.pk, by=RULE, at=now), by="user:1", at=now)
    return load


def left_after(load: Load, hours: float, *, at: datetime) -> Case | None:
    """Tell when the truck left, and what the queue makes of it."""
    Stop.objects.filter(load=load, sequence=2).update(
        departed_at=DELIVERED + timedelta(hours=hours)
    )
    evaluate_load(load.pk, by=RULE, at=at)
    return Case.objects.filter(kind="late_change", status=Case.Status.OPEN).first()


def bill(load: Load, hours: float, *, at: datetime) -> Invoice:
    case = left_after(load, hours, at=at)
    assert case
    shown = case.detail["lines"]
    document = bill_difference(load.pk, shown=shown, reason="Late clock", by=BY, at=at)
    commit()
    evaluate_load(load.pk, by=RULE, at=at)
    return document


def commit() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")


def broken() -> list[str]:
    with connection.cursor() as cursor:
        return [each.sentence for each in INVARIANTS if each.count(cursor)]


def lines_of(document: Invoice) -> list[tuple[str, str, Decimal]]:
    rows = document.lines.order_by("position")
    return list(rows.values_list("code", "basis", "amount"))


def test_what_is_owed_beyond_the_invoice_is_a_supplemental_one(load, now) -> None:
    first = Invoice.objects.get()

    supplement = bill(load, 3.25, at=now)

    assert lines_of(supplement) == [
        ("DET", f"Billed 75.00 on {first.number}, now 93.75", Decimal("18.75"))
    ]
    assert from_data(supplement.snapshot).batch_note == f"Supplement to {first.number}"
    claims = LoadClaim.objects.filter(load=load).order_by("pk").values_list("kind", flat=True)
    assert list(claims) == ["PRIMARY", "SUPPLEMENTAL"]
    assert InvoiceState.objects.get(invoice=supplement).balance_amount == Decimal("18.75")
    assert LoadBilling.objects.get(load=load).status == "INVOICED"
    assert broken() == []


def test_the_difference_is_explained_and_rests_on_its_own_rating(load, now) -> None:
    bill(load, 3.25, at=now)

    charge = Charge.objects.get(load=load, adjusts=True)

    assert charge.rating_record == RatingRecord.objects.latest("pk")
    assert RatingRecord.objects.filter(load=load).count() == 2
    assert charge.explanation["steps"][-1]["value"] == "+18.75"
    assert "1.25 h" in [step["value"] for step in charge.explanation["steps"]]
    assert charge.explanation["evidence"][0]["kind"] == "clock"


def test_once_billed_the_difference_is_gone_and_the_next_one_is_on_top(load, now) -> None:
    bill(load, 3.25, at=now)
    closed = left_after(load, 3.25, at=now)

    second = bill(load, 3.5, at=now)

    assert closed is None
    assert second.total_amount == Decimal("18.75")
    assert sum(i.total_amount for i in Invoice.objects.all()) == Decimal("1112.50")


def test_what_was_billed_too_much_is_returned_in_part(load, now) -> None:
    first = Invoice.objects.get()

    note = bill(load, 2.5, at=now)

    assert (note.kind, note.corrects, note.total_amount) == (
        "CREDIT_NOTE", first, Decimal("-37.50"),
    )  # fmt: skip
    assert lines_of(note) == [
        ("DET", f"Billed 75.00 on {first.number}, now 37.50", Decimal("-37.50"))
    ]
    assert InvoiceState.objects.get(invoice=first).balance_amount == Decimal("1037.50")
    assert InvoiceState.objects.get(invoice=note).balance_amount == 0
    assert LoadBilling.objects.get(load=load).status == "INVOICED"
    assert not BillingClaim.objects.filter(invoice=note).exists()
    assert broken() == []


def test_what_is_charged_no_more_is_returned_whole_and_not_brought_up_again(load, now) -> None:
    note = bill(load, 1, at=now)

    assert lines_of(note)[0][1].endswith("now nothing")
    assert note.total_amount == Decimal("-75.00")
    assert left_after(load, 1, at=now) is None
    again = bill(load, 3, at=now)
    assert again.total_amount == Decimal("75.00")


def pay(invoice: Invoice, amount: str, *, at: datetime) -> None:
    """Set a payment against an invoice."""
    paid = Decimal(amount)
    shared = {"customer": invoice.customer, "amount": paid, "currency": "USD"}
    payment = Payment.objects.create(
        method="ACH", received_on=at.date(), recorded_by=BY, recorded_at=at, **shared
    )
    PaymentApplication.objects.create(
        payment=payment, invoice=invoice, applied_by=BY, applied_at=at, **shared
    )
    state, left = InvoiceState.objects.get(invoice=invoice), invoice.total_amount - paid
    status = InvoiceState.Status.PART_PAID if left else InvoiceState.Status.PAID
    advance(state, status, by=BY, at=at, balance_amount=left)
    commit()


def test_what_was_paid_beyond_what_a_difference_leaves_owed_is_freed(load, now) -> None:
    pay(Invoice.objects.get(), "1065.00", at=now)

    note = bill(load, 2.5, at=now)

    assert note.total_amount == Decimal("-37.50")
    state = InvoiceState.objects.get(invoice__kind="INVOICE")
    assert (state.status, state.balance_amount) == ("PAID", Decimal("0.00"))
    assert left_of(Payment.objects.get()) == Decimal("27.50")
    assert broken() == []


def test_a_difference_is_returned_of_an_invoice_that_is_paid(load, now) -> None:
    first = Invoice.objects.get()
    pay(first, "1075.00", at=now)

    bill(load, 1, at=now)

    assert InvoiceState.objects.get(invoice=first).status == "PAID"
    assert left_of(Payment.objects.get()) == Decimal("75.00")
    assert broken() == []


def test_a_difference_is_returned_of_the_invoice_that_bills_it(load, now) -> None:
    bill(load, 1, at=now)
    supplement = bill(load, 3, at=now)

    note = bill(load, 2.5, at=now)

    assert (note.corrects, note.total_amount) == (supplement, Decimal("-37.50"))
    assert broken() == []


def test_what_no_one_invoice_bills_is_returned_after_the_supplement(load, now) -> None:
    supplement = bill(load, 3.25, at=now)
    case = left_after(load, 1, at=now)
    assert case

    with pytest.raises(NotSupplementable, match=f"Credit {supplement.number} first"):
        bill_difference(load.pk, shown=case.detail["lines"], reason="Late", by=BY, at=now)

    credit_invoice(supplement, reason="Clock corrected", by=BY, at=now)
    assert bill(load, 1, at=now).total_amount == Decimal("-75.00")
    assert broken() == []


def test_returning_all_that_is_left_to_pay_pays_it(load, now) -> None:
    pay(Invoice.objects.get(), "1037.50", at=now)

    bill(load, 2.5, at=now)

    state = InvoiceState.objects.get(invoice__kind="INVOICE")
    assert (state.status, state.balance_amount) == ("PAID", Decimal("0.00"))


@pytest.mark.parametrize("hours", [1, 4])
def test_a_line_that_was_credited_is_not_returned_or_billed_again(load, now, hours) -> None:
    invoice = Invoice.objects.get()
    detention = invoice.lines.get(code="DET")
    credit_lines(invoice, [detention.position], reason="Disputed", by=BY, at=now)
    commit()

    assert left_after(load, hours, at=now) is None
    with pytest.raises(NoDifference):
        bill_difference(load.pk, shown=[], reason="Late clock", by=BY, at=now)
    assert InvoiceState.objects.get(invoice=invoice).balance_amount == Decimal("1000.00")


def position_of(invoice: Invoice, code: str) -> int:
    return int(invoice.lines.get(code=code).position)


def test_what_a_difference_returned_of_a_line_is_not_credited_again(load, now) -> None:
    first = Invoice.objects.get()
    bill(load, 1, at=now)

    with pytest.raises(NotCreditable, match="not credited yet"):
        credit_lines(first, [position_of(first, "DET")], reason="Disputed", by=BY, at=now)

    assert InvoiceState.objects.get(invoice=first).balance_amount == Decimal("1000.00")


def test_a_line_is_credited_for_what_a_difference_left_of_it(load, now) -> None:
    first = Invoice.objects.get()
    bill(load, 2.5, at=now)

    note = credit_lines(first, [position_of(first, "DET")], reason="Disputed", by=BY, at=now)
    commit()

    assert [amount for *_, amount in lines_of(note)] == [Decimal("-75.00"), Decimal("37.50")]
    assert InvoiceState.objects.get(invoice=first).balance_amount == Decimal("1000.00")
    assert left_after(load, 4, at=now) is None
    assert broken() == []
    rest = credit_invoice(first, reason="Wrong customer", by=BY, at=now)
    commit()
    assert rest.total_amount == Decimal("-1000.00")
    assert broken() == []


def test_a_line_is_not_credited_beyond_what_all_documents_bill_of_its_charge(load, now) -> None:
    first = Invoice.objects.get()
    publish_card("1100.00", name="Own", customer=load.customer)
    supplement = bill(load, 1, at=now)
    assert [amount for *_, amount in lines_of(supplement)] == [Decimal("100.00"), Decimal("-75.00")]

    with pytest.raises(NotCreditable, match="not credited yet"):
        credit_lines(first, [position_of(first, "DET")], reason="Disputed", by=BY, at=now)


def test_what_was_not_shown_is_not_billed(load, now) -> None:
    case = left_after(load, 3.25, at=now)
    assert case
    shown = case.detail["lines"]
    left_after(load, 3.5, at=now)

    with pytest.raises(NoDifference, match="changed again"):
        bill_difference(load.pk, shown=shown, reason="Late", by=BY, at=now)


def test_where_nothing_differs_nothing_is_billed(load, now) -> None:
    with pytest.raises(NoDifference, match="nothing is owed"):
        bill_difference(load.pk, shown=[], reason="Late", by=BY, at=now)


def test_a_load_that_cannot_be_priced_now_has_no_difference_yet(load, now) -> None:
    Stop.objects.filter(load=load, sequence=2).update(arrived_at=None)

    with pytest.raises(NotSupplementable, match="no arrival time"):
        bill_difference(load.pk, shown=[], reason="Late", by=BY, at=now)


def test_a_load_on_no_live_invoice_has_nothing_to_supplement(load, now) -> None:
    credit_invoice(Invoice.objects.get(), reason="Wrong", by=BY, at=now)

    with pytest.raises(NotSupplementable, match="No live invoice"):
        bill_difference(load.pk, shown=[], reason="Late", by=BY, at=now)


def test_crediting_the_supplement_brings_the_difference_back(load, now) -> None:
    supplement = bill(load, 3.25, at=now)

    credit_invoice(supplement, reason="Not agreed", by=BY, at=now)
    commit()

    assert LoadBilling.objects.get(load=load).status == "INVOICED"
    assert Charge.objects.get(adjusts=True).status == "SUPERSEDED"
    assert left_after(load, 3.25, at=now)
    assert broken() == []


def test_an_invoice_goes_after_what_supplements_it(load, now) -> None:
    first = Invoice.objects.get()
    supplement = bill(load, 3.25, at=now)

    with pytest.raises(NotCreditable, match=f"{supplement.number} supplements {first.number}"):
        credit_invoice(first, reason="Wrong", by=BY, at=now)

    credit_invoice(supplement, reason="Wrong", by=BY, at=now)
    credit_invoice(first, reason="Wrong", by=BY, at=now)
    commit()
    assert sum(i.total_amount for i in Invoice.objects.all()) == 0


def test_an_invoice_returned_in_part_is_credited_for_the_rest_and_billed_again(load, now) -> None:
    first = Invoice.objects.get()
    bill(load, 2.5, at=now)

    rest = credit_invoice(first, reason="Wrong customer", by=BY, at=now)
    commit()
    billing = evaluate_load(load.pk, by=RULE, at=now)
    again = issue_invoice(approve_to_bill(billing, by=BY, at=now), by=BY, at=now)
    commit()

    assert [(code, amount) for code, _, amount in lines_of(rest)] == [
        ("LHS", Decimal("-1000.00")), ("DET", Decimal("-75.00")), ("DET", Decimal("37.50")),
    ]  # fmt: skip
    assert again.total_amount == Decimal("1037.50")
    assert broken() == []


def test_the_clerk_sees_before_and_after_and_bills_it(load, now) -> None:
    case = left_after(load, 3.25, at=now)
    assert case
    clerk = f"user:{UserFactory(role=Role.BILLER).pk}"

    proposal = propose(case, "bill")
    outcome = apply(case, "bill", by=clerk, at=now, version=case.version, reason="Clock corrected")

    assert [action.name for action in actions_for(case)] == []
    assert proposal.summary == "A supplemental invoice bills 18.75 USD beyond INV-118001."
    assert proposal.changes == (Change("Detention, stop 2", "75.00", "93.75"),)
    assert outcome.summary == "INV-118002 is for the difference of 18.75."
    assert outcome.case.status == Case.Status.CLOSED


def test_a_supplement_that_is_credited_leaves_its_difference_to_be_decided_again(load, now) -> None:
    case = left_after(load, 3.25, at=now)
    assert case
    clerk = f"user:{UserFactory(role=Role.BILLER).pk}"
    apply(case, "bill", by=clerk, at=now, version=case.version, reason="Clock corrected")
    credit_invoice(Invoice.objects.latest("pk"), reason="Not agreed", by=BY, at=now)

    assert left_after(load, 3.25, at=now)


def test_a_charge_of_a_difference_is_decided_with_its_document_alone(load, now) -> None:
    bill(load, 2.5, at=now)

    with pytest.raises(ChargeBilled, match="is a difference on an issued document"):
        waive_charge(Charge.objects.get(adjusts=True), reason="Never mind", by="user:9", at=now)


def test_a_return_is_proposed_as_one(load, now) -> None:
    case = left_after(load, 2.5, at=now)
    assert case

    assert propose(case, "bill").summary == "A credit note returns 37.50 USD of INV-118001."


def test_a_charge_that_asks_for_approval_is_billed_by_who_may_approve(load, now) -> None:
    case = left_after(load, 4, at=now)
    assert case

    assert [action.name for action in actions_for(case)] == ["approve_bill", "keep", "credit"]
