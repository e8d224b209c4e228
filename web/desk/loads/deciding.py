"""What billing's people decide about a load: its charges, and whether it may be billed."""

from decimal import Decimal, InvalidOperation

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from accounts.rules import APPROVING_ROLES, BILLING_ROLES
from billing.models import Charge, LoadBilling
from billing.operations.charging import add_charge, approve_charge, waive_charge
from billing.operations.invoicing import issue_seen
from billing.operations.readiness import approve_to_bill, evaluate_load
from web.access import desk, signed_in
from web.desk.loads.forms import ChargeForm
from web.desk.loads.page import LOADS, answer
from web.lookups import find_or_404
from web.refusals import Refusal, attempt
from web.templatetags.figures import money

CHARGES = Charge.objects.select_related("load")


@desk(*BILLING_ROLES)
@require_POST
def approve_load(request: HttpRequest, number: str) -> HttpResponse:
    """Let a load that waits for review be billed."""
    user = signed_in(request)
    billing, seen = (
        find_or_404(request, LoadBilling.objects.all(), load__number=number),
        _seen(request),
    )
    result = attempt(lambda: approve_to_bill(billing, seen=seen, by=user.actor, at=timezone.now()))
    return _told(request, result, number, f"Load {number} may be billed")


@desk(*BILLING_ROLES)
@require_POST
def rate(request: HttpRequest, number: str) -> HttpResponse:
    """Price a load again by the cards in force, and judge again whether it may be billed."""
    user = signed_in(request)
    billing = find_or_404(request, LoadBilling.objects.all(), load__number=number)
    result = attempt(lambda: evaluate_load(billing.load_id, by=user.actor, at=timezone.now()))
    if isinstance(result, Refusal):
        return _told(request, result, number, "")
    total = money(result.total_amount, result.currency)
    return _told(request, result, number, f"Load {number} rated again, {total}")


@desk(*BILLING_ROLES)
@require_POST
def issue(request: HttpRequest, number: str) -> HttpResponse:
    """Bill a load that is ready, now; a second click finds the invoice of the first."""
    user = signed_in(request)
    billing, seen = (
        find_or_404(request, LoadBilling.objects.all(), load__number=number),
        _seen(request),
    )
    result = attempt(lambda: issue_seen(billing, seen=seen, by=user.actor, at=timezone.now()))
    if isinstance(result, Refusal):
        messages.error(request, result.sentence)
        return redirect("desk:load", number)
    messages.success(request, f"{result.number} issued")
    return redirect("desk:invoice", result.number)


@desk(*BILLING_ROLES)
@require_POST
def add(request: HttpRequest, number: str) -> HttpResponse:
    """Add a charge by hand; a colleague has to approve it."""
    user = signed_in(request)
    load = find_or_404(request, LOADS, number=number)
    form = ChargeForm(request.POST, load=load)
    if not form.is_valid():
        return answer(request, load, charge=form, status=422)
    told = form.cleaned_data
    result = attempt(
        lambda: add_charge(
            load,
            code=told["code"],
            description=form.description,
            quantity=told["quantity"],
            rate=told["rate"],
            unit=told["unit"],
            stop=told["stop"],
            reason=told["reason"],
            by=user.actor,
            at=timezone.now(),
        )
    )
    if isinstance(result, Refusal):
        form.add_error(None, result.sentence)
        return answer(request, load, charge=form, status=result.status)
    return _told(request, result, number, f"{form.description} added; a colleague approves it")


@desk(*APPROVING_ROLES)
@require_POST
def approve(request: HttpRequest, pk: int) -> HttpResponse:
    """Let a charge be billed as it stands."""
    user = signed_in(request)
    charge, seen = find_or_404(request, CHARGES, pk=pk), _seen(request)
    result = attempt(lambda: approve_charge(charge, seen=seen, by=user.actor, at=timezone.now()))
    return _told(request, result, charge.load.number, f"{charge.description} approved")


@desk(*APPROVING_ROLES)
@require_POST
def waive(request: HttpRequest, pk: int) -> HttpResponse:
    """Do not bill a charge, for a reason."""
    user = signed_in(request)
    charge, seen = find_or_404(request, CHARGES, pk=pk), _seen(request)
    reason = request.POST.get("reason", "")[:1000]
    result = attempt(
        lambda: waive_charge(charge, reason=reason, seen=seen, by=user.actor, at=timezone.now())
    )
    return _told(request, result, charge.load.number, f"{charge.description} waived")


def _seen(request: HttpRequest) -> Decimal | None:
    """Return the amount that stood on the page when its button was pressed."""
    text = request.POST.get("seen", "")
    try:
        seen = Decimal(text) if text else None
    except InvalidOperation as error:
        raise BadRequest("The amount that was seen cannot be read.") from error
    if seen is not None and not seen.is_finite():
        raise BadRequest("The amount that was seen is none.")
    return seen


def _told(request: HttpRequest, result: object, number: str, done: str) -> HttpResponse:
    """Go back to the load's charges and say what came of it."""
    if isinstance(result, Refusal):
        messages.error(request, result.sentence)
    else:
        messages.success(request, done)
    return redirect(f"{reverse('desk:load', args=[number])}#charges")
