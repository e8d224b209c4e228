"""The Try it panel: rates what was typed under a version, and stores nothing."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_http_methods
from django.views.decorators.vary import vary_on_headers

from web.access import desk
from web.desk.rates.page import page_context, sheet_of
from web.desk.rates.sheet import RateSheet
from web.desk.rates.trial import Trial, TrialForm, first_form, refuse, run_trial
from web.refusals import Refusal


@desk()
@require_http_methods(["GET", "HEAD", "POST"])
@vary_on_headers("HX-Request")
def try_it(request: HttpRequest, card: int, number: int) -> HttpResponse:
    """Rate what was typed under the version; nothing is stored."""
    sheet = sheet_of(request, card, number)
    if request.method != "POST":
        return answer(request, sheet, first_form(sheet))
    form = TrialForm(request.POST, sheet=sheet)
    if not form.is_valid():
        return answer(request, sheet, form, status=422)
    trial = run_trial(form, at=timezone.now())
    if isinstance(trial, Refusal):
        refuse(form, trial)
        return answer(request, sheet, form, status=422)
    return answer(request, sheet, form, trial)


def answer(
    request: HttpRequest,
    sheet: RateSheet,
    form: TrialForm,
    trial: Trial | None = None,
    *,
    saved: str = "",
    status: int = 200,
) -> HttpResponse:
    """Draw the panel alone, or the page that holds it."""
    context = page_context(request, sheet, "desk:rate_try")
    context |= {"try_form": form, "trial": trial, "saved": saved, "is_trying": True}
    is_fragment = request.headers.get("HX-Request")
    template = "desk/rates/try.html" if is_fragment else "desk/rates/try_page.html"
    return render(request, template, context, status=status)
