"""Draw an issued document once, from its snapshot, and keep it with its hash."""

from datetime import datetime
from hashlib import sha256

from django.db import transaction

from billing.models import Invoice, InvoiceDocument
from billing.operations.rendering import render_pdf
from billing.rules.snapshot import InvoiceSnapshot, from_data, to_json
from dispatch.operations.filing import store_bytes
from journal.models import Event
from journal.operations.correlating import because_of
from journal.operations.recording import record


class SnapshotChanged(Exception):
    """The stored snapshot is not the one that was issued."""


def print_invoice(
    invoice_id: int, *, by: str, at: datetime, cause: Event | None = None
) -> InvoiceDocument:
    """Return the document's PDF, drawing and storing it if that has not been done.

    The caller is outside any transaction: this draws for a tenth of a second and more, and opens
    a short one of its own at the end. Drawing twice at the same time keeps one.

    Raises:
        SnapshotChanged: the snapshot does not have the hash it was issued with.
        Invoice.DoesNotExist: there is no such document.
    """
    invoice = Invoice.objects.select_related("document").get(pk=invoice_id)
    if hasattr(invoice, "document"):
        return invoice.document
    pdf = render_pdf(_issued(invoice))
    stored = store_bytes(pdf.content)
    with because_of(cause), transaction.atomic():
        document, is_new = InvoiceDocument.objects.get_or_create(
            invoice=invoice,
            defaults={
                "customer_id": invoice.customer_id,
                "sha256": stored,
                "size": len(pdf.content),
                "pages": pdf.pages,
                "rendered_at": at,
            },
        )
        if is_new:
            record(
                "invoice.rendered", subject=invoice, by=by, at=at,
                payload={"number": invoice.number, "sha256": stored, "pages": pdf.pages},
            )  # fmt: skip
    return document


def _issued(invoice: Invoice) -> InvoiceSnapshot:
    snapshot = from_data(invoice.snapshot)
    if sha256(to_json(snapshot)).hexdigest() != invoice.snapshot_sha256:
        raise SnapshotChanged(f"{invoice.number}: the snapshot is not the one that was issued.")
    return snapshot
