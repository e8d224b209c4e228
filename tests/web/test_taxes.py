"""A Canadian load on its way through the desk: what the clerk, the customer and a system read."""

import re
from datetime import datetime

import pytest
from django.test import Client

from accounts.models import Customer, User
from accounts.operations.keying import create_key
from accounts.operations.scoping import enter_staff_scope
from accounts.rules import Role, Scope
from billing.models import Invoice
from billing.operations.crediting import credit_invoice
from billing.operations.readiness import evaluate_load
from billing.operations.rendering import render_pdf
from billing.rules.snapshot import from_data
from dispatch.models import Load
from integrations.operations.sending import invoice_body
from tests.billing.pdf_reading import texts
from tests.factories import UserFactory
from tests.factories.billing import found_carrier, publish_card
from tests.factories.doors import sign_in
from tests.factories.taxes import (
    GST_NUMBER,
    put_rates_on_file,
    register_in_canada,
    routed_load,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def to_canada(customer: Customer) -> Load:
    """A delivered load, Winnipeg to Toronto and Montréal, that nobody has looked at yet."""
    customer.country, customer.currency = "CA", "CAD"
    customer.billing_mode = Customer.BillingMode.REVIEW
    customer.save()
    register_in_canada(found_carrier())
    publish_card(currency="CAD")
    put_rates_on_file()
    return routed_load(
        "CA-MB", "CA-ON", "CA-QC", weights=(20_000, 10_000),
        customer=customer, currency="CAD", number="104900",
    )  # fmt: skip


@pytest.fixture
def billed(to_canada: Load, desk, now: datetime) -> Invoice:
    """The invoice that the clerk has issued."""
    evaluate_load(to_canada.pk, by="rule:readiness", at=now)
    clerk = desk(Role.BILLER)
    clerk.post("/loads/104900/approve/")
    clerk.post("/loads/104900/issue/")
    return Invoice.objects.get()


def words(page: bytes) -> str:
    plain = re.sub(r"<[^>]+>", " ", page.decode())
    return " ".join(plain.split())


def printed(invoice: Invoice) -> str:
    return " ".join(" ".join(texts(render_pdf(from_data(invoice.snapshot)).content)).split())


def test_the_clerk_bills_a_load_to_two_provinces_and_reads_each_tax_with_its_base(
    billed: Invoice, desk
) -> None:
    page = words(desk(Role.BILLER).get(f"/invoices/{billed.number}/").content)

    assert "HST ON 13% on 666.67 86.67" in page
    assert "GST 5% on 333.33 16.67" in page
    assert "Total, CAD 1,103.34" in page
    assert "Share of CA-QC, 10,000 lb delivered" in page


def test_before_it_is_billed_the_load_shows_the_tax_that_will_be(
    to_canada: Load, desk, now: datetime
) -> None:
    evaluate_load(to_canada.pk, by="rule:readiness", at=now)

    page = words(desk(Role.BILLER).get("/loads/104900/").content)

    assert "Tax 103.34" in page


def test_the_erp_is_told_each_tax_of_each_line(billed: Invoice) -> None:
    body = invoice_body(billed)

    assert (body["net_amount"], body["tax_amount"], body["total_amount"]) == (
        "1000.00", "103.34", "1103.34",
    )  # fmt: skip
    assert [(tax["name"], tax["base"], tax["amount"]) for tax in body["lines"][0]["taxes"]] == [
        ("HST ON", "666.67", "86.67"), ("GST", "333.33", "16.67"),
    ]  # fmt: skip


def test_the_pdf_says_the_taxes_the_numbers_and_what_is_due(billed: Invoice) -> None:
    page = printed(billed)

    for expected in ("HST ON 13% on 666.67", "86.67", "GST 5% on 333.33", "16.67", "1,103.34"):
        assert expected in page
    assert f"HST {GST_NUMBER}" in page
    assert "mixed" in page


def test_the_customer_reads_the_same_in_the_portal(billed: Invoice, shipper: User) -> None:
    page = words(sign_in(shipper).get(f"/portal/invoices/{billed.number}/").content)

    assert "HST ON 13% on CA$666.67 CA$86.67" in page
    assert "GST 5% on CA$333.33 CA$16.67" in page


def test_a_customers_system_reads_the_same_over_the_api(
    billed: Invoice, customer: Customer, now: datetime
) -> None:
    _, secret = create_key(
        "AP robot", scopes=[Scope.INVOICES_READ], customer=customer, by="user:1", at=now
    )

    told = Client(SERVER_NAME="localhost").get(
        f"/api/v1/invoices/{billed.number}/", headers={"Authorization": f"Bearer {secret}"}
    )

    body = told.json()
    assert [(tax["name"], tax["base"], tax["amount"]) for tax in body["taxes"]] == [
        ("HST ON", "666.67", "86.67"), ("GST", "333.33", "16.67"),
    ]  # fmt: skip
    assert [tax["jurisdiction"] for tax in body["lines"][0]["taxes"]] == ["CA-ON", "CA-QC"]
    assert (body["lines"][0]["tax_rate"], body["tax_notes"]) == (None, [])


def test_the_credit_note_takes_each_tax_back(billed: Invoice, now: datetime) -> None:
    enter_staff_scope()
    credit = credit_invoice(billed, reason="Wrong lane", by=UserFactory().actor, at=now)

    page = printed(credit)
    assert "HST ON 13% on -666.67" in page
    assert "-1,103.34" in page
