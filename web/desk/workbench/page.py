"""The workbench: where the money stands, and the loads that can be billed."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.rules import BILLING_ROLES
from billing.models import InvoiceRun
from billing.queries.funnel import Stage, staged_documents
from web.access import desk, signed_in
from web.desk.invoices.listing import NEWEST_FIRST
from web.desk.workbench.filters import WorkbenchFilters, address_of, read_filters
from web.desk.workbench.rows import bill_tos
from web.desk.workbench.stages import stage_links
from web.lists.addresses import Chip
from web.lists.keyset import Ordering, Page, paginate
from web.lists.standing import standing_of
from web.templatetags.clocks import in_zone

# Customers in the order they came to the house: the index of a stage gives it at any depth.
BY_CUSTOMER = Ordering("customer_id", is_descending=False)


@desk()
@require_safe
def workbench(request: HttpRequest) -> HttpResponse:
    """Show one stage."""
    return render(
        request, "desk/workbench/page.html", page_context(request, read_filters(request.GET))
    )


def page_context(request: HttpRequest, filters: WorkbenchFilters) -> dict[str, Any]:
    """Return all that the page shows but the selection."""
    user, now = signed_in(request), timezone.now()
    today = in_zone(now, user.timezone).date()
    stage = filters.stage_asked
    stages = stage_links(user, filters, at=now, today=today)
    common = {
        "filters": filters,
        "stage": stage,
        "stages": stages,
        "current": next(each for each in stages if each.is_current),
        "chips": _chips(filters),
        "may_bill": user.has_role(*BILLING_ROLES),
        "last_run": InvoiceRun.objects.filter(asked_by=user.actor).order_by("-pk").first(),
    }
    if stage.is_of_loads:
        rows = filters.loads(user).select_related("load", "customer")
        page = paginate(rows, ordering=BY_CUSTOMER, cursor=filters.cleaned_data["after"])
        return common | _turns(filters, page) | {"groups": bill_tos(page.rows, at=now)}
    return common | _documents(request, filters, stage)


def _documents(request: HttpRequest, filters: WorkbenchFilters, stage: Stage) -> dict[str, Any]:
    user = signed_in(request)
    today = in_zone(timezone.now(), user.timezone).date()
    rows = staged_documents(stage, user)
    if customer := filters.cleaned_data["customer"]:
        rows = rows.filter(customer=customer)
    rows = rows.select_related("customer", "state", "document").defer("snapshot")
    page = paginate(rows, ordering=NEWEST_FIRST, cursor=filters.cleaned_data["after"])
    listed = [(invoice, standing_of(invoice, today=today)) for invoice in page.rows]
    return _turns(filters, page) | {"rows": listed}


def _turns(filters: WorkbenchFilters, page: Page[Any]) -> dict[str, str]:
    return {
        "next_href": address_of(filters, after=page.next) if page.next else "",
        "previous_href": address_of(filters, after=page.previous) if page.previous else "",
    }


def _chips(filters: WorkbenchFilters) -> list[Chip]:
    customer = filters.cleaned_data["customer"]
    return [Chip("Bill to", customer.name, address_of(filters, customer=""))] if customer else []
