"""Staff see an issued invoice as it was frozen, and what has happened to it since."""

import pytest
from django.utils import timezone

from accounts.rules import Role
from billing.models import Invoice, InvoiceState
from billing.operations.posting import record_posting
from billing.operations.printing import print_invoice
from dispatch.models import Reference
from web.desk.loads.charges import Fact

pytestmark = pytest.mark.django_db

LIST_QUERIES = 10


def test_the_list_shows_the_newest_first_with_state_and_erp(desk, issued) -> None:
    first, second = issued(), issued()

    page = desk().get("/invoices/").content.decode()

    assert page.index(second.number) < page.index(first.number)
    assert "Waiting for ERP" in page
    assert "Being drawn" in page


def test_the_statements_of_the_list_do_not_grow_with_its_rows(
    desk, issued, django_assert_num_queries
) -> None:
    browser = desk()
    issued()
    with django_assert_num_queries(LIST_QUERIES):
        browser.get("/invoices/")
    for _ in range(4):
        issued()

    with django_assert_num_queries(LIST_QUERIES):
        browser.get("/invoices/")


def test_each_view_keeps_what_it_says(desk, issued, now) -> None:
    posted, waiting = issued(), issued()
    record_posting(posted, status="POSTED", reference="JE-1", by="system:erp", at=now)
    browser = desk()

    unposted = browser.get("/invoices/?view=unposted").content.decode()
    overdue = browser.get("/invoices/?view=overdue").content.decode()

    assert waiting.number in unposted
    assert posted.number not in unposted
    assert "No invoices here" in overdue


def test_an_invoice_is_found_by_a_reference_of_its_load(desk, issued) -> None:
    invoice, other = issued(), issued()
    load = invoice.load_claims.get().load
    Reference.objects.create(
        load=load, customer=load.customer, kind="PO", value="45-00", value_key="4500"
    )

    page = desk().get("/invoices/", {"q": "45"}).content.decode()

    assert invoice.number in page
    assert other.number not in page


def test_a_line_explains_itself(desk, issued) -> None:
    invoice = issued()

    page = desk().get(f"/invoices/{invoice.number}/").content.decode()

    assert "Why Linehaul" in page
    assert "1,000.00" in page
    assert "Issued and locked" in page
    assert "Straight through rule" in page


def test_a_line_about_waiting_leads_to_the_clocks_of_its_load(
    desk, issued, monkeypatch: pytest.MonkeyPatch
) -> None:
    invoice = issued(wait_hours=3)
    number = invoice.load_claims.get().load.number
    heard = Fact("In 09:00 EST", source="TMS", anchor="#milestone-7")
    monkeypatch.setattr("web.desk.loads.charges._fact", lambda _: heard)

    page = desk().get(f"/invoices/{invoice.number}/").content.decode()

    assert "Why Detention" in page
    assert f'href="/loads/{number}/#milestone-7"' in page


def test_the_erps_own_number_is_shown(desk, issued, now) -> None:
    invoice = issued()
    record_posting(invoice, status="POSTED", reference="JE-0088214", by="system:erp", at=now)

    page = desk().get(f"/invoices/{invoice.number}/").content.decode()

    assert "JE-0088214" in page
    assert "Posted to ERP" in page


def test_staff_take_the_stored_pdf_home(desk, issued) -> None:
    invoice = issued()
    print_invoice(invoice.pk, by="system:printer", at=timezone.now())

    answer = desk().get(f"/invoices/{invoice.number}/pdf/")

    assert b"".join(answer.streaming_content).startswith(b"%PDF")


def test_a_manager_credits_an_invoice_for_a_reason_once(desk, issued) -> None:
    invoice = issued()
    browser = desk(Role.BILLING_MANAGER)

    refused = browser.post(f"/invoices/{invoice.number}/credit/", {"reason": " "})
    unchanged = Invoice.objects.count()
    for _ in range(2):
        browser.post(f"/invoices/{invoice.number}/credit/", {"reason": "Wrong bill-to"})

    note = Invoice.objects.get(corrects=invoice)
    assert (refused.status_code, unchanged) == (422, 1)
    assert note.total_amount == -invoice.total_amount
    assert InvoiceState.objects.get(invoice=invoice).status == InvoiceState.Status.CREDITED
    page = " ".join(browser.get(f"/invoices/{invoice.number}/").content.decode().split())
    assert "Corrected by" in page
    assert f'href="/invoices/{note.number}/"' in page
    assert "cannot be credited (again)" in page


@pytest.mark.parametrize("role", [Role.DISPATCHER, Role.BILLER])
def test_a_credit_is_the_managers_word(desk, issued, role: Role) -> None:
    invoice = issued()
    browser = desk(role)

    answer = browser.post(f"/invoices/{invoice.number}/credit/", {"reason": "x"})

    assert answer.status_code == 403
    assert "Credit INV" not in browser.get(f"/invoices/{invoice.number}/").content.decode()


def test_an_invoice_that_does_not_exist_is_not_found(desk) -> None:
    assert desk().get("/invoices/INV-1/").status_code == 404
