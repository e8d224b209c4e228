"""Test cases of a card: what it must charge, run under the version somebody looks at."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from accounts.rules import APPROVING_ROLES
from rating.models import RateTestCase
from rating.operations.testing import expect_quote, price_case, remove_case, run_cases, save_case
from web.access import desk, signed_in
from web.desk.rates.page import page_context, sheet_of
from web.desk.rates.trial import TrialForm, refuse, run_trial
from web.desk.rates.trying import answer
from web.refusals import Refusal, attempt


@desk()
@require_safe
def cases(request: HttpRequest, card: int, number: int) -> HttpResponse:
    """Show every case of the card as it comes out under this version."""
    sheet = sheet_of(request, card, number)
    context = page_context(request, sheet, "desk:rate_cases")
    context["results"] = run_cases(sheet.version, at=sheet.at)
    return render(request, "desk/rates/cases.html", context)


@desk(*APPROVING_ROLES)
@require_POST
def save(request: HttpRequest, card: int, number: int) -> HttpResponse:
    """Keep what was tried as a case: from now on the card must charge just that."""
    sheet, by, at = sheet_of(request, card, number), signed_in(request).actor, timezone.now()
    form = TrialForm(request.POST, sheet=sheet)
    if not form.is_valid():
        return answer(request, sheet, form, status=422)
    trial = run_trial(form, at=at)
    if isinstance(trial, Refusal):
        refuse(form, trial)
        return answer(request, sheet, form, status=422)
    name = form.cleaned_data["name"].strip() or form.default_name
    kept: Any = attempt(lambda: save_case(sheet.card, name=name, quote=trial.quote, by=by, at=at))
    if isinstance(kept, Refusal):
        form.add_error("name", kept.sentence)
        return answer(request, sheet, form, trial, status=422)
    return answer(request, sheet, form, trial, saved=kept.name)


@desk(*APPROVING_ROLES)
@require_POST
def expect(request: HttpRequest, card: int, number: int, pk: int) -> HttpResponse:
    """Expect from now on what this version charges for the case."""
    sheet, by, at = sheet_of(request, card, number), signed_in(request).actor, timezone.now()
    case = get_object_or_404(RateTestCase, pk=pk, card=card)
    quote = price_case(case, version=sheet.version, at=at)
    result = attempt(lambda: expect_quote(case, quote=quote, by=by, at=at))
    return _told(request, result, card, number, f"{case.name} expects v{number}'s price now")


@desk(*APPROVING_ROLES)
@require_POST
def remove(request: HttpRequest, card: int, number: int, pk: int) -> HttpResponse:
    """Forget a case; the history keeps that it was."""
    case = get_object_or_404(RateTestCase.objects.select_related("card"), pk=pk, card=card)
    by, name = signed_in(request).actor, case.name
    result = attempt(lambda: remove_case(case, by=by, at=timezone.now()))
    return _told(request, result, card, number, f"{name} is removed")


def _told(request: HttpRequest, result: object, card: int, number: int, done: str) -> HttpResponse:
    if isinstance(result, Refusal):
        messages.error(request, result.sentence)
    else:
        messages.success(request, done)
    return redirect("desk:rate_cases", card, number)
