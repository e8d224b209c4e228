"""What a dispatcher does to one load without leaving the board.

Each address is a page of its own; asked for by htmx it is the form alone, to stand in a dialog.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods
from django.views.decorators.vary import vary_on_headers

from accounts.models import User
from dispatch.events import MilestoneFacts
from dispatch.models import Load, Milestone
from dispatch.operations.calling import keep_call
from dispatch.operations.planning import assign_carrier
from dispatch.operations.tracking import add_milestones
from web.access import desk, signed_in
from web.desk.board.forms import (
    AssignForm,
    CheckCallForm,
    QuickEventForm,
    next_event,
    wall_now,
)
from web.lookups import find_or_404
from web.refusals import UNPROCESSABLE, Refusal, attempt

SOURCE = "desk"
LOADS = Load.objects.select_related("customer", "carrier", "driver")
# Tells the script that a dialog is done: it closes and the rows are read again.
DONE = "acted"


@desk()
@require_http_methods(["GET", "HEAD", "POST"])
@vary_on_headers("HX-Request")
def check_call(request: HttpRequest, number: str) -> HttpResponse:
    """Keep what the driver said, and when the truck will be there."""
    load = find_or_404(request, LOADS, number=number)
    ahead = load.stops.filter(status="PENDING").order_by("sequence").first()
    form = CheckCallForm(typed(request), load=load, initial={"stop": ahead})

    def keep(user: User, at: datetime) -> str:
        told = form.cleaned_data
        keep_call(
            load, note=told["note"], city=told["city"], state=told["state"], eta=told["eta"],
            stop_sequence=told["stop"].sequence if told["stop"] else None, source=SOURCE,
            by=user.actor, at=at,
        )  # fmt: skip
        return f"Check call kept on load {load.number}"

    return act(request, load, form, keep, title="Check call", button="Keep the call")


@desk()
@require_http_methods(["GET", "HEAD", "POST"])
@vary_on_headers("HX-Request")
def assign(request: HttpRequest, number: str) -> HttpResponse:
    """Say who drives."""
    load = find_or_404(request, LOADS, number=number)
    initial = {"carrier": load.carrier, "driver": load.driver, "truck": load.truck}
    form = AssignForm(typed(request), initial=initial)

    def give(user: User, at: datetime) -> str:
        told = form.cleaned_data
        assign_carrier(
            load, carrier=told["carrier"], driver=told["driver"], truck=told["truck"],
            by=user.actor, at=at,
        )  # fmt: skip
        return f"Load {load.number} goes to {told['driver'] or told['carrier']}"

    return act(request, load, form, give, title="Assign", button="Assign")


@desk()
@require_http_methods(["GET", "HEAD", "POST"])
@vary_on_headers("HX-Request")
def add_event(request: HttpRequest, number: str) -> HttpResponse:
    """Tell what happened; the form begins with what happens next."""
    load = find_or_404(request, LOADS, number=number)
    user = signed_in(request)
    kind, stop = next_event(load, list(load.stops.order_by("sequence")))
    now = wall_now(timezone.now(), stop.timezone if stop else user.timezone)
    initial = {"kind": kind, "stop": stop, "occurred_at": now}
    form = QuickEventForm(typed(request), load=load, timezone=user.timezone, initial=initial)

    def tell(user: User, at: datetime) -> str:
        told = event_facts(form.cleaned_data)
        tracked = add_milestones(load, facts=[told], source=SOURCE, by=user.actor, at=at)
        words = Milestone.Kind(told.kind).label
        if not tracked.added:
            return f"{words} was on load {load.number} already"
        return f"{words} added to load {load.number}"

    return act(request, load, form, tell, title="Add an event", button="Add the event")


def typed(request: HttpRequest) -> QueryDict | None:
    """Return what was posted, though it may be nothing; None when the form is only shown."""
    return request.POST if request.method == "POST" else None


def event_facts(told: dict[str, Any]) -> MilestoneFacts:
    """Return an event as the canonical fact."""
    return MilestoneFacts(
        kind=told["kind"],
        occurred_at=told["occurred_at"],
        source_offset_minutes=_offset(told["occurred_at"]),
        stop_sequence=told["stop"].sequence if told["stop"] else None,
        detail={"note": told["note"]} if told["note"] else {},
    )


def _offset(local: datetime) -> int | None:
    offset = local.utcoffset()
    return int(offset.total_seconds() // 60) if offset is not None else None


def act(
    request: HttpRequest,
    load: Load,
    form: forms.Form,
    change: Callable[[User, datetime], str],
    *,
    title: str,
    button: str,
    back: str = "desk:board",
) -> HttpResponse:
    """Show the form, or make the change and say so; a refusal comes back with the input."""
    status = 200
    if request.method == "POST":
        result = _attempt(request, form, change)
        if isinstance(result, str):
            messages.success(request, result)
            return _done(request, back)
        status = result
    context = {"load": load, "form": form, "title": title, "button": button, "back": back}
    is_fragment = request.headers.get("HX-Request")
    template = "desk/board/act.html#act" if is_fragment else "desk/board/act.html"
    return render(request, template, context, status=status)


def _attempt(
    request: HttpRequest, form: forms.Form, change: Callable[[User, datetime], str]
) -> str | int:
    """Return what was done in words, or the status of why it was not."""
    if not form.is_valid():
        return UNPROCESSABLE
    user, at = signed_in(request), timezone.now()
    result = attempt(lambda: change(user, at))
    if isinstance(result, Refusal):
        form.add_error(result.field if result.field in form.fields else None, result.sentence)
        return result.status
    return result


def _done(request: HttpRequest, back: str) -> HttpResponse:
    if not request.headers.get("HX-Request"):
        return redirect(back)
    answer = render(request, "shell/toasts.html", {"swap_oob": True})
    answer["HX-Trigger"] = DONE
    return answer
