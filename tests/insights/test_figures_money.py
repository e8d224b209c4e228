"""Money by currency, against sums made by hand: accessorials, receivables, DSO, credits."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from uuid import uuid4

import pytest

from billing.models import BillingClaim, Charge, Invoice, LoadBilling
from billing.operations.crediting import credit_invoice
from billing.operations.invoicing import issue_invoice
from billing.operations.paying import Received, record_payment, void_payment
from billing.operations.readiness import evaluate_load
from dispatch.models import Load
from insights.queries.figures.telling import NotNarrowed, tell, tell_split
from insights.rules.figures import BY_KEY
from tests.factories.billing import a_customer, a_load, delivered_load, found_carrier, publish_card
from tests.insights.cast import NOON, found, november, told, value

pytestmark = pytest.mark.django_db

BY, BOSS = "user:7", "user:9"


@pytest.fixture(autouse=True)
def prices(db) -> None:
    """A thousand dollars for any load."""
    found_carrier()
    publish_card()


@pytest.fixture
def bill():
    """Issue an invoice over 1,000.00 at an instant."""

    def issue(at: datetime, customer=None, **fields) -> Invoice:
        load = delivered_load(customer, **fields)
        billing = evaluate_load(load.pk, by="rule:readiness", at=at)
        return issue_invoice(billing, by="rule:straight-through", at=at)

    return issue


def pay(invoice: Invoice, amount: str, *, at: datetime):
    received = Received(
        amount=Decimal(amount), method="ACH", received_on=at.date(), reference="288114"
    )
    return record_payment(invoice, received, key=uuid4(), by=BY, at=at).payment


def a_charge(amount: str, *, code: str = "DET", load: Load | None = None, **fields) -> Charge:
    """An accessorial that arose at noon on November 10."""
    load = load or a_load()
    told_of_it = {
        "description": code, "quantity": 1, "rate": Decimal(amount), "currency": "USD",
        "status": Charge.Status.APPROVED, "decided_by": "rule:policy", "made_by": "rule:rating",
        "created_at": NOON, "changed_at": NOON,
    }  # fmt: skip
    return Charge.objects.create(
        load=load, customer=load.customer, code=code, amount=Decimal(amount),
        **told_of_it | fields,
    )  # fmt: skip


def claimed(charge: Charge, invoice: Invoice) -> Charge:
    BillingClaim.objects.create(charge=charge, invoice=invoice, customer=charge.customer)
    return charge


def an_invoiced_load() -> Load:
    load = a_load(status=Load.Status.DELIVERED)
    LoadBilling.objects.create(
        load=load, customer=load.customer, status=LoadBilling.Status.INVOICED
    )
    return load


def test_accessorials_are_told_by_what_became_of_them(bill, now) -> None:
    invoice = bill(NOON - timedelta(days=60))
    for amount in ("100.00", "150.00", "50.00"):
        claimed(a_charge(amount), invoice)
    a_charge("75.00", code="LUM")
    a_charge("25.00", status=Charge.Status.WAIVED, reason="goodwill", decided_by=BOSS)

    answer = told("accessorials-billed", november(now))

    assert (found(answer, "USD").n, value(answer, "USD")) == (5, Decimal("75.0"))  # 300 of 400
    parts = {part: (found(answer, f"USD-{part}").n, value(answer, f"USD-{part}"))
             for part in ("billed", "waived", "open")}  # fmt: skip
    assert parts == {"billed": (3, 300), "waived": (1, 25), "open": (1, 75)}


def test_linehaul_fuel_superseded_and_called_off_charges_are_no_accessorials(now) -> None:
    a_charge("900.00", code="LHS")
    a_charge("90.00", code="FUE")
    a_charge("80.00", status=Charge.Status.SUPERSEDED)
    a_charge("70.00", load=a_load(status=Load.Status.CANCELLED))
    a_charge("60.00", created_at=NOON - timedelta(days=40))

    assert told("accessorials-billed", november(now)).readings == ()


def test_leakage_is_what_was_waived_or_left_off_an_invoice_by_code_and_currency(bill, now) -> None:
    claimed(a_charge("500.00", load=an_invoiced_load()), bill(NOON - timedelta(days=60)))
    a_charge("120.00", load=an_invoiced_load())
    a_charge("30.00", load=an_invoiced_load(), code="LUM")
    a_charge("40.00", status=Charge.Status.WAIVED, reason="goodwill", decided_by=BOSS)
    a_charge("11.00", load=an_invoiced_load(), currency="CAD")
    a_charge("999.00")  # its load is not invoiced yet: still on its way

    answer = told("leakage", november(now))

    assert [(each.part, each.n, each.value) for each in answer.readings] == [
        ("CAD", 1, Decimal("11.00")), ("CAD-DET", 1, Decimal("11.00")),
        ("USD", 3, Decimal("190.00")), ("USD-DET", 2, Decimal("160.00")),
        ("USD-LUM", 1, Decimal("30.00")),
    ]  # fmt: skip


def test_an_invoice_credited_in_full_gives_its_accessorials_back_to_what_is_open(now) -> None:
    load = delivered_load(wait_hours=3)
    billing = evaluate_load(load.pk, by="rule:readiness", at=NOON)
    invoice = issue_invoice(billing, by=BY, at=NOON)
    assert value(told("accessorials-billed", november(now)), "USD-billed") == Decimal("75.00")

    credit_invoice(invoice, reason="Wrong customer", by=BY, at=now)

    answer = told("accessorials-billed", november(now))
    assert (value(answer, "USD-billed"), value(answer, "USD-open")) == (0, Decimal("75.00"))


def test_receivables_are_told_by_days_past_due(bill, now) -> None:
    for days in (300, 121, 120, 61, 60, 31, 30, 0):  # due thirty days after
        bill(now - timedelta(days=days))
    part = bill(now)
    pay(part, "400.00", at=now)
    pay(bill(now), "1000.00", at=now)
    credit_invoice(bill(now), reason="Wrong", by=BY, at=now)

    answer = told("receivables", november(now))

    ages = [(found(answer, f"USD-{place}").n, value(answer, f"USD-{place}")) for place in range(5)]
    assert (found(answer, "USD").n, value(answer, "USD")) == (9, Decimal("8600.00"))
    assert ages == [(3, 2600), (2, 2000), (1, 1000), (1, 1000), (2, 2000)]


def test_a_voided_payment_is_owed_again(bill, now) -> None:
    payment = pay(bill(now), "1000.00", at=now)
    assert told("receivables", november(now)).readings == ()

    void_payment(payment, reason="bounced", by=BY, at=now)

    assert value(told("receivables", november(now)), "USD") == Decimal("1000.00")


def test_dso_is_what_is_owed_by_what_was_billed_in_ninety_days(bill, now) -> None:
    bill(now - timedelta(days=200))
    invoices = [bill(now - timedelta(days=days)) for days in (89, 60, 40, 20, 1)]
    pay(invoices[0], "1000.00", at=now)
    credit_invoice(invoices[1], reason="Wrong", by=BY, at=now - timedelta(days=2))

    reading = found(told("dso", november(now)), "USD")

    # Owed: three of the five and the old one. Billed: five less the credit note.
    assert reading.more == {"owed": 4000, "billed": 4000, "documents": 6}
    assert (reading.n, reading.value) == (4, Decimal("90.0"))


def test_dso_before_is_what_it_was_on_the_day_before_the_period(bill, now) -> None:
    october = datetime.fromisoformat("2026-10-15T12:00:00-05:00")
    old = [bill(october) for _ in range(5)]
    pay(old[0], "1000.00", at=october)
    pay(old[1], "600.00", at=now)
    bill(now)
    credit_invoice(old[2], reason="Wrong", by=BY, at=now)

    was = tell(BY_KEY["dso"], november(now)).was("USD")

    assert was is not None
    assert was.more == {"owed": 4000, "billed": 5000, "documents": 5}
    assert was.value == Decimal("72.0")


def test_dso_of_four_documents_is_not_told(bill, now) -> None:
    for _ in range(4):
        bill(now)

    reading = found(told("dso", november(now)), "USD")

    assert (reading.n, reading.value) == (4, None)


def test_dso_is_split_by_customer(bill, now) -> None:
    slow, quick = a_customer(), a_customer()
    for customer in (slow, quick):
        invoices = [bill(now, customer) for _ in range(5)]
    for invoice in invoices[:4]:
        pay(invoice, "1000.00", at=now)

    split = {
        each.group: each.readings[0].value
        for each in tell_split(BY_KEY["dso"], november(now), by="customer") or []
    }

    assert split == {slow.pk: Decimal("90.0"), quick.pk: Decimal("18.0")}


def test_the_credit_rate_says_how_many_documents_it_is_of(bill, now) -> None:
    bill(NOON - timedelta(days=30))
    for _ in range(8):
        invoice = bill(NOON)
    credit_invoice(invoice, reason="Wrong", by=BY, at=now)

    answer = told("credit-rate", november(now))

    assert (found(answer, "USD").n, value(answer, "USD")) == (9, Decimal("12.5"))
    assert (found(answer, "USD-notes").n, value(answer, "USD-notes")) == (1, Decimal("1000.00"))


def test_a_note_for_an_invoice_of_the_month_before_counts_where_it_was_issued(bill, now) -> None:
    before = bill(NOON - timedelta(days=30))
    for _ in range(5):
        bill(NOON)
    credit_invoice(before, reason="Wrong", by=BY, at=now)

    answer = told("credit-rate", november(now))

    assert value(answer, "USD") == Decimal("20.0")
    was = answer.was("USD-notes")
    assert was is not None
    assert was.n == 0


@pytest.mark.parametrize("key", ["receivables", "dso", "credit-rate", "messages-failed"])
def test_what_cannot_be_told_by_lane_says_so(key, now) -> None:
    with pytest.raises(NotNarrowed):
        tell(BY_KEY[key], november(now, lane="IL-OH"))


def test_due_dates_are_days_of_the_house(bill, now) -> None:
    bill(now - timedelta(days=31))
    late_evening = datetime.fromisoformat("2026-11-18T23:00:00-06:00")

    answer = told("receivables", november(late_evening))

    assert Invoice.objects.get().due_on == date(2026, 11, 18)
    assert found(answer, "USD-0").n == 1
