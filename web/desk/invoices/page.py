"""One issued invoice: frozen lines, and what has happened to it since."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from django.contrib import messages
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from accounts.rules import APPROVING_ROLES
from billing.models import Invoice, InvoiceLine, InvoiceState
from billing.operations.crediting import credit_invoice
from billing.queries.documents import tax_steps_of, taxes_of_document
from journal.models import Event
from web.access import desk, signed_in
from web.actors import Cast
from web.desk.loads.charges import ChargeRow, Step, charge_rows
from web.desk.loads.history import events_about
from web.downloads import send_invoice_pdf
from web.lists.standing import standing_of
from web.lookups import find_or_404
from web.refusals import Refusal, attempt
from web.templatetags.clocks import in_zone

TIMELINE = 30
# Large, and of no use on the page.
RATING_DETAILS = tuple(
    f"charge__rating_record__{field}" for field in ("facts", "lines", "problems")
)
# Icon, tone and words of what can happen to an issued invoice.
HAPPENINGS = {
    "invoice.issued": ("lock", "", "Issued and locked"),
    "invoice.rendered": ("doc", "", "PDF drawn"),
    "invoice.posted": ("bank", "t-ok", "Posted to the ERP"),
    "invoice.posting_failed": ("s-bad", "t-bad", "Posting to the ERP failed"),
    "invoice.credited": ("s-skip", "", "Credited"),
    "invoice.posting_queued": ("s-plan", "", "Waits for the ERP"),
    "invoicestate.part_paid": ("s-prog", "t-warn", "Part paid"),
    "invoicestate.paid": ("s-done", "t-ok", "Paid"),
    "invoicestate.credited": ("s-skip", "", "Nothing owed any more"),
}


@dataclass(frozen=True, slots=True)
class Happening:
    """One step in the life of the document."""

    icon: str
    tone: str
    words: str
    note: str
    at: datetime


@dataclass(frozen=True, slots=True)
class LineRow:
    """A frozen line and the explanation its charge carries."""

    line: InvoiceLine
    why: ChargeRow


@desk()
@require_safe
def invoice_page(request: HttpRequest, number: str) -> HttpResponse:
    """Show one invoice."""
    rows = Invoice.objects.select_related("customer", "state", "document", "corrects")
    invoice = find_or_404(request, rows.defer("snapshot"), number=number)
    today = in_zone(timezone.now(), signed_in(request).timezone).date()
    subjects = [invoice, invoice.state]
    events = list(events_about(subjects)[:TIMELINE])
    context = {
        "invoice": invoice,
        "standing": standing_of(invoice, today=today),
        "lines": line_rows(invoice),
        "taxes": taxes_of_document(invoice),
        "paid_amount": invoice.total_amount - invoice.state.balance_amount,
        "timeline": happenings(events),
        "can_credit": can_credit(request, invoice),
        "corrections": invoice.corrected_by.order_by("pk"),
    }
    return render(request, "desk/invoices/page.html", context)


@desk()
@require_safe
def invoice_pdf(request: HttpRequest, number: str) -> FileResponse:
    """Send the stored PDF."""
    return send_invoice_pdf(request, find_or_404(request, Invoice.objects.all(), number=number))


@desk(*APPROVING_ROLES)
@require_POST
def credit(request: HttpRequest, number: str) -> HttpResponse:
    """Take an invoice back in full, for a reason that the credit note prints."""
    user = signed_in(request)
    invoice = find_or_404(request, Invoice.objects.all(), number=number)
    reason = request.POST.get("reason", "")[:1000]
    result = attempt(
        lambda: credit_invoice(invoice, reason=reason, by=user.actor, at=timezone.now())
    )
    if isinstance(result, Refusal):
        messages.error(request, result.sentence)
        return redirect("desk:invoice", number)
    messages.success(request, f"{number} is credited by {result.number}")
    return redirect("desk:invoice", result.number)


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


def with_tax(why: ChargeRow, steps: Iterable[dict[str, str]]) -> ChargeRow:
    """Let the explanation of a charge go on with that of its tax."""
    told = tuple(Step(step["text"], step["value"]) for step in steps)
    return replace(why, steps=(*why.steps, *told))


def can_credit(request: HttpRequest, invoice: Invoice) -> bool:
    """Tell whether the person may take the invoice back as it stands."""
    is_owed = invoice.state.status == InvoiceState.Status.ISSUED
    is_invoice = invoice.kind == Invoice.Kind.INVOICE
    return is_owed and is_invoice and signed_in(request).has_role(*APPROVING_ROLES)


def happenings(events: Iterable[Event]) -> list[Happening]:
    """Return the events in words, newest first."""
    events = list(events)
    cast = Cast(event.actor for event in events)
    return [_happening(event, cast) for event in events]


def _happening(event: Event, cast: Cast) -> Happening:
    plain = event.name.partition(".")[2].replace("_", " ").capitalize()
    icon, tone, words = HAPPENINGS.get(event.name, ("s-prog", "", plain))
    actor = cast.actor(event.actor).name
    return Happening(icon, tone, words, f"{actor}{_note(event)}", event.recorded_at)


def _note(event: Event) -> str:
    told = event.reason or event.payload.get("note") or event.new.get("erp_reference") or ""
    return f", {told}" if told else ""
