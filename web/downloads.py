"""Stored bytes on their way out: always a download of our own naming, never drawn on a GET."""

import structlog
from django.http import FileResponse, Http404, HttpRequest
from django.utils.text import get_valid_filename

from billing.models import Invoice, InvoiceDocument
from dispatch.models import Document
from dispatch.queries.blobs import BlobMissing, open_blob

log = structlog.get_logger(__name__)

# What a browser may open in place: neither can run a script in our origin. Everything else is
# saved to disk.
INLINE = frozenset({"image/jpeg", "image/png"})


def send_document(request: HttpRequest, document: Document) -> FileResponse:
    """Send a paper of a load as it was received."""
    return _send(
        request,
        sha256=document.sha256,
        content_type=document.content_type,
        filename=document.filename,
    )


def send_invoice_pdf(request: HttpRequest, invoice: Invoice) -> FileResponse:
    """Send the PDF that was drawn when the invoice was issued; 404 while it is being drawn."""
    stored = InvoiceDocument.objects.filter(invoice=invoice).first()
    if stored is None:
        raise Http404("The PDF is being drawn.")
    return _send(
        request,
        sha256=stored.sha256,
        content_type="application/pdf",
        filename=f"{invoice.number}.pdf",
    )


def _send(request: HttpRequest, *, sha256: str, content_type: str, filename: str) -> FileResponse:
    try:
        blob = open_blob(sha256)
    except BlobMissing as error:
        log.exception("stored_bytes_missing", sha256=sha256, path=request.path)
        raise Http404("The file is not in the store.") from error
    response = FileResponse(
        blob,
        as_attachment=content_type not in INLINE,
        filename=get_valid_filename(filename),
        content_type=content_type,
    )
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response["Cache-Control"] = "private, max-age=3600"
    response["ETag"] = f'"{sha256}"'
    return response
