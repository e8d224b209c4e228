"""Invoices sent to their customer's accounts payable: one letter a document, its PDF enclosed.

Whether a customer gets them, and whether the proofs of the freight go with them, are its terms.
The address is the one the customer has when the letter goes out, also when it is sent again.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID, uuid4

from babel.dates import format_date
from babel.numbers import format_currency

from accounts.models import Customer
from billing.models import Invoice
from dispatch.models import Document
from dispatch.queries.papers import CUSTOMERS
from integrations.models import OutboxMessage
from integrations.operations.mailing import MAIL
from integrations.operations.sending import queue_messages
from integrations.rules.letters import Enclosure, Letter
from journal.models import Event
from journal.operations.correlating import current_correlation
from journal.operations.recording import assert_in_transaction, record

BY = "rule:invoice-letters"
LOCALE = "en_US"
PDF = "application/pdf"
# Mail servers take some twenty million bytes; in a letter three of them become four.
MOST_BYTES = 14_000_000
OFF, WITH_PROOFS = Customer.InvoiceLetters.OFF, Customer.InvoiceLetters.PDF_AND_PROOFS


class NotDrawn(Exception):
    """The document has no PDF yet that could be enclosed."""

    status = 409
    code = "pdf_not_drawn"

    def __init__(self, invoice: Invoice) -> None:
        super().__init__(f"The PDF of {invoice.number} is being drawn; send it in a minute.")


def send_new(events: Sequence[Event], *, at: datetime) -> int:
    """Queue a letter for each document that was drawn, where its customer wants them."""
    ids = [event.subject_id for event in events]
    rows = Invoice.objects.filter(pk__in=ids).exclude(customer__invoice_letters=OFF)
    queued = [
        _queue(invoice, subject_key=f"invoice_letter:{invoice.uid}", by=BY, at=at)
        for invoice in rows.select_related("customer", "document").order_by("pk")
    ]
    return sum(message is not None for message in queued)


def send_letter(invoice: Invoice, *, key: UUID, by: str, at: datetime) -> OutboxMessage | None:
    """Send a document by hand, whatever the terms say; None when this `key` has sent it before.

    Raises:
        NotDrawn: there is no PDF yet.
    """
    if not hasattr(invoice, "document"):
        raise NotDrawn(invoice)
    return _queue(invoice, subject_key=f"invoice_letter:{key}", by=by, at=at)


def _queue(invoice: Invoice, *, subject_key: str, by: str, at: datetime) -> OutboxMessage | None:
    assert_in_transaction()
    letter = letter_of(invoice)
    row = OutboxMessage(
        target=MAIL,
        kind=OutboxMessage.Kind.LETTER,
        subject_key=subject_key,
        invoice=invoice,
        idempotency_key=str(uuid4()),
        body=letter.as_body() | {"queued_at": at.isoformat()},
        correlation_id=current_correlation(),
        created_at=at,
        next_try_at=at,
    )
    queued = queue_messages([row], target=MAIL, by=by, at=at)
    if not queued:
        return None
    record(
        "invoice.letter_queued", subject=invoice, by=by, at=at, customer_id=invoice.customer_id,
        payload={"note": letter.to, "enclosures": [each.filename for each in letter.enclosures]},
    )  # fmt: skip
    return queued[0]


def letter_of(invoice: Invoice) -> Letter:
    """Write the letter of a document whose PDF is drawn."""
    is_credit = invoice.kind == Invoice.Kind.CREDIT_NOTE
    kind = "Credit note" if is_credit else "Invoice"
    amount = format_currency(invoice.total_amount, invoice.currency, locale=LOCALE)
    due = format_date(invoice.due_on, "MMM d, y", locale=LOCALE)
    proofs, left_out = _proofs(invoice)
    facts = [(kind, invoice.number), ("Amount", amount)]
    if not is_credit:
        facts.append(("Due", due))
    return Letter(
        subject=f"{kind} {invoice.number}, {amount}" + ("" if is_credit else f", due {due}"),
        to=invoice.customer.email,
        name=invoice.customer.bill_to_name,
        customer=invoice.customer_id,
        is_billing=True,
        paragraphs=tuple(_paragraphs(kind, invoice, len(proofs), left_out)),
        facts=tuple(facts),
        reason="Sent to this address as agreed for your company's invoices.",
        enclosures=(
            Enclosure(f"{invoice.number}.pdf", PDF, invoice.document.sha256),
            *(_enclosed(paper) for paper in proofs),
        ),
    )


def _paragraphs(kind: str, invoice: Invoice, proofs: int, left_out: int) -> Iterable[str]:
    yield f"{kind} {invoice.number} is enclosed as a PDF."
    if proofs:
        count = "The proof" if proofs == 1 else f"{proofs} proofs"
        yield f"{count} of the freight it bills {'is' if proofs == 1 else 'are'} enclosed, too."
    if left_out:
        yield f"{left_out} more would make this letter too large; ask us for them."


def _proofs(invoice: Invoice) -> tuple[list[Document], int]:
    """Return the papers that go with a document, and how many are too many for a letter."""
    if invoice.customer.invoice_letters != WITH_PROOFS:
        return [], 0
    loads = invoice.lines.values("load")
    papers = Document.objects.filter(load__in=loads, **CUSTOMERS).select_related("load")
    kept: list[Document] = []
    room = MOST_BYTES - invoice.document.size
    found = list(papers.order_by("load_id", "pk"))
    for paper in found:
        if paper.size <= room:
            kept.append(paper)
            room -= paper.size
    return kept, len(found) - len(kept)


def _enclosed(paper: Document) -> Enclosure:
    name = f"{paper.load.number}-{paper.kind.lower()}-{paper.filename}"
    return Enclosure(name, paper.content_type, paper.sha256)
