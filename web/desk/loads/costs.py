"""What a load costs, told by those who may see it."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_POST

from accounts.rules import COST_ROLES
from dispatch.operations.costing import record_cost
from web.access import desk, signed_in
from web.desk.loads.forms import CostForm
from web.desk.loads.page import LOADS, answer
from web.lookups import find_or_404


@desk(*COST_ROLES)
@require_POST
def tell(request: HttpRequest, number: str) -> HttpResponse:
    """Keep what the load costs."""
    user = signed_in(request)
    load = find_or_404(request, LOADS, number=number)
    form = CostForm(request.POST, load=load)
    if not form.is_valid():
        return answer(request, load, cost=form, status=422)
    record_cost(load, source="desk", by=user.actor, at=timezone.now(), **form.cleaned_data)
    messages.success(request, "The cost is kept")
    return redirect("desk:load", number)
