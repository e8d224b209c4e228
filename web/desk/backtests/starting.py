"""The backtests of a version, and the start of another one."""

from datetime import datetime

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from accounts.rules import APPROVING_ROLES
from insights.models import Backtest
from insights.operations.backtesting import start_backtest, start_impact
from insights.queries.backtests import told_backtests
from insights.queries.impact import open_impact
from rating.models import RateCard
from web.access import desk, signed_in
from web.desk.backtests.forms import BacktestForm
from web.desk.rates.page import page_context, sheet_of
from web.desk.rates.sheet import RateSheet
from web.refusals import Refusal, attempt

SHOWN = 20


@desk()
@require_safe
def backtests(request: HttpRequest, card: int, number: int) -> HttpResponse:
    """Show the newest runs of a version."""
    sheet = sheet_of(request, card, number)
    return _answer(request, sheet, BacktestForm.of_last_days(sheet.version, today=sheet.today))


@desk(*APPROVING_ROLES)
@require_POST
def start(request: HttpRequest, card: int, number: int) -> HttpResponse:
    """Queue a run; a worker takes it up and the page tells how far it is."""
    sheet = sheet_of(request, card, number)
    form = BacktestForm(request.POST, version=sheet.version)
    if not form.is_valid():
        return _answer(request, sheet, form, status=422)
    told, by = form.cleaned_data, signed_in(request).actor
    result = attempt(
        lambda: start_backtest(
            sheet.version,
            first_on=told["first_on"],
            last_on=told["last_on"],
            against=told["against"],
            customer=told.get("customer"),
            by=by,
            at=timezone.now(),
        )
    )
    if isinstance(result, Refusal):
        form.add_error(result.field if result.field in form.fields else None, result.sentence)
        return _answer(request, sheet, form, status=422)
    messages.success(request, f"{result.total_count:,} loads wait to be rated again")
    return redirect("desk:backtest", result.pk)


@desk(*APPROVING_ROLES)
@require_POST
def impact(request: HttpRequest, card: int, number: int) -> HttpResponse:
    """Queue the run that tells the revenue impact; a second click finds the first one's run."""
    sheet, by = sheet_of(request, card, number), signed_in(request).actor
    result = attempt(lambda: _one_impact(sheet, by=by, at=timezone.now()))
    if isinstance(result, Refusal):
        messages.error(request, result.sentence)
        return redirect("desk:rate_backtests", card, number)
    return redirect("desk:backtest", result.pk)


def _one_impact(sheet: RateSheet, *, by: str, at: datetime) -> Backtest:
    """Start the run, unless one is under way; the card's lock lets clicks come one by one."""
    RateCard.objects.select_for_update().get(pk=sheet.card.pk)
    return open_impact(sheet.version, at=at) or start_impact(sheet.version, by=by, at=at)


def _answer(
    request: HttpRequest, sheet: RateSheet, form: BacktestForm, *, status: int = 200
) -> HttpResponse:
    context = page_context(request, sheet, "desk:rate_backtests")
    runs = told_backtests().filter(version=sheet.version).order_by("-id")[:SHOWN]
    context |= {"runs": runs, "backtest_form": form}
    return render(request, "desk/backtests/list.html", context, status=status)
