"""A customer's portal shows the customer's own, and nothing that hints at anybody else's."""

import re
from datetime import timedelta

import pytest

from accounts.models import Customer
from accounts.operations.scoping import enter_staff_scope
from billing.models import Invoice
from billing.operations.crediting import credit_invoice
from dispatch.models import Document, Load
from tests.factories import CustomerFactory, DocumentFactory, UserFactory
from tests.factories.doors import sign_in
from tests.web.portal import draw, refer, store_proof

pytestmark = pytest.mark.django_db

LIST_QUERIES = 13


@pytest.fixture
def invoice(issued, customer: Customer) -> Invoice:
    """An invoice of the customer, with its proof of delivery and its PO."""
    invoice = issued(customer)
    refer(invoice)
    return invoice


@pytest.fixture
def drawn(invoice: Invoice) -> Invoice:
    """The same, its PDF drawn and stored."""
    return draw(invoice)


@pytest.fixture
def proof(invoice: Invoice) -> Document:
    """The proof of delivery, its bytes stored."""
    return store_proof(invoice)


def test_the_list_shows_what_is_open_with_its_purchase_order(shipper, invoice) -> None:
    page = sign_in(shipper).get("/portal/").content.decode()

    assert invoice.number in page
    assert "4500870731" in page
    assert "$1,000.00" in page
    assert "Open <" in page


def test_a_customer_sees_none_of_anothers_invoices_or_counts(stranger, invoice) -> None:
    browser = sign_in(stranger)

    page = browser.get("/portal/?view=all").content.decode()
    found = browser.get("/portal/", {"q": invoice.number}).content.decode()

    assert invoice.number not in page
    assert re.findall(r'class="count\s*">(\d[^<]*)<', page) == ["0", "0", "0"]
    assert f"portal/invoices/{invoice.number}" not in found
    assert "$1,000.00" not in page + found


def test_anothers_invoice_pdf_and_papers_are_not_found(stranger, invoice, proof) -> None:
    browser = sign_in(stranger)
    load = proof.load
    addresses = [
        f"/portal/invoices/{invoice.number}/",
        f"/portal/invoices/{invoice.number}/pdf/",
        f"/portal/documents/{proof.pk}/",
        f"/portal/shipments/{load.number}/",
    ]

    assert [browser.get(address).status_code for address in addresses] == [404] * 4


def test_a_refused_look_at_anothers_row_is_logged(stranger, invoice, caplog) -> None:
    sign_in(stranger).get(f"/portal/invoices/{invoice.number}/")

    assert "row_refused" in caplog.text
    assert invoice.number in caplog.text


def without_tokens(page: bytes) -> bytes:
    """Return a page without the tokens of its forms, which are new each time."""
    return re.sub(rb'(?<=name="csrfmiddlewaretoken" value=")\w+', b"", page)


def test_what_is_not_there_and_what_is_not_yours_look_the_same(stranger, invoice) -> None:
    browser = sign_in(stranger)

    foreign = browser.get(f"/portal/invoices/{invoice.number}/")
    missing = browser.get("/portal/invoices/INV-999999/")

    assert (foreign.status_code, missing.status_code) == (404, 404)
    assert without_tokens(foreign.content) == without_tokens(missing.content)


def test_the_pdf_is_the_stored_one_and_never_drawn_on_a_visit(
    shipper, drawn, monkeypatch: pytest.MonkeyPatch
) -> None:
    def draw(*_args: object) -> None:
        raise AssertionError("drawn on a GET")

    monkeypatch.setattr("billing.operations.printing.render_pdf", draw)

    answer = sign_in(shipper).get(f"/portal/invoices/{drawn.number}/pdf/")

    assert answer.getvalue().startswith(b"%PDF")
    assert answer["Content-Disposition"] == f'attachment; filename="{drawn.number}.pdf"'
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Type"] == "application/pdf"


def test_a_pdf_that_is_not_drawn_yet_is_not_found_and_its_button_rests(
    shipper, issued, customer
) -> None:
    waiting = issued(customer)
    browser = sign_in(shipper)

    page = browser.get(f"/portal/invoices/{waiting.number}/").content.decode()

    assert browser.get(f"/portal/invoices/{waiting.number}/pdf/").status_code == 404
    assert "being drawn" in page


def test_the_proof_of_delivery_can_be_taken_home(shipper, invoice, proof) -> None:
    browser = sign_in(shipper)

    page = browser.get(f"/portal/invoices/{invoice.number}/").content.decode()
    answer = browser.get(f"/portal/documents/{proof.pk}/")

    assert f"/portal/documents/{proof.pk}/" in page
    assert answer.getvalue() == b"%PDF-1.7 signed by J. Alvarez"
    assert answer["Content-Disposition"].startswith("attachment")


@pytest.mark.parametrize(
    "paper",
    [
        {"kind": Document.Kind.RATE_CONFIRMATION, "status": "ACCEPTED"},
        {"kind": Document.Kind.POD, "status": "RECEIVED"},
        {"kind": Document.Kind.POD, "status": "REJECTED", "reason": "Not this load"},
        {"kind": Document.Kind.OTHER, "status": "ACCEPTED"},
    ],
)
def test_papers_that_are_not_the_customers_business_are_not_found(
    shipper, invoice, paper: dict[str, str]
) -> None:
    load = Load.objects.get(claims__invoice=invoice)
    hidden = DocumentFactory(load=load, **paper)
    browser = sign_in(shipper)

    page = browser.get(f"/portal/shipments/{load.number}/").content.decode()

    assert f"/portal/documents/{hidden.pk}/" not in page
    assert browser.get(f"/portal/documents/{hidden.pk}/").status_code == 404


@pytest.mark.parametrize(
    "words",
    ["INV-1180", "inv-118002", "45008707", "4500-870", "bol 77", "PRO-774109", "1048"],
)
def test_an_invoice_is_found_by_the_start_of_any_of_its_numbers(
    shipper, issued, customer, words: str
) -> None:
    other = issued()
    invoice = issued(customer, number="104879")
    refer(invoice)
    refer(invoice, "BOL", "BOL-7712")
    refer(invoice, "PRO", "PRO 7741092971")

    page = sign_in(shipper).get("/portal/", {"q": words}).content.decode()

    assert f"/portal/invoices/{invoice.number}/" in page
    assert other.number not in page


def test_a_credited_invoice_and_its_note_are_still_found_by_their_purchase_order(
    shipper, invoice, now
) -> None:
    note = credit_invoice(invoice, reason="Wrong bill-to.", by="user:1", at=now)

    page = sign_in(shipper).get("/portal/", {"q": "45008707"}).content.decode()

    assert f"/portal/invoices/{invoice.number}/" in page
    assert f"/portal/invoices/{note.number}/" in page
    assert page.count("4500870731") == 2


def test_the_statements_of_the_list_do_not_grow_with_its_rows(
    shipper, invoice, issued, customer, django_assert_num_queries
) -> None:
    browser = sign_in(shipper)
    with django_assert_num_queries(LIST_QUERIES):
        browser.get("/portal/?view=all")
    enter_staff_scope()
    for _ in range(4):
        issued(customer)

    with django_assert_num_queries(LIST_QUERIES):
        browser.get("/portal/?view=all")


def test_a_row_unfolds_into_the_way_of_its_shipment(shipper, invoice) -> None:
    answer = sign_in(shipper).get(
        f"/portal/invoices/{invoice.number}/", headers={"HX-Request": "true"}
    )

    unfolded = answer.content.decode()
    assert "<html" not in unfolded
    assert "Picked up" in unfolded
    assert "POD ready" in unfolded
    assert "Linehaul" in unfolded
    assert f"/portal/invoices/{invoice.number}/" in unfolded


def test_what_is_open_in_one_currency_is_one_balance(shipper, issued, customer) -> None:
    issued(customer)
    issued(customer)

    page = sign_in(shipper).get("/portal/").content.decode()

    assert "$2,000.00" in page
    assert page.count("Open balance") == 1


def test_a_credited_invoice_and_its_credit_note_are_not_open(
    shipper, invoice, ready, now, carrier
) -> None:
    note = credit_invoice(invoice, reason="Wrong bill-to.", by="user:1", at=now)
    browser = sign_in(shipper)

    still_open = browser.get("/portal/").content.decode()
    everything = browser.get("/portal/?view=all").content.decode()

    assert note.number not in still_open
    assert invoice.number not in still_open
    assert "Credit note" in everything
    assert note.number in everything


def test_shipments_list_only_the_customers_own(shipper, stranger, invoice) -> None:
    load = Load.objects.get(claims__invoice=invoice)

    own = sign_in(shipper).get("/portal/shipments/").content.decode()
    foreign = sign_in(stranger).get("/portal/shipments/").content.decode()

    assert f"/portal/shipments/{load.number}/" in own
    assert load.number not in foreign


def test_a_shipment_tells_how_its_arrivals_kept_the_appointments(shipper, invoice) -> None:
    stop = Load.objects.get(claims__invoice=invoice).stops.get(sequence=2)
    closes = stop.appointment_to
    assert closes
    stop.arrived_at = closes + timedelta(minutes=35)
    stop.save(update_fields=["arrived_at"])

    page = sign_in(shipper).get(f"/portal/shipments/{stop.load.number}/").content.decode()

    assert page.count("35m late") == 1
    assert page.count(" late<") == 1


@pytest.mark.parametrize(
    "changed", [{"is_fcfs": True}, {"appointment_from": None, "appointment_to": None}]
)
def test_nobody_is_late_where_no_time_was_agreed(shipper, invoice, changed) -> None:
    load = Load.objects.get(claims__invoice=invoice)
    closes = load.stops.get(sequence=2).appointment_to
    assert closes
    late = closes + timedelta(hours=5)
    load.stops.filter(sequence=2).update(arrived_at=late, **changed)

    page = sign_in(shipper).get(f"/portal/shipments/{load.number}/").content.decode()

    assert " late<" not in page


def test_a_person_of_two_customers_sees_both(issued, customer) -> None:
    second = CustomerFactory(name="Harlan Paper")
    numbers = [issued(owner).number for owner in (customer, second)]
    person = UserFactory(role="customer", customers=(customer, second))

    page = sign_in(person).get("/portal/").content.decode()

    assert all(number in page for number in numbers)
    assert "Harlan Paper, Prairie Foods Co." in page
