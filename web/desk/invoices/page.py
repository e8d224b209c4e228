"""One issued invoice: frozen lines, and what has happened to it since."""

from dataclasses import dataclass
from decimal import Decimal
from uuid import uuid4

from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_headers

from accounts.rules import APPROVING_ROLES, BILLING_ROLES
from billing.models import Invoice, InvoiceLine, InvoiceState
from billing.queries.cash import credited_of, payments_of, unapplied_cash
from billing.queries.credits import creditable_lines
from billing.queries.documents import tax_steps_of, taxes_of_document
from web.access import desk, signed_in
from web.desk.invoices.forms import CreditForm, PaymentForm
from web.desk.invoices.timeline import timeline_of
from web.desk.loads.charges import ChargeRow, charge_rows, with_tax
from web.downloads import send_invoice_pdf, send_invoice_picture
from web.lists.standing import standing_of
from web.lookups import find_or_404
from web.templatetags.clocks import in_zone

# Large, and of no use on the page.
RATING_DETAILS = tuple(
    f"charge__rating_record__{field}" for field in ("facts", "lines", "problems")
)


@dataclass(frozen=True, slots=True)
class LineRow:
    """A frozen line and the explanation its charge carries."""

    line: InvoiceLine
    why: ChargeRow


@desk()
@require_safe
def invoice_page(request: HttpRequest, number: str) -> HttpResponse:
    """Show one invoice."""
    return answer(request, shown_invoice(request, number))


@desk()
@require_safe
@vary_on_headers("HX-Request")
def erp_state(request: HttpRequest, number: str) -> HttpResponse:
    """Show where the posting stands; the page asks again while it is pending."""
    invoice = shown_invoice(request, number)
    if not request.headers.get("HX-Request"):
        return answer(request, invoice)
    return render(request, "desk/invoices/erp.html", {"invoice": invoice, "is_swap": True})


def shown_invoice(request: HttpRequest, number: str) -> Invoice:
    """Return the invoice of an address, with what its page shows of it."""
    rows = Invoice.objects.select_related("customer", "state", "document", "corrects")
    return find_or_404(request, rows.defer("snapshot"), number=number)


def answer(
    request: HttpRequest,
    invoice: Invoice,
    *,
    payment: PaymentForm | None = None,
    credit: CreditForm | None = None,
    status: int = 200,
) -> HttpResponse:
    """Draw the page; `payment` and `credit` carry a form that was refused, with its input."""
    user = signed_in(request)
    today = in_zone(timezone.now(), user.timezone).date()
    payments = payments_of(invoice)
    context = {
        "invoice": invoice,
        "standing": standing_of(invoice, today=today),
        "lines": line_rows(invoice),
        "taxes": taxes_of_document(invoice),
        "payments": payments,
        "paid_amount": sum((row.applied for row in payments), Decimal("0.00")),
        "credited_amount": credited_of(invoice),
        "timeline": timeline_of(invoice),
        "corrections": invoice.corrected_by.order_by("pk"),
        "may_void": user.has_role(*APPROVING_ROLES),
    }
    if hasattr(invoice, "document") and user.has_role(*BILLING_ROLES):
        context["letter_key"] = uuid4()
    if is_owed(invoice) and user.has_role(*BILLING_ROLES):
        context |= {
            "payment_form": payment or PaymentForm(invoice=invoice, today=today),
            "cash": unapplied_cash(invoice.customer_id, currency=invoice.currency),
        }
    if is_creditable(invoice) and user.has_role(*APPROVING_ROLES):
        context["credit_form"] = credit or CreditForm(lines=creditable_lines(invoice))
    return render(request, "desk/invoices/page.html", context, status=status)


def is_owed(invoice: Invoice) -> bool:
    """Tell whether money can be set against it."""
    return invoice.state.balance_amount > 0


def is_creditable(invoice: Invoice) -> bool:
    """Tell whether it can be taken back."""
    is_live = invoice.state.status != InvoiceState.Status.CREDITED
    return is_live and invoice.kind == Invoice.Kind.INVOICE


@desk()
@require_safe
def invoice_pdf(request: HttpRequest, number: str) -> FileResponse:
    """Send the stored PDF."""
    return send_invoice_pdf(request, find_or_404(request, Invoice.objects.all(), number=number))


@desk()
@require_safe
def first_page(request: HttpRequest, number: str) -> HttpResponse:
    """Send the picture of the first page of the stored PDF."""
    invoice = find_or_404(request, Invoice.objects.all(), number=number)
    return send_invoice_picture(request, invoice)


def line_rows(invoice: Invoice) -> list[LineRow]:
    """Return the lines in order, each with its explanation."""
    rows = invoice.lines.select_related("load", "charge__rating_record__version")
    lines = list(rows.defer(*RATING_DETAILS).order_by("position"))
    explained = charge_rows(line.charge for line in lines)
    taxed = tax_steps_of(invoice)
    return [
        LineRow(line, with_tax(why, taxed.get(line.charge_id, [])))
        for line, why in zip(lines, explained, strict=True)
    ]
