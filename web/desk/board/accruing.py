"""What detention comes to while it runs: the very code that bills, as if the trucks left now."""

from dataclasses import replace
from datetime import datetime
from decimal import Decimal

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_headers

from dispatch.models import Load
from dispatch.queries.attention import needing
from dispatch.rules.attention import Attention
from rating.engine.facts import Clock, LoadFacts, StopFacts
from rating.operations.quoting import quote_block
from rating.queries.load_facts import gather_facts
from web.access import desk, signed_in

DETENTION = "DET"
# The longest waits; who keeps more trucks waiting reads "at least".
MOST = 50


@desk()
@require_safe
@vary_on_headers("HX-Request")
def accruing(request: HttpRequest) -> HttpResponse:
    """Say what runs up, by currency; by itself the address leads to the loads it is about."""
    if not request.headers.get("HX-Request"):
        return redirect(f"{reverse('desk:board')}?attention={Attention.DETENTION}")
    at = timezone.now()
    detained = Load.objects.for_user(signed_in(request)).filter(needing(Attention.DETENTION, at=at))
    loads = list(detained.order_by("watch__waiting_from", "pk")[: MOST + 1])
    amounts = running_detention(loads[:MOST], at=at)
    context = {"amounts": sorted(amounts.items()), "is_cut": len(loads) > MOST}
    return render(request, "desk/board/accruing.html", context)


def running_detention(loads: list[Load], *, at: datetime) -> dict[str, Decimal]:
    """Return by currency what detention comes to, were every truck to leave its stop at `at`.

    A load that no card prices adds nothing; its invoice will say so as a problem.
    """
    facts = [leaving(each, at=at) for each in gather_facts(loads).values()] if loads else []
    amounts: dict[str, Decimal] = {}
    for quote in quote_block([(each, at) for each in facts]) if facts else []:
        for line in quote.lines:
            if line.code == DETENTION:
                amounts[line.currency] = amounts.get(line.currency, Decimal(0)) + line.amount
    return amounts


def leaving(facts: LoadFacts, *, at: datetime) -> LoadFacts:
    """Return the facts as if the truck left, at `at`, the stops that it is at."""
    return replace(facts, stops=tuple(_left(stop, at) for stop in facts.stops))


def _left(stop: StopFacts, at: datetime) -> StopFacts:
    if stop.arrived is None or stop.departed is not None or stop.unloaded is not None:
        return stop
    return replace(stop, departed=Clock(at=at, source="desk", reference="running"))
