"""Each line of an invoice tells the customer what it rests on, and nothing of the house."""

import pytest

from billing.operations.crediting import credit_invoice
from tests.factories.doors import sign_in
from tests.web.portal import store_proof

pytestmark = pytest.mark.django_db

PAGE_QUERIES = 20


def test_detention_shows_its_steps_and_the_clocks_of_the_stop_on_its_own_zone(
    shipper, issued, customer
) -> None:
    invoice = issued(customer, wait_hours=3)

    page = sign_in(shipper).get(f"/portal/invoices/{invoice.number}/").content.decode()

    assert "Detention" in page
    assert "Appointment" in page
    assert 'class="sum"' in page
    stop = invoice.lines.get(code="DET").charge.stop
    assert stop.name in page
    assert " ET" in page or " CT" in page


def test_the_proof_of_delivery_stands_beside_the_line_that_it_proves(
    shipper, issued, customer
) -> None:
    invoice = issued(customer)
    proof = store_proof(invoice)

    page = sign_in(shipper).get(f"/portal/invoices/{invoice.number}/").content.decode()

    explained = page.split("Linehaul", 1)[1].split("</details>", 1)[0]
    assert f"/portal/documents/{proof.pk}/" in explained


def test_a_credit_note_keeps_its_shipment_and_explains_no_other_amount(
    shipper, issued, customer, now
) -> None:
    invoice = issued(customer)
    note = credit_invoice(invoice, reason="Wrong bill-to.", by="user:1", at=now)

    page = sign_in(shipper).get(f"/portal/invoices/{note.number}/").content.decode()

    assert "Linehaul" in page
    assert 'class="sum"' not in page


def test_the_statements_of_the_page_do_not_grow_with_lines_or_papers(
    shipper, issued, customer, django_assert_num_queries
) -> None:
    plain, waited = issued(customer), issued(customer, wait_hours=3)
    browser = sign_in(shipper)

    with django_assert_num_queries(PAGE_QUERIES):
        browser.get(f"/portal/invoices/{plain.number}/")
    with django_assert_num_queries(PAGE_QUERIES):
        browser.get(f"/portal/invoices/{waited.number}/")
