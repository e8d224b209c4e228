"""What billing's people do to an invoice: payments, credits, and their taking back."""

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_POST

from accounts.rules import APPROVING_ROLES, BILLING_ROLES
from billing.models import Invoice, Payment
from billing.operations.crediting import credit_and_rebill, credit_invoice, credit_lines
from billing.operations.paying import apply_cash, record_payment, void_payment
from billing.queries.credits import creditable_lines
from integrations.operations.enclosing import send_letter
from web.access import desk, signed_in
from web.desk.invoices.forms import CreditForm, How, PaymentForm
from web.desk.invoices.page import answer, is_creditable, is_owed, shown_invoice
from web.lookups import find_or_404
from web.refusals import Refusal, attempt
from web.templatetags.clocks import in_zone
from web.templatetags.figures import money


@desk(*BILLING_ROLES)
@require_POST
def pay(request: HttpRequest, number: str) -> HttpResponse:
    """Keep a payment by hand; a second click finds the payment of the first."""
    user, now = signed_in(request), timezone.now()
    invoice = shown_invoice(request, number)
    form = PaymentForm(request.POST, invoice=invoice, today=in_zone(now, user.timezone).date())
    if not form.is_valid():
        return answer(request, invoice, payment=form, status=422)
    key = form.cleaned_data["key"]
    result = attempt(lambda: record_payment(invoice, form.received, key=key, by=user.actor, at=now))
    if isinstance(result, Refusal):
        form.add_error(result.field if result.field in form.fields else None, result.sentence)
        return _refused(request, number, result, payment=form)
    messages.success(request, f"{money(result.applied, invoice.currency)} paid of {number}")
    if result.unapplied:
        messages.warning(
            request,
            f"{money(result.unapplied, invoice.currency)} is more than was owed and stays as"
            f" unapplied cash of {invoice.customer.name}",
        )
    return redirect("desk:invoice", number)


class LetterForm(forms.Form):
    """A click on Send: its key tells a second click from a second wish."""

    key = forms.UUIDField(widget=forms.HiddenInput)


@desk(*BILLING_ROLES)
@require_POST
def send(request: HttpRequest, number: str) -> HttpResponse:
    """Send the document to the customer's accounts payable, with its PDF."""
    by, at = signed_in(request).actor, timezone.now()
    invoice, form = shown_invoice(request, number), LetterForm(request.POST)
    if not form.is_valid():
        raise BadRequest("The form has no key.")
    key = form.cleaned_data["key"]
    result: Any = attempt(lambda: send_letter(invoice, key=key, by=by, at=at))
    if isinstance(result, Refusal):
        messages.error(request, result.sentence)
    else:
        messages.success(request, f"{number} is on its way to {invoice.customer.email}")
    return redirect("desk:invoice", number)


@desk(*BILLING_ROLES)
@require_POST
def apply(request: HttpRequest, number: str, pk: int) -> HttpResponse:
    """Set the customer's unapplied cash against the invoice."""
    user = signed_in(request)
    invoice = shown_invoice(request, number)
    payment = find_or_404(request, Payment.objects.all(), pk=pk)
    result = attempt(lambda: apply_cash(payment, invoice, by=user.actor, at=timezone.now()))
    if isinstance(result, Refusal):
        messages.error(request, result.sentence)
    else:
        messages.success(request, f"{money(result, invoice.currency)} paid of {number}")
    return redirect("desk:invoice", number)


@desk(*APPROVING_ROLES)
@require_POST
def void(request: HttpRequest, number: str, pk: int) -> HttpResponse:
    """Take a payment back by its mirror, for a reason."""
    user = signed_in(request)
    payment = find_or_404(request, Payment.objects.all(), pk=pk)
    reason = request.POST.get("reason", "")[:1000]
    result = attempt(lambda: void_payment(payment, reason=reason, by=user.actor, at=timezone.now()))
    if isinstance(result, Refusal):
        messages.error(request, result.sentence)
    else:
        messages.success(request, f"{money(payment.amount, payment.currency)} taken back")
    return redirect("desk:invoice", number)


@desk(*APPROVING_ROLES)
@require_POST
def credit(request: HttpRequest, number: str) -> HttpResponse:
    """Take an invoice back, in full, by line or to bill it again; the note prints the reason."""
    invoice = shown_invoice(request, number)
    form = CreditForm(request.POST, lines=creditable_lines(invoice))
    if not form.is_valid():
        return answer(request, invoice, credit=form, status=422)
    result = attempt(lambda: _credit(request, invoice, form))
    if isinstance(result, Refusal):
        form.add_error(None, result.sentence)
        return _refused(request, number, result, credit=form)
    note, again = result
    if again:
        messages.success(request, f"{number} is credited by {note.number} and billed again")
        return redirect("desk:invoice", again.number)
    messages.success(request, f"{number} is credited by {note.number}")
    return redirect("desk:invoice", note.number)


def _credit(
    request: HttpRequest, invoice: Invoice, form: CreditForm
) -> tuple[Invoice, Invoice | None]:
    by, at, told = signed_in(request).actor, timezone.now(), form.cleaned_data
    reason = told["reason"]
    match How(form.how_asked):
        case How.LINES:
            return credit_lines(invoice, told["lines"], reason=reason, by=by, at=at), None
        case How.REBILL:
            return credit_and_rebill(invoice, reason=reason, by=by, at=at)
        case How.WHOLE:
            return credit_invoice(invoice, reason=reason, by=by, at=at), None


def _refused(
    request: HttpRequest,
    number: str,
    refusal: Refusal,
    *,
    payment: PaymentForm | None = None,
    credit: CreditForm | None = None,
) -> HttpResponse:
    """Draw the invoice as it is now, with what was typed; where the form is gone, just say why."""
    invoice = shown_invoice(request, number)
    if (payment and not is_owed(invoice)) or (credit and not is_creditable(invoice)):
        messages.error(request, refusal.sentence)
        return redirect("desk:invoice", number)
    return answer(request, invoice, payment=payment, credit=credit, status=refusal.status)
