"""Making a load and changing one, on one page that is typed without a mouse."""

from typing import Any, cast

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from accounts.models import Customer
from dispatch.events import LoadFacts, Purpose, StopFacts
from dispatch.models import Load, Location
from dispatch.operations.planning import change_load, create_load
from dispatch.queries.plans import read_plan
from web.access import desk, signed_in
from web.desk.planning.forms import (
    MOST_STOPS,
    BaseStops,
    LoadPlanForm,
    StopFormSet,
    field_named,
    initial_load,
    initial_stops,
)
from web.lookups import find_or_404
from web.refusals import UNPROCESSABLE, Refusal, attempt

SOURCE = "desk"
# A list to choose from that is longer than this is not read by anybody.
MOST_SUGGESTIONS = 500
OVER = frozenset({Load.Status.CANCELLED, Load.Status.DECLINED, Load.Status.TONU})


@desk()
@require_http_methods(["GET", "HEAD", "POST"])
def new_load(request: HttpRequest) -> HttpResponse:
    """Plan a load."""
    return _plan(request, None)


@desk()
@require_http_methods(["GET", "HEAD", "POST"])
def edit_load(request: HttpRequest, number: str) -> HttpResponse:
    """Change what a load shall be."""
    return _plan(request, find_or_404(request, Load.objects.all(), number=number))


def _plan(request: HttpRequest, load: Load | None) -> HttpResponse:
    plan = read_plan(load) if load else LoadFacts(references=())
    planned = {stop.sequence: stop for stop in plan.stops}
    form = LoadPlanForm(request.POST or None, initial=initial_load(load) if load else None)
    if load:
        form.fields["customer"].disabled = True
        form.fields["customer"].required = False
    stops = _stops(request, load, planned)
    if request.method != "POST":
        return _draw(request, load, form, stops)
    if "add_stop" in request.POST:
        return _draw(request, load, LoadPlanForm(initial=_typed(request.POST)), stops)
    if not (form.is_valid() & stops.is_valid()):
        return _draw(request, load, form, stops, status=UNPROCESSABLE)
    saved = _save(request, load, form, stops)
    if isinstance(saved, Refusal):
        _mark(saved, form, stops)
        return _draw(request, load, form, stops, status=saved.status)
    if load is None:
        messages.success(request, f"Load {saved.number} is planned")
        return redirect(f"{reverse('desk:board')}#row-{saved.pk}")
    messages.success(request, f"Load {saved.number} is changed")
    return redirect("desk:load", saved.number)


def _save(
    request: HttpRequest, load: Load | None, form: LoadPlanForm, stops: BaseStops
) -> Load | Refusal:
    by, at = signed_in(request).actor, timezone.now()
    if load is None:
        facts = form.facts(stops.facts(), purpose=Purpose.ORIGINAL)
        customer: Customer = form.cleaned_data["customer"]
        return attempt(lambda: create_load(facts, customer=customer, by=by, at=at, source=SOURCE))
    changed = form.facts(stops.facts(), purpose=Purpose.CHANGE)
    return attempt(lambda: change_load(load, facts=changed, by=by, at=at, source=SOURCE))


def _stops(request: HttpRequest, load: Load | None, planned: dict[int, StopFacts]) -> BaseStops:
    """Return the lines of the stops; one more when it was asked for."""
    options = {"at": timezone.now(), "planned": planned}
    data: QueryDict | None = request.POST or None
    if data and "add_stop" in data:
        typed = StopFormSet(data, prefix="stops", form_kwargs=options)
        lines = [_line(data, form.prefix or "") for form in typed.forms]
        numbers = [int(line["sequence"]) for line in lines if line["sequence"].isdecimal()]
        lines.append({"sequence": str(max(numbers, default=0) + 1), "kind": "DELIVERY"})
        return _formset(None, initial=lines[:MOST_STOPS], **options)
    return _formset(data, initial=initial_stops(load, planned), **options)


def _formset(data: QueryDict | None, *, initial: list[dict[str, Any]], **options: Any) -> BaseStops:
    lines = StopFormSet(data, initial=initial, prefix="stops", form_kwargs=options)
    return cast(BaseStops, lines)


def _line(data: QueryDict, prefix: str) -> dict[str, str]:
    names = ("sequence", "kind", "where", "name", "address", "when", "is_fcfs")
    return {name: data.get(f"{prefix}-{name}", "") for name in names}


def _typed(data: QueryDict) -> dict[str, str]:
    return {name: data.get(name, "") for name in LoadPlanForm.base_fields}


def _mark(refusal: Refusal, form: LoadPlanForm, stops: BaseStops) -> None:
    """Write a refusal beside the field that it speaks of."""
    line, field = field_named(refusal.field)
    told = [each for each in stops.forms if each.told]
    if line is not None and line < len(told) and field in told[line].fields:
        told[line].add_error(field, refusal.sentence)
    else:
        form.add_error(field if field in form.fields else None, refusal.sentence)


def _draw(
    request: HttpRequest,
    load: Load | None,
    form: LoadPlanForm,
    stops: BaseStops,
    *,
    status: int = 200,
) -> HttpResponse:
    open_customers = Customer.objects.exclude(status=Customer.Status.CLOSED)
    context: dict[str, Any] = {
        "load": load,
        "form": form,
        "stops": stops,
        "customers": open_customers.order_by("name")[:MOST_SUGGESTIONS],
        "locations": Location.objects.order_by("code")[:MOST_SUGGESTIONS],
        "is_over": load is not None and load.status in OVER,
    }
    return render(request, "desk/planning/page.html", context, status=status)
