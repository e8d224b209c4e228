"""The page of one load."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.rules import APPROVING_ROLES, BILLING_ROLES, COST_ROLES
from dispatch.models import Load
from web.access import desk, signed_in
from web.desk.loads.forms import ChargeForm, CostForm, EventForm, UploadForm
from web.desk.loads.sheet import LoadSheet
from web.lookups import find_or_404

LOADS = Load.objects.select_related("customer", "carrier", "driver", "billing")


@desk()
@require_safe
def load_page(request: HttpRequest, number: str) -> HttpResponse:
    """Show one load."""
    return answer(request, find_or_404(request, LOADS, number=number))


def answer(
    request: HttpRequest,
    load: Load,
    *,
    upload: UploadForm | None = None,
    event: EventForm | None = None,
    charge: ChargeForm | None = None,
    cost: CostForm | None = None,
    status: int = 200,
) -> HttpResponse:
    """Draw the page; a form that was refused comes back with its input."""
    user = signed_in(request)
    context: dict[str, Any] = {
        "load": load,
        "sheet": LoadSheet(load, at=timezone.now()),
        "can_judge": user.has_role(*BILLING_ROLES),
        "can_approve": user.has_role(*APPROVING_ROLES),
        "can_see_cost": user.has_role(*COST_ROLES),
        "cost_form": cost or CostForm(load=load),
        "upload": upload or UploadForm(load=load),
        "charge_form": charge or ChargeForm(load=load),
        "event": event or EventForm(load=load, timezone=user.timezone),
    }
    return render(request, "desk/loads/page.html", context, status=status)
