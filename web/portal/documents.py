"""Files a customer may take home: invoices, and the papers that prove them."""

from django.http import FileResponse, HttpRequest
from django.views.decorators.http import require_safe

from billing.models import Invoice
from dispatch.models import Document
from dispatch.queries.papers import CUSTOMERS
from web.access import portal
from web.downloads import send_document, send_invoice_pdf
from web.lookups import find_or_404


@portal
@require_safe
def invoice_pdf(request: HttpRequest, number: str) -> FileResponse:
    """Send the PDF of one of the customer's invoices."""
    return send_invoice_pdf(request, find_or_404(request, Invoice.objects.all(), number=number))


@portal
@require_safe
def document(request: HttpRequest, pk: int) -> FileResponse:
    """Send an accepted paper of one of the customer's loads."""
    return send_document(request, find_or_404(request, Document.objects.all(), pk=pk, **CUSTOMERS))
