"""A document is drawn from its snapshot, once, and kept with its hash."""

from hashlib import sha256

import pytest

from accounts.models import Customer
from billing.models import Invoice, InvoiceDocument
from billing.operations import printing
from billing.operations.invoicing import issue_invoice
from billing.operations.printing import SnapshotChanged, print_invoice
from billing.operations.readiness import evaluate_load
from billing.operations.rendering import RenderedPdf
from billing.rules.snapshot import from_data
from dispatch.queries.blobs import read_blob
from journal.models import Event
from tests.factories.billing import delivered_load, found_carrier, publish_card

pytestmark = pytest.mark.django_db

BY = "system:printer"


@pytest.fixture
def invoice(now) -> Invoice:
    """An issued invoice that is not drawn yet."""
    publish_card()
    found_carrier()
    billing = evaluate_load(delivered_load().pk, by="rule:readiness", at=now)
    return issue_invoice(billing, by="user:7", at=now)


@pytest.fixture
def drawn(monkeypatch) -> list[str]:
    """Count what is drawn, and draw it quickly."""
    numbers: list[str] = []

    def draw(snapshot) -> RenderedPdf:
        numbers.append(snapshot.number)
        return RenderedPdf(content=f"%PDF {snapshot.bill_to.name}".encode(), pages=1)

    monkeypatch.setattr(printing, "render_pdf", draw)
    return numbers


def test_the_pdf_is_stored_under_its_hash_and_told_of(invoice, now) -> None:
    document = print_invoice(invoice.pk, by=BY, at=now)

    content = read_blob(document.sha256)
    told = Event.objects.get(name="invoice.rendered")
    assert content.startswith(b"%PDF-1.7")
    assert sha256(content).hexdigest() == document.sha256
    assert (document.size, document.pages) == (len(content), 1)
    assert told.payload["sha256"] == document.sha256


def test_it_is_drawn_once(invoice, now, drawn) -> None:
    first, second = (print_invoice(invoice.pk, by=BY, at=now) for _ in range(2))

    assert first == second
    assert drawn == [invoice.number]


def test_two_printers_at_once_keep_one_document(invoice, now, drawn, monkeypatch) -> None:
    def meanwhile(content: bytes) -> str:
        InvoiceDocument.objects.create(
            invoice=invoice, customer=invoice.customer, sha256="a" * 64, size=3, pages=1,
            rendered_at=now,
        )  # fmt: skip
        return "b" * 64

    monkeypatch.setattr(printing, "store_bytes", meanwhile)

    assert print_invoice(invoice.pk, by=BY, at=now).sha256 == "a" * 64
    assert not Event.objects.filter(name="invoice.rendered").exists()


def test_it_shows_what_was_true_at_issue(invoice, now, drawn) -> None:
    name = invoice.customer.bill_to_name
    Customer.objects.update(bill_to_name="Renamed since")

    document = print_invoice(invoice.pk, by=BY, at=now)

    assert read_blob(document.sha256) == f"%PDF {name}".encode()


def test_a_snapshot_that_was_tampered_with_is_not_drawn(invoice, now, monkeypatch, drawn) -> None:
    def tampered(data):
        return from_data(data | {"terms": "Net 5 days"})

    monkeypatch.setattr(printing, "from_data", tampered)

    with pytest.raises(SnapshotChanged, match=invoice.number):
        print_invoice(invoice.pk, by=BY, at=now)
    assert drawn == []
