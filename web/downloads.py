"""Stored bytes on their way out: always a download of our own naming, never drawn on a GET."""

import structlog
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.utils.text import get_valid_filename

from billing.models import Invoice, InvoiceDocument
from billing.operations.picturing import draw_page
from dispatch.models import Document
from dispatch.queries.blobs import BlobMissing, open_blob, read_blob

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


def send_invoice_picture(request: HttpRequest, invoice: Invoice) -> HttpResponse:
    """Send the first page as a picture, drawn from the stored PDF; 404 while that is drawn.

    The file never changes, so a browser that has the picture is told to keep it.
    """
    stored = InvoiceDocument.objects.filter(invoice=invoice).first()
    if stored is None:
        raise Http404("The PDF is being drawn.")
    etag = f'"{stored.sha256}-1"'
    if request.headers.get("If-None-Match") == etag:
        response = HttpResponse(status=304)
    else:
        response = HttpResponse(draw_page(_read(request, stored.sha256)), content_type="image/png")
    response["ETag"] = etag
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, max-age=86400"
    return response


def _read(request: HttpRequest, sha256: str) -> bytes:
    try:
        return read_blob(sha256)
    except BlobMissing as error:
        log.exception("stored_bytes_missing", sha256=sha256, path=request.path)
        raise Http404("The file is not in the store.") from error


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
