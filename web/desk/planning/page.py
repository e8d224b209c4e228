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
from dispatch.models import Load, Location, Plan
from dispatch.operations.planning import change_load, create_load
from dispatch.operations.tracking import lock_loads
from dispatch.queries.plans import read_plan
from web.access import desk, signed_in
from web.actors import Cast
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
from web.refusals import CONFLICT, UNPROCESSABLE, Refusal, attempt
from web.templatetags.clocks import moment

SOURCE = "desk"
# A list to choose from that is longer than this is not read by anybody.
MOST_SUGGESTIONS = 500
OVER = frozenset({Load.Status.CANCELLED, Load.Status.DECLINED, Load.Status.TONU})


class PlanChanged(Exception):
    """Somebody changed the plan since the form was opened."""

    status = CONFLICT
    code = "plan_changed"

    def __init__(self, newest: Plan, *, zone: str) -> None:
        who = Cast([newest.recorded_by]).actor(newest.recorded_by).name
        super().__init__(
            f"Changed by {who} at {moment(newest.received_at, zone)}. Below is what you typed; the "
            "load's page shows theirs. Save again to put yours in its place."
        )


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

    def change() -> Load:
        _refuse_unseen(request, load)
        return change_load(load, facts=changed, by=by, at=at, source=SOURCE)

    return attempt(change)


def _refuse_unseen(request: HttpRequest, load: Load) -> None:
    """Raise PlanChanged when the plan is not the one that the form was drawn from."""
    lock_loads([load.pk])
    newest, seen = _newest(load), request.POST.get("seen", "")
    if newest is not None and seen and seen != str(newest.pk):
        raise PlanChanged(newest, zone=signed_in(request).timezone)


def _newest(load: Load) -> Plan | None:
    return Plan.objects.filter(load=load).defer("facts").order_by("-pk").first()


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


def _seen(request: HttpRequest, load: Load | None, *, status: int) -> str:
    """Return which plan the form goes on from: after a conflict the newest one."""
    if request.method == "POST" and status != CONFLICT:
        return request.POST.get("seen", "")
    newest = _newest(load) if load else None
    return str(newest.pk) if newest else ""


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
        "seen": _seen(request, load, status=status),
        "is_over": load is not None and load.status in OVER,
    }
    return render(request, "desk/planning/page.html", context, status=status)
