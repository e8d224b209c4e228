"""What a biller does with a selection: preview, issue, hold and release."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from accounts.rules import BILLING_ROLES
from billing.models import InvoiceRun
from billing.operations.promising import read_proposal, sign_proposal
from billing.operations.proposing import propose_invoices
from billing.operations.running import start_run
from billing.operations.withholding import release_loads, withhold_loads
from billing.queries.runs import issued_amounts, progress_of, requests_of
from web.access import desk, signed_in
from web.desk.workbench.filters import WorkbenchFilters, address_of, read_filters
from web.desk.workbench.page import page_context
from web.desk.workbench.selecting import (
    Preview,
    read_selection,
    require_few,
)
from web.refusals import Refusal, attempt
from web.templatetags.figures import plural


@desk(*BILLING_ROLES)
@require_POST
def preview(request: HttpRequest) -> HttpResponse:
    """Show which invoices the ticked loads make: the selection bar, or the page around it."""
    filters = read_filters(request.POST)
    context = preview_context(request, filters)
    if request.headers.get("HX-Request"):
        return render(request, "desk/workbench/bulk.html", context)
    context = page_context(request, filters) | context
    return render(request, "desk/workbench/page.html", context)


def preview_context(request: HttpRequest, filters: WorkbenchFilters) -> dict[str, Any]:
    """Return the preview of what was ticked, or why there is none."""
    user = signed_in(request)
    selection = read_selection(request, filters)
    common = {"filters": filters, "stage": filters.stage_asked, "may_bill": True}
    if not selection.load_ids:
        return common
    result = attempt(lambda: propose_invoices(selection.load_ids, by=user.actor, at=timezone.now()))
    if isinstance(result, Refusal):
        return common | {"refusal": result, "selected": selection}
    return common | {
        "preview": Preview(selection, result, sign_proposal(result)),
        "selected": selection,
    }


@desk(*BILLING_ROLES)
@require_POST
def issue(request: HttpRequest) -> HttpResponse:
    """Have the invoices of a preview issued; a second click finds the run of the first."""
    user = signed_in(request)
    token = request.POST.get("preview", "")

    def start() -> InvoiceRun:
        key, wanted = read_proposal(token)
        return start_run(key, wanted, by=user.actor, at=timezone.now())

    result = attempt(start)
    if isinstance(result, Refusal):
        messages.error(request, result.sentence)
        return redirect("desk:workbench")
    return redirect("desk:invoice_run", result.key)


@desk(*BILLING_ROLES)
@require_POST
def hold(request: HttpRequest) -> HttpResponse:
    """Keep the ticked loads from being billed, for a reason."""
    user, filters = signed_in(request), read_filters(request.POST)
    ticked = read_selection(request, filters)
    reason = request.POST.get("reason", "")[:1000]
    result = attempt(
        lambda: withhold_loads(require_few(ticked), reason=reason, by=user.actor, at=timezone.now())
    )
    return _told(request, filters, result, asked=len(ticked.load_ids), word="held")


@desk(*BILLING_ROLES)
@require_POST
def release(request: HttpRequest) -> HttpResponse:
    """Let the ticked loads go on."""
    user, filters = signed_in(request), read_filters(request.POST)
    ticked = read_selection(request, filters)
    result = attempt(lambda: release_loads(require_few(ticked), by=user.actor, at=timezone.now()))
    return _told(request, filters, result, asked=len(ticked.load_ids), word="released")


def _told(
    request: HttpRequest, filters: WorkbenchFilters, result: Any, *, asked: int, word: str
) -> HttpResponse:
    """Say what came of it, and go back to where it was asked."""
    if isinstance(result, Refusal):
        messages.error(request, result.sentence)
    else:
        left = asked - len(result)
        rest = f"; {plural(left, 'load stays as it is,loads stay as they are')}" if left else ""
        messages.success(request, f"{plural(len(result), 'load,loads')} {word}{rest}")
    return redirect(address_of(filters))


@desk(*BILLING_ROLES)
@require_safe
def run_page(request: HttpRequest, key: UUID) -> HttpResponse:
    """Show how far a run is and what came of each invoice; read again while it goes on."""
    run = get_object_or_404(InvoiceRun, key=key)
    requests = requests_of(run)
    context = {
        "run": run,
        "requests": requests,
        "progress": progress_of(run),
        "amounts": [(amount, currency) for currency, amount in issued_amounts(requests).items()],
    }
    is_fragment = request.headers.get("HX-Request")
    template = "desk/workbench/run.html#run" if is_fragment else "desk/workbench/run.html"
    return render(request, template, context)
