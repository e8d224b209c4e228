"""Telling a load what happened."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_POST

from dispatch.events import MilestoneFacts
from dispatch.models import Milestone
from dispatch.operations.tracking import add_milestones
from web.access import desk, signed_in
from web.desk.loads.forms import EventForm
from web.desk.loads.page import LOADS, answer
from web.desk.loads.particulars import detail_of
from web.lookups import find_or_404
from web.refusals import Refusal, attempt

SOURCE = "desk"


@desk()
@require_POST
def add_event(request: HttpRequest, number: str) -> HttpResponse:
    """Add one milestone; the same one told twice is one."""
    user = signed_in(request)
    load = find_or_404(request, LOADS, number=number)
    form = EventForm(request.POST, load=load, timezone=user.timezone)
    if not form.is_valid():
        return answer(request, load, event=form, status=422)
    fact = facts_from(form)
    result = attempt(
        lambda: add_milestones(load, facts=[fact], source=SOURCE, by=user.actor, at=timezone.now())
    )
    if isinstance(result, Refusal):
        form.add_error(None, result.sentence)
        return answer(request, load, event=form, status=result.status)
    words = Milestone.Kind(fact.kind).label
    if result.added:
        messages.success(request, f"{words} added to load {load.number}")
    else:
        messages.info(request, f"{words} was on load {load.number} already; nothing was added")
    return redirect("desk:load", load.number)


def facts_from(form: EventForm) -> MilestoneFacts:
    """Return the canonical fact of a valid form."""
    told = form.cleaned_data
    offset = told["occurred_at"].utcoffset()
    return MilestoneFacts(
        kind=told["kind"],
        occurred_at=told["occurred_at"],
        source_offset_minutes=int(offset.total_seconds() // 60) if offset is not None else None,
        stop_sequence=told["stop"].sequence if told["stop"] else None,
        detail=detail_of(told),
    )
