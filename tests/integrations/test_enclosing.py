"""Invoices go to accounts payable by e-mail: once, with what the terms say, and seen."""

import email
from collections.abc import Callable, Iterator
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection, transaction
from django.test import Client
from django.utils import timezone

from accounts.models import Customer
from accounts.operations.changing import save_customer
from billing.models import Invoice, InvoiceState
from billing.operations.crediting import credit_invoice
from billing.operations.invoicing import issue_invoice
from billing.operations.readiness import evaluate_load
from dispatch.models import Document
from dispatch.operations.filing import store_bytes
from dispatch.queries.blobs import blob_path
from exceptions.models import Case
from exceptions.operations.resolving import apply
from integrations.adapters.targets import deliverer
from integrations.handlers import send_invoice_letters
from integrations.models import OutboxMessage
from integrations.operations.enclosing import NotDrawn, send_letter
from integrations.operations.sending import send_due
from integrations.queries.invariants import INVARIANTS
from journal.models import Delivery, Event
from tests.dispatch.files import pdf
from tests.factories import DocumentFactory, UserFactory
from tests.factories.asking import an_asker
from tests.factories.billing import a_customer, delivered_load, found_carrier, publish_card
from tests.factories.doors import sign_in
from tests.integrations.test_mail_server import Office

pytestmark = pytest.mark.django_db(transaction=True)

MAIL = OutboxMessage.Target.MAIL
Issue = Callable[..., Invoice]


@pytest.fixture
def customer(db) -> Customer:
    return a_customer(
        code="PRFD-0042", name="Prairie Foods", email="ap@prairie.example", invoice_letters="PDF"
    )


@pytest.fixture
def issue(customer, now, drain) -> Issue:
    """Issue an invoice for a new load with a signed POD, and draw it."""
    with transaction.atomic():
        publish_card()
        found_carrier()

    def make() -> Invoice:
        with transaction.atomic():
            load = delivered_load(customer)
            stored = {"sha256": store_bytes(pdf()), "size": len(pdf())}
            Document.objects.filter(load=load).update(**stored)
            DocumentFactory(load=load, kind="RATE_CONFIRMATION", status="ACCEPTED", **stored)
            billing = evaluate_load(load.pk, by="rule:readiness", at=now)
            invoice = issue_invoice(billing, by="user:7", at=now)
        drain()
        return Invoice.objects.get(pk=invoice.pk)

    return make


def letters(settings) -> list[EmailMessage]:
    folder: Path = settings.MAIL_FOLDER
    found = sorted(folder.glob("*.eml")) if folder.exists() else []
    return [email.message_from_bytes(path.read_bytes(), policy=default) for path in found]


def enclosed(letter: EmailMessage) -> list[str]:
    return [str(part.get_filename()) for part in letter.iter_attachments()]


@pytest.mark.parametrize("terms", ["OFF", "PDF", "PDF_AND_PROOFS"])
def test_a_drawn_invoice_goes_out_once_as_the_terms_say(issue, customer, settings, terms) -> None:
    Customer.objects.update(invoice_letters=terms)

    invoice = issue()

    number = invoice.lines.get().load.number
    files = {
        "OFF": [],
        "PDF": [[f"{invoice.number}.pdf"]],
        "PDF_AND_PROOFS": [[f"{invoice.number}.pdf", f"{number}-pod-pod.pdf"]],
    }
    assert [enclosed(letter) for letter in letters(settings)] == files[terms]


def test_the_letter_says_what_is_due_and_holds_the_very_pdf(issue, settings) -> None:
    invoice = issue()

    (letter,) = letters(settings)
    body = letter.get_body(("plain",))
    (part,) = letter.iter_attachments()
    assert "<ap@prairie.example>" in str(letter["To"])
    assert str(letter["Subject"]).startswith(f"Invoice {invoice.number}, $")
    assert body
    assert "enclosed as a PDF" in body.get_content()
    assert part.get_content_type() == "application/pdf"
    content = part.get_content()
    assert len(content) == invoice.document.size
    assert content.startswith(b"%PDF")


def test_its_life_stands_on_the_invoice(issue, customer) -> None:
    invoice = issue()

    events = Event.objects.filter(
        name__startswith="invoice.letter", subject_id=invoice.pk, customer_id=customer.pk
    )
    assert list(events.order_by("pk").values_list("name", flat=True)) == [
        "invoice.letter_queued", "invoice.letter_sent",
    ]  # fmt: skip
    page = sign_in(UserFactory(role="biller")).get(f"/invoices/{invoice.number}/")
    assert "Letter to accounts payable" in page.content.decode()
    assert "E-mailed" in page.content.decode()
    assert invoice.state.erp_status != InvoiceState.ErpStatus.POSTED


def test_told_twice_it_is_sent_once(issue, settings, drain) -> None:
    issue()
    delivery = Delivery.objects.get(subscriber="integrations.handlers.send_invoice_letters")

    with transaction.atomic():
        send_invoice_letters([delivery])
    drain()

    assert len(letters(settings)) == 1
    assert Event.objects.filter(name="invoice.letter_queued").count() == 1


def test_a_credit_note_goes_out_too_and_names_no_due_day(issue, settings, now, drain) -> None:
    invoice = issue()
    with transaction.atomic():
        note = credit_invoice(invoice, reason="Wrong PO", by="user:7", at=now)
    drain()

    subjects = [str(letter["Subject"]) for letter in letters(settings)]
    (told,) = [each for each in subjects if each.startswith("Credit note")]
    assert note.number in told
    assert "due" not in told


def test_it_goes_to_the_address_that_stands_when_it_is_sent(issue, customer, settings, drain, now):
    invoice = issue()
    with transaction.atomic():
        send_letter(invoice, key=uuid4(), by="user:7", at=now)
        customer.email = "payables@prairie.example"
        save_customer(customer, changed=["email"], by="user:7", at=now)
    drain()

    assert {str(letter["To"]).split("<")[-1].strip("<>") for letter in letters(settings)} == {
        "ap@prairie.example", "payables@prairie.example",
    }  # fmt: skip


class TestByHand:
    def click(self, client: Client, invoice: Invoice, key: object) -> Any:
        return client.post(f"/invoices/{invoice.number}/letter/", {"key": str(key)}, follow=True)

    def test_a_biller_sends_it_and_a_double_click_sends_one(
        self, issue, customer, settings, drain
    ) -> None:
        Customer.objects.update(invoice_letters="OFF")
        invoice, client, key = issue(), sign_in(UserFactory(role="biller")), uuid4()

        pages = [self.click(client, invoice, key) for _ in range(2)]
        drain()

        assert len(letters(settings)) == 1
        assert "is on its way to ap@prairie.example" in pages[0].content.decode()

    def test_a_dispatcher_sends_none(self, issue, settings) -> None:
        Customer.objects.update(invoice_letters="OFF")

        page = self.click(sign_in(UserFactory(role="dispatcher")), issue(), uuid4())

        assert page.status_code == 403
        assert letters(settings) == []

    def test_a_system_sends_it_once(self, issue, settings, drain, now) -> None:
        invoice, system = issue(), an_asker(at=now)

        path = f"invoices/{invoice.number}/letters/"
        answers = [system.post(path, once="letter-1").json() for _ in range(2)]
        drain()

        assert answers[0] == answers[1]
        assert answers[0]["to"] == "ap@prairie.example"
        assert answers[0]["enclosures"] == [f"{invoice.number}.pdf"]
        assert len(letters(settings)) == 2
        with connection.cursor() as cursor:
            assert [each.sentence for each in INVARIANTS if each.count(cursor)] == []

    def test_what_is_not_drawn_yet_is_not_sent(self, customer, now) -> None:
        with transaction.atomic():
            publish_card()
            found_carrier()
            load = delivered_load(customer)
            billing = evaluate_load(load.pk, by="rule:readiness", at=now)
            invoice = issue_invoice(billing, by="user:7", at=now)

        with pytest.raises(NotDrawn, match="is being drawn"):
            send_letter(invoice, key=uuid4(), by="user:7", at=now)


@pytest.fixture
def office(tmp_path: Path, settings) -> Iterator[Office]:
    """A real mail server in a process of its own."""
    folder = tmp_path / "taken"
    folder.mkdir()
    office = Office(folder)
    settings.SMTP_HOST, settings.SMTP_PORT = "127.0.0.1", office.port
    settings.SMTP_SECURITY = "none"
    office.open()
    yield office
    office.close()


class TestOverTheWire:
    def test_a_mail_server_takes_the_letter_whole(self, office, issue, settings) -> None:
        Customer.objects.update(invoice_letters="PDF_AND_PROOFS")

        invoice = issue()

        (letter,) = office.letters
        sizes = [len(part.get_content()) for part in letter.iter_attachments()]
        message = OutboxMessage.objects.get(target=MAIL)
        assert sizes == [invoice.document.size, len(pdf())]
        assert (message.status, message.external_reference) == ("SENT", message.idempotency_key)

    def test_what_is_refused_is_a_case_and_sent_to_the_new_address(
        self, office, issue, customer
    ) -> None:
        Customer.objects.update(email="gone@prairie.example")
        invoice = issue()
        case = Case.objects.get(kind="mail_undelivered")
        clerk = UserFactory(role="biller")

        Customer.objects.update(email="ap@prairie.example")
        with transaction.atomic():
            apply(
                case, "send_again", by=clerk.actor, at=timezone.now(), version=case.version,
                reason="", values={},
            )  # fmt: skip
        send_due(MAIL, deliver=deliverer(MAIL), clock=timezone.now)

        assert (case.customer, case.value_amount) == (customer, invoice.total_amount)
        (letter,) = office.letters
        assert "ap@prairie.example" in str(letter["To"])
        told = Event.objects.filter(name__startswith="invoice.letter").order_by("pk")
        assert [event.name for event in told] == [
            "invoice.letter_queued", "invoice.letter_failed", "invoice.letter_sent",
        ]  # fmt: skip
        invoice.state.refresh_from_db()
        assert invoice.state.erp_status != InvoiceState.ErpStatus.FAILED

    def test_a_system_takes_a_dead_letter_up_again(self, office, issue, now) -> None:
        Customer.objects.update(email="gone@prairie.example")
        issue()
        Customer.objects.update(email="ap@prairie.example")
        system, case = an_asker(at=now), Case.objects.get(kind="mail_undelivered")

        (way,) = system.get(f"cases/{case.number}/ways/").json()
        answer = system.post(f"cases/{case.number}/resolve/", {"action": way["action"]})
        send_due(MAIL, deliver=deliverer(MAIL), clock=timezone.now)

        assert (way["action"], answer.status_code) == ("send_again", 200)
        assert answer.json()["status"] == "CLOSED"
        assert len(office.letters) == 1

    def test_an_enclosure_that_is_lost_is_a_case_and_no_half_letter(
        self, office, issue, settings, now, drain
    ) -> None:
        Customer.objects.update(invoice_letters="OFF")
        invoice = issue()
        blob_path(invoice.document.sha256).unlink()

        with transaction.atomic():
            send_letter(invoice, key=uuid4(), by="user:7", at=now)
        drain()

        assert office.letters == []
        case = Case.objects.get(kind="mail_undelivered")
        assert "is not stored any more" in case.detail["problems"][0]
