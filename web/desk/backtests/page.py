"""One backtest: how far it is, what it adds up to, and every line that differs."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe
from django.views.decorators.vary import vary_on_headers

from accounts.rules import APPROVING_ROLES
from insights.models import Backtest
from insights.operations.backtesting import cancel_backtest
from insights.queries.backtests import (
    difference_rows,
    differences_of,
    problems_of,
    told_backtests,
)
from insights.queries.impact import Month, months_of
from journal.rules.sheets import csv_lines
from web.access import desk, signed_in
from web.actors import Actor, Cast
from web.desk.rates.filters import read
from web.lists.addresses import address_with
from web.lists.keyset import Ordering, paginate
from web.refusals import Refusal, attempt

MOST_MOVED = Ordering("moved_amount")
MOST_PROBLEMS = 50


class DifferenceFilters(forms.Form):
    """What the list of differences can be narrowed by."""

    code = forms.CharField(required=False, max_length=8)
    load = forms.CharField(required=False, max_length=20)
    after = forms.CharField(required=False, max_length=200)


@dataclass(frozen=True, slots=True)
class Run:
    """A backtest as its page speaks of it."""

    backtest: Backtest
    starter: Actor
    months: tuple[Month, ...]

    @property
    def change(self) -> Decimal:
        """Return what the period would have brought more; less when negative."""
        change: Decimal = self.backtest.after_amount - self.backtest.before_amount
        return change

    @property
    def against(self) -> str:
        """Say what the version is compared with."""
        other = self.backtest.against
        return f"v{other.number}" if other else "what was rated"


@desk()
@require_safe
@vary_on_headers("HX-Request")
def backtest_page(request: HttpRequest, pk: int) -> HttpResponse:
    """Show a run; while it goes on the page asks for its progress again."""
    backtest = get_object_or_404(told_backtests(), pk=pk)
    if request.headers.get("HX-Request") and backtest.is_open:
        return render(request, "desk/backtests/progress.html", _head(request, backtest))
    context = _head(request, backtest) | _differences(request, backtest)
    is_fragment = request.headers.get("HX-Request")
    template = "desk/backtests/page.html#run" if is_fragment else "desk/backtests/page.html"
    return render(request, template, context)


@desk()
@require_safe
def backtest_sheet(request: HttpRequest, pk: int) -> StreamingHttpResponse:
    """Give every line that differs as CSV."""
    backtest = get_object_or_404(Backtest, pk=pk)
    # Read before the request ends: its transaction says whose loads may be seen.
    lines = list(csv_lines(difference_rows(backtest)))
    answer = StreamingHttpResponse(lines, "text/csv")
    answer["Content-Disposition"] = f'attachment; filename="backtest-{pk}.csv"'
    return answer


@desk(*APPROVING_ROLES)
@require_POST
def cancel(request: HttpRequest, pk: int) -> HttpResponse:
    """End a run after the block it is at."""
    backtest = get_object_or_404(told_backtests(), pk=pk)
    by = signed_in(request).actor
    result = attempt(lambda: cancel_backtest(backtest, by=by, at=timezone.now()))
    if isinstance(result, Refusal):
        messages.error(request, result.sentence)
    else:
        messages.success(request, "The backtest ends here; what it found stays")
    return redirect("desk:backtest", pk)


def _head(request: HttpRequest, backtest: Backtest) -> dict[str, Any]:
    starter = Cast([backtest.started_by]).actor(backtest.started_by)
    return {
        "run": Run(backtest, starter, months_of(backtest)),
        "backtest": backtest,
        "can_edit": signed_in(request).has_role(*APPROVING_ROLES),
    }


def _differences(request: HttpRequest, backtest: Backtest) -> dict[str, Any]:
    filters = read(DifferenceFilters, request.GET)
    told = filters.cleaned_data
    found = differences_of(backtest, code=told["code"].upper(), load=told["load"].strip())
    page = paginate(found, ordering=MOST_MOVED, cursor=told["after"])
    return {
        "filters": filters,
        "is_narrowed": bool(told["code"] or told["load"]),
        "page": page,
        "problems": problems_of(backtest).order_by("id")[:MOST_PROBLEMS],
        "next_href": address_with(request, after=page.next) if page.next else "",
        "previous_href": address_with(request, after=page.previous) if page.previous else "",
    }
