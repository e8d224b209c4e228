"""Payments, credits and the picture on the page of an invoice."""

import re
from decimal import Decimal
from uuid import uuid4

import pytest
from django.test import Client
from django.utils import timezone

from accounts.rules import Role
from billing.models import Invoice, InvoiceState, Payment
from billing.operations.paying import Received, record_payment
from billing.operations.posting import record_posting
from billing.operations.printing import print_invoice

pytestmark = pytest.mark.django_db

PAGE_QUERIES = 21


def words(answer) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", answer.content.decode()).split())


def page(browser: Client, invoice: Invoice) -> str:
    return words(browser.get(f"/invoices/{invoice.number}/"))


def pay(browser: Client, invoice: Invoice, amount: str, **more: object):
    told = {
        "amount": amount, "method": "ACH", "reference": "288114", "received_on": "2026-11-17",
        "key": str(uuid4()), **more,
    }  # fmt: skip
    return browser.post(f"/invoices/{invoice.number}/payments/", told)


def standing(invoice: Invoice) -> tuple[str, Decimal]:
    state = InvoiceState.objects.get(invoice=invoice)
    return state.status, state.balance_amount


def test_a_part_payment_shows_what_is_left(desk, issued) -> None:
    invoice, browser = issued(), desk(Role.BILLER)

    pay(browser, invoice, "400.00")

    text = page(browser, invoice)
    assert standing(invoice) == ("PART_PAID", Decimal("600.00"))
    assert "Paid $400.00 1 payment" in text
    assert "Balance $600.00" in text
    assert "Nov 17 ACH 288114 400.00" in text
    assert "Payment, $400.00" in text


def test_the_form_proposes_the_balance_and_today(desk, issued) -> None:
    invoice = issued()

    text = desk(Role.BILLER).get(f"/invoices/{invoice.number}/").content.decode()

    assert re.search(r'name="amount" value="1000.00"', text)
    assert re.search(r'name="received_on" value="2026-11-19"', text)


def test_what_is_more_than_owed_is_said_and_kept_for_another_invoice(desk, issued) -> None:
    first, browser = issued(), desk(Role.BILLER)
    second = issued(first.customer)

    pay(browser, first, "1050.00")

    assert "$50.00 is more than was owed and stays as unapplied cash" in page(browser, first)
    assert "Unapplied: $50.00 of ACH 288114" in page(browser, second)
    browser.post(f"/invoices/{second.number}/payments/{Payment.objects.get().pk}/apply/")
    assert standing(second) == ("PART_PAID", Decimal("950.00"))


def test_a_payment_sent_twice_counts_once(desk, issued) -> None:
    invoice, browser, key = issued(), desk(Role.BILLER), str(uuid4())

    for _ in range(2):
        pay(browser, invoice, "400.00", key=key)

    assert Payment.objects.count() == 1
    assert standing(invoice) == ("PART_PAID", Decimal("600.00"))


@pytest.mark.parametrize(
    ("told", "complaint"),
    [
        ({"amount": "0"}, "An amount above zero came in."),
        ({"amount": "lots"}, "Enter a number."),
        ({"received_on": "2026-11-20"}, "That day is still to come."),
    ],
)
def test_what_cannot_be_is_refused_with_what_was_typed(desk, issued, told, complaint) -> None:
    invoice = issued()

    answer = pay(desk(Role.BILLER), invoice, **{"amount": "10.00", **told})

    text = answer.content.decode()
    assert answer.status_code == 422
    assert complaint in text
    assert 'value="288114"' in text
    assert re.search(r'id="payment"[^>]*data-open', text)
    assert not Payment.objects.exists()


def test_a_clerk_who_comes_second_is_told_that_it_is_paid(desk, issued) -> None:
    invoice = issued()
    pay(desk(Role.BILLER), invoice, "1000.00")
    late = desk(Role.BILLER)

    answer = late.post(
        f"/invoices/{invoice.number}/payments/",
        {"amount": "1000.00", "method": "CHECK", "received_on": "2026-11-18", "key": uuid4()},
        follow=True,
    )

    assert f"{invoice.number} is paid already." in words(answer)
    assert Payment.objects.count() == 1


def test_a_manager_voids_a_payment_for_a_reason(desk, issued) -> None:
    invoice = issued()
    pay(desk(Role.BILLER), invoice, "400.00")
    payment, manager = Payment.objects.get(), desk(Role.BILLING_MANAGER)

    manager.post(f"/invoices/{invoice.number}/payments/{payment.pk}/void/", {"reason": "Bounced"})

    assert standing(invoice) == ("ISSUED", Decimal("1000.00"))
    text = page(manager, invoice)
    assert "Voided" in text
    assert "Payment taken back, $400.00" in text


def test_payments_are_for_billing_and_their_taking_back_for_managers(desk, issued) -> None:
    invoice = issued()

    assert pay(desk(Role.DISPATCHER), invoice, "1.00").status_code == 403
    pay(desk(Role.BILLER), invoice, "400.00")
    void = f"/invoices/{invoice.number}/payments/{Payment.objects.get().pk}/void/"
    assert desk(Role.BILLER).post(void, {"reason": "x"}).status_code == 403
    assert "Record a payment" not in page(desk(Role.DISPATCHER), invoice)


def test_a_manager_credits_single_lines(desk, issued) -> None:
    invoice, manager = issued(wait_hours=3), desk(Role.BILLING_MANAGER)
    detention = invoice.lines.get(code="DET")
    told = {"how": "lines", "lines": [detention.position], "reason": "Not authorized"}

    answer = manager.post(f"/invoices/{invoice.number}/credit/", told)

    note = Invoice.objects.get(corrects=invoice)
    assert answer.url == f"/invoices/{note.number}/"
    assert note.total_amount == -detention.amount
    assert "Credited $75.00 1 credit note" in page(manager, invoice)


def test_a_manager_credits_and_bills_again(desk, issued) -> None:
    invoice, manager = issued(), desk(Role.BILLING_MANAGER)

    manager.post(f"/invoices/{invoice.number}/credit/", {"how": "rebill", "reason": "Bill-to"})

    again = Invoice.objects.filter(kind="INVOICE").latest("pk")
    assert again != invoice
    assert "Billed again" in page(manager, invoice)
    assert standing(invoice) == ("CREDITED", Decimal("0.00"))


def test_a_credit_that_is_refused_keeps_what_was_typed(desk, issued) -> None:
    invoice = issued()

    answer = desk(Role.BILLING_MANAGER).post(
        f"/invoices/{invoice.number}/credit/", {"how": "lines", "reason": "Not authorized"}
    )

    assert answer.status_code == 409
    assert "Choose lines of the invoice that are not credited yet." in words(answer)
    assert "Not authorized</textarea>" in answer.content.decode()


def test_the_first_page_is_shown_as_a_picture_and_kept_by_the_browser(desk, issued) -> None:
    invoice, browser = issued(), desk()
    print_invoice(invoice.pk, by="system:printer", at=timezone.now())
    address = f"/invoices/{invoice.number}/page-1.png"

    picture = browser.get(address)
    again = browser.get(address, headers={"If-None-Match": picture["ETag"]})

    assert address in browser.get(f"/invoices/{invoice.number}/").content.decode()
    assert picture["Content-Type"] == "image/png"
    assert picture.content.startswith(b"\x89PNG")
    assert (again.status_code, again.content) == (304, b"")


def test_there_is_no_picture_before_the_pdf(desk, issued) -> None:
    invoice, browser = issued(), desk()

    assert browser.get(f"/invoices/{invoice.number}/page-1.png").status_code == 404
    assert "page-1.png" not in browser.get(f"/invoices/{invoice.number}/").content.decode()


def test_the_erps_state_is_asked_for_only_while_it_is_pending(desk, issued, now) -> None:
    invoice, browser = issued(), desk()
    address = f"/invoices/{invoice.number}/erp/"
    pending = browser.get(address, headers={"HX-Request": "true"}).content.decode()
    record_posting(invoice, status="POSTED", reference="JE-1", by="system:erp", at=now)

    posted = browser.get(address, headers={"HX-Request": "true"}).content.decode()

    assert 'hx-trigger="every 5s"' in pending
    assert "hx-trigger" not in posted
    assert "JE-1" in posted
    assert "<html" in browser.get(address).content.decode()


def test_the_statements_do_not_grow_with_lines_or_payments(
    desk, issued, now, django_assert_num_queries
) -> None:
    invoice, browser = issued(wait_hours=3), desk(Role.BILLING_MANAGER)

    def keep(amount: int) -> None:
        received = Received(Decimal(amount), "ACH", now.date())
        record_payment(invoice, received, key=uuid4(), by="user:7", at=now)

    keep(1)
    with django_assert_num_queries(PAGE_QUERIES):
        page(browser, invoice)
    for amount in (2, 3, 4):
        keep(amount)

    with django_assert_num_queries(PAGE_QUERIES):
        page(browser, invoice)
