"""New cards and new versions."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from accounts.rules import APPROVING_ROLES
from rating.models import RateCard, RateCardVersion
from rating.operations.carding import create_card, draft_next, draft_version
from web.access import desk, signed_in
from web.desk.rates.forms import CardForm, DraftForm
from web.desk.rates.page import VERSIONS
from web.desk.rates.standing import in_force
from web.refusals import Refusal, attempt
from web.templatetags.clocks import in_zone


@desk(*APPROVING_ROLES)
@require_http_methods(["GET", "HEAD", "POST"])
def new_card(request: HttpRequest) -> HttpResponse:
    """Make a card with an empty first draft."""
    if request.method != "POST":
        return render(request, "desk/rates/new.html", {"form": CardForm()})
    form = CardForm(request.POST)
    if not form.is_valid():
        return render(request, "desk/rates/new.html", {"form": form}, status=422)
    by = signed_in(request).actor
    result = attempt(lambda: _make_card(form.cleaned_data, by=by))
    if isinstance(result, Refusal):
        form.add_error(result.field or None, result.sentence)
        return render(request, "desk/rates/new.html", {"form": form}, status=result.status)
    messages.success(request, f"{result.card.name} has a draft without lanes")
    return redirect("desk:rate_card", result.card_id, result.number)


@desk(*APPROVING_ROLES)
@require_http_methods(["GET", "HEAD", "POST"])
def new_version(request: HttpRequest, card: int) -> HttpResponse:
    """Draft the next version of a card from one that was published."""
    found = get_object_or_404(RateCard.objects.select_related("customer"), pk=card)
    today = in_zone(timezone.now(), signed_in(request).timezone).date()
    versions = list(VERSIONS.filter(card=found).order_by("-number"))
    source = _source(request, versions) or in_force(versions, today=today)
    source = source or next(iter(versions), None)
    if request.method != "POST":
        return _ask(request, found, source, DraftForm.after(source, today=today))
    form = DraftForm(request.POST)
    if not form.is_valid():
        return _ask(request, found, source, form, status=422)
    by = signed_in(request).actor
    result = attempt(lambda: _draft(found, source, form.cleaned_data, by=by))
    if isinstance(result, Refusal):
        form.add_error(None, result.sentence)
        return _ask(request, found, source, form, status=result.status)
    messages.success(request, f"{result} is a draft, open to change")
    return redirect("desk:rate_card", card, result.number)


def _source(request: HttpRequest, versions: list[RateCardVersion]) -> RateCardVersion | None:
    asked = request.GET.get("from", "")
    return next((each for each in versions if str(each.number) == asked), None)


def _ask(
    request: HttpRequest,
    card: RateCard,
    source: RateCardVersion | None,
    form: DraftForm,
    *,
    status: int = 200,
) -> HttpResponse:
    context = {"card": card, "source": source, "form": form}
    return render(request, "desk/rates/new_version.html", context, status=status)


def _make_card(told: dict[str, Any], *, by: str) -> RateCardVersion:
    at = timezone.now()
    card = create_card(
        name=told["name"],
        currency=told["currency"],
        customer=told["customer"],
        equipment=told["equipment"],
        shipment_type=told["shipment_type"],
        rated_on=told["rated_on"],
        when_no_lane=told["when_no_lane"],
        by=by,
        at=at,
    )
    return draft_version(
        card,
        effective_from=told["effective_from"],
        effective_to=told["effective_to"],
        fuel=told["fuel"],
        by=by,
        at=at,
    )


def _draft(
    card: RateCard, source: RateCardVersion | None, told: dict[str, Any], *, by: str
) -> RateCardVersion:
    period = {"effective_from": told["effective_from"], "effective_to": told["effective_to"]}
    if source is None:
        return draft_version(card, **period, by=by, at=timezone.now())
    return draft_next(source, **period, by=by, at=timezone.now())
