"""Money by hand: set against invoices, never above what is owed, taken back by its mirror."""

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from uuid import UUID, uuid4

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from billing.models import Invoice, InvoiceState, Payment, PaymentApplication
from billing.operations.crediting import credit_invoice
from billing.operations.invoicing import issue_invoice
from billing.operations.paying import (
    BadPayment,
    NotPayable,
    NotVoidable,
    Received,
    apply_cash,
    record_payment,
    void_payment,
)
from billing.operations.readiness import evaluate_load
from billing.queries.cash import left_of, payments_of, unapplied_cash
from journal.models import Event
from tests.factories.billing import a_customer, delivered_load

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("card")]

BY, BOSS = "user:7", "user:9"
KEY = UUID("6f9619ff-8b86-d011-b42d-00c04fc964ff")


@pytest.fixture
def customer():
    return a_customer()


@pytest.fixture
def bill(customer, now):
    """Issue an invoice over 1,000.00."""

    def make() -> Invoice:
        billing = evaluate_load(delivered_load(customer).pk, by="rule:readiness", at=now)
        return issue_invoice(billing, by=BY, at=now)

    return make


@pytest.fixture
def pay(now):
    """Keep a payment by hand."""

    def make(invoice: Invoice, amount: str, *, key: UUID | None = None, **more):
        told = {"method": "ACH", "received_on": now.date(), "reference": "288114", **more}
        received = Received(amount=Decimal(amount), **told)
        return record_payment(invoice, received, key=key or uuid4(), by=BY, at=now)

    return make


@pytest.fixture(autouse=True)
def committed():
    """Check at the end what a commit would."""
    yield
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")


def standing(invoice: Invoice) -> tuple[str, Decimal]:
    state = InvoiceState.objects.get(invoice=invoice)
    return state.status, state.balance_amount


def test_a_payment_in_full_settles_the_invoice(bill, pay) -> None:
    invoice = bill()

    paid = pay(invoice, "1000.00")

    assert (paid.applied, paid.unapplied) == (Decimal("1000.00"), Decimal("0.00"))
    assert standing(invoice) == ("PAID", Decimal("0.00"))


def test_a_part_leaves_the_rest_owed_until_the_next(bill, pay) -> None:
    invoice = bill()

    pay(invoice, "400.00")
    assert standing(invoice) == ("PART_PAID", Decimal("600.00"))
    pay(invoice, "100.00")
    assert standing(invoice) == ("PART_PAID", Decimal("500.00"))
    pay(invoice, "500.00")

    assert standing(invoice) == ("PAID", Decimal("0.00"))
    assert [row.applied for row in payments_of(invoice)] == [
        Decimal("500.00"), Decimal("100.00"), Decimal("400.00"),
    ]  # fmt: skip


def test_what_is_more_than_owed_stays_unapplied(bill, pay, customer) -> None:
    invoice = bill()

    paid = pay(invoice, "1050.00")

    assert (paid.applied, paid.unapplied) == (Decimal("1000.00"), Decimal("50.00"))
    assert standing(invoice) == ("PAID", Decimal("0.00"))
    assert unapplied_cash(customer.pk, currency="USD") == [(paid.payment, Decimal("50.00"))]


def test_unapplied_cash_pays_another_invoice_of_the_customer(bill, pay, customer, now) -> None:
    payment, other = pay(bill(), "1050.00").payment, bill()

    applied = apply_cash(payment, other, by=BY, at=now)

    assert applied == Decimal("50.00")
    assert standing(other) == ("PART_PAID", Decimal("950.00"))
    assert unapplied_cash(customer.pk, currency="USD") == []
    with pytest.raises(BadPayment, match="Nothing is left"):
        apply_cash(payment, other, by=BY, at=now)


def test_cash_of_one_customer_pays_no_other(bill, pay, now) -> None:
    payment = pay(bill(), "1050.00").payment
    billing = evaluate_load(delivered_load().pk, by="rule:readiness", at=now)
    stranger = issue_invoice(billing, by=BY, at=now)

    with pytest.raises(BadPayment, match="another customer"):
        apply_cash(payment, stranger, by=BY, at=now)


def test_a_second_click_is_the_same_payment(bill, pay) -> None:
    invoice = bill()

    first, second = (pay(invoice, "400.00", key=KEY) for _ in range(2))

    assert first == second
    assert Payment.objects.count() == 1
    assert standing(invoice) == ("PART_PAID", Decimal("600.00"))


def test_a_key_is_not_taken_for_another_payment(bill, pay) -> None:
    invoice = bill()
    pay(invoice, "400.00", key=KEY)

    with pytest.raises(BadPayment, match="used for another payment"):
        pay(invoice, "401.00", key=KEY)


@pytest.mark.parametrize(
    ("amount", "more", "field"),
    [
        ("0", {}, "amount"),
        ("-5.00", {}, "amount"),
        ("1.001", {}, "amount"),
        ("NaN", {}, "amount"),
        ("5.00", {"method": "SHELLS"}, "method"),
        ("5.00", {"received_on": date(1, 1, 1)}, "received_on"),
    ],
)
def test_what_cannot_be_is_refused_by_field(bill, pay, amount, more, field) -> None:
    with pytest.raises(BadPayment) as refused:
        pay(bill(), amount, **more)

    assert refused.value.field == field


def test_money_does_not_come_tomorrow(bill, pay, now) -> None:
    with pytest.raises(BadPayment, match="still to come"):
        pay(bill(), "5.00", received_on=now.date() + timedelta(days=1))


def test_nothing_is_paid_where_nothing_is_owed(bill, pay, now) -> None:
    paid, credited = bill(), bill()
    pay(paid, "1000.00")
    note = credit_invoice(credited, reason="Wrong", by=BY, at=now)

    for document, words in ((paid, "paid already"), (credited, "credited"), (note, "credit note")):
        with pytest.raises(NotPayable, match=words):
            pay(document, "5.00")


def test_a_void_mirrors_the_payment_and_all_it_paid_is_owed_again(bill, pay, now) -> None:
    first, second = bill(), bill()
    payment = pay(first, "1300.00").payment
    apply_cash(payment, second, by=BY, at=now)
    pay(second, "100.00")

    mirror = void_payment(payment, reason="Bounced", by=BOSS, at=now)

    assert (mirror.amount, mirror.voids, mirror.note) == (Decimal("-1300.00"), payment, "Bounced")
    assert standing(first) == ("ISSUED", Decimal("1000.00"))
    assert standing(second) == ("PART_PAID", Decimal("900.00"))
    assert left_of(payment) == 0


def test_a_payment_is_voided_once_for_a_reason(bill, pay, now) -> None:
    payment = pay(bill(), "400.00").payment

    with pytest.raises(BadPayment, match="Say why"):
        void_payment(payment, reason=" ", by=BOSS, at=now)
    mirror = void_payment(payment, reason="Bounced", by=BOSS, at=now)
    for entry in (payment, mirror):
        with pytest.raises(NotVoidable):
            void_payment(entry, reason="Again", by=BOSS, at=now)


def test_voiding_what_a_credit_had_freed_moves_no_invoice(bill, pay, now) -> None:
    invoice = bill()
    payment = pay(invoice, "400.00").payment
    credit_invoice(invoice, reason="Wrong", by=BY, at=now)

    void_payment(payment, reason="Bounced", by=BOSS, at=now)

    assert standing(invoice) == ("CREDITED", Decimal("0.00"))
    assert left_of(payment) == 0


def test_each_step_is_told_to_the_journal(bill, pay, now) -> None:
    payment = pay(bill(), "400.00").payment
    void_payment(payment, reason="Bounced", by=BOSS, at=now)

    names = Event.objects.filter(name__startswith="payment.").order_by("pk")
    assert list(names.values_list("name", "actor")) == [
        ("payment.recorded", BY),
        ("payment.applied", BY),
        ("payment.voided", BOSS),
        ("payment.freed", BOSS),
    ]


def commit(*changes: Callable[[], object]) -> None:
    """Make changes in a transaction of their own and check them as its commit does."""
    with transaction.atomic(), connection.cursor() as cursor:
        for change in changes:
            change()
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def applying(payment: Payment, invoice: Invoice, amount: str, now) -> Callable[[], object]:
    return lambda: PaymentApplication.objects.create(
        payment=payment, invoice=invoice, customer_id=payment.customer_id, amount=Decimal(amount),
        currency="USD", applied_by=BY, applied_at=now,
    )  # fmt: skip


def balancing(invoice: Invoice, balance: int) -> Callable[[], object]:
    return lambda: InvoiceState.objects.filter(invoice=invoice).update(balance_amount=balance)


@pytest.mark.parametrize("amount", ["700.00", "-401.00"])
def test_the_database_keeps_an_invoice_from_being_paid_over_or_below(
    bill, pay, now, amount
) -> None:
    invoice, cash = bill(), pay(bill(), "1900.00").payment
    pay(invoice, "400.00")
    applied = applying(cash, invoice, amount, now)

    with pytest.raises(IntegrityError, match="is owed"):
        commit(applied, balancing(invoice, 600 - int(Decimal(amount))))


def test_the_database_keeps_a_balance_from_saying_anything_else(bill, pay) -> None:
    invoice = bill()
    pay(invoice, "400.00")

    with pytest.raises(IntegrityError, match=r"its balance is 1\.00"):
        commit(balancing(invoice, 1))


def test_the_database_keeps_more_from_being_applied_than_came(bill, pay, now) -> None:
    invoice, other = bill(), bill()
    payment = pay(invoice, "400.00").payment

    with pytest.raises(IntegrityError, match=r"400\.00 received, 500\.00 applied"):
        commit(applying(payment, other, "100.00", now), balancing(other, 900))


@pytest.mark.parametrize("rows", [Payment.objects, PaymentApplication.objects])
def test_payments_never_change(bill, pay, rows) -> None:
    pay(bill(), "400.00")

    with pytest.raises(DatabaseError):
        commit(lambda: rows.update(amount=1))
