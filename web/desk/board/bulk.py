"""One thing done to many loads: what is chosen, what will happen, and then its doing.

The preview and the doing ask the same question of the same loads, so that what is said before the
click is what the click does. Events are told to all loads in one go or to none.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe
from django.views.decorators.vary import vary_on_headers

from dispatch.events import MilestoneFacts
from dispatch.models import Load, Milestone
from dispatch.operations.planning import assign_carrier
from dispatch.operations.tracking import Telling, add_milestones_many
from web.access import desk, signed_in
from web.desk.board.acting import DONE, SOURCE, typed
from web.desk.board.bands import read_page
from web.desk.board.forms import AssignForm
from web.desk.board.sheet import Sheet
from web.refusals import UNPROCESSABLE, Refusal, attempt
from web.templatetags.figures import plural
from web.templatetags.statuses import look_of

# More at once is a job and no click.
MOST = 500
Kind = Milestone.Kind
Status = Load.Status
BEFORE = frozenset({Status.PLANNED, Status.ACCEPTED, Status.DISPATCHED})
MOVING = frozenset({Status.AT_PICKUP, Status.IN_TRANSIT, Status.AT_DELIVERY})
# What many loads can be told at once, and in which states it makes sense.
TELLABLE: dict[str, frozenset[str]] = {
    Kind.DISPATCHED: frozenset({Status.PLANNED, Status.ACCEPTED}),
    Kind.DELAYED: BEFORE | MOVING,
    Kind.CHECK_CALL: BEFORE | MOVING,
    Kind.CANCELLED: BEFORE | {Status.TENDERED},
}
NEEDS_NOTE = frozenset({Kind.CANCELLED, Kind.CHECK_CALL, Kind.DELAYED})


class TellForm(forms.Form):
    """What happened to all of them."""

    kind = forms.ChoiceField(
        label="What happened",
        choices=[(kind, Kind(kind).label) for kind in TELLABLE],
        widget=forms.Select(
            attrs={"hx-include": "[name=chosen], [name=note]", "hx-target": "#act-body"}
        ),
    )
    note = forms.CharField(max_length=500, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs["auto_id"] = "tell_%s"
        super().__init__(*args, **kwargs)
        self.fields["kind"].widget.attrs["hx-get"] = reverse("desk:bulk_tell")

    def clean(self) -> dict[str, Any]:
        """Ask for a word where the fact is none without."""
        told = super().clean() or {}
        if told.get("kind") in NEEDS_NOTE and not told.get("note"):
            self.add_error("note", "Say why: it stays with every load.")
        return told


@dataclass(frozen=True, slots=True)
class Choice:
    """The loads that were chosen, and the address that chooses them again."""

    loads: list[Load]
    address: str
    total: str
    is_all: bool
    everything: str = ""

    @property
    def is_cut(self) -> bool:
        """Tell whether the view holds more than is done at once."""
        return int("".join(filter(str.isdigit, self.total))) > MOST

    def split(self, states: frozenset[str]) -> tuple[list[Load], str]:
        """Return the loads in one of these states, and in words why the others stay."""
        fitting = [load for load in self.loads if load.status in states]
        others = Counter(load.status for load in self.loads if load.status not in states)
        why = (
            f"{count} {look_of('load', status).word.lower()}" for status, count in others.items()
        )
        return fitting, ", ".join(why)


@desk()
@require_safe
@vary_on_headers("HX-Request")
def bar(request: HttpRequest) -> HttpResponse:
    """Say how many loads are chosen and what can be done to them."""
    choice = read_choice(request, request.GET)
    is_fragment = request.headers.get("HX-Request")
    template = "desk/board/bulk.html" if is_fragment else "desk/board/bulk_page.html"
    return render(request, template, {"choice": choice, "most": MOST})


@desk()
@require_http_methods(["GET", "HEAD", "POST"])
@vary_on_headers("HX-Request")
def assign_many(request: HttpRequest) -> HttpResponse:
    """Give all chosen loads that have not been picked up to somebody."""
    choice = read_choice(request, request.POST if request.method == "POST" else request.GET)
    loads, others = choice.split(BEFORE)
    form = AssignForm(typed(request))

    def give(by: str, at: datetime) -> str:
        told = form.cleaned_data
        for load in loads:
            assign_carrier(
                load, carrier=told["carrier"], driver=told["driver"], truck=told["truck"],
                by=by, at=at,
            )  # fmt: skip
        return f"{plural(len(loads), 'load,loads')} assigned to {told['driver'] or told['carrier']}"

    sentence = f"{plural(len(loads), 'load is,loads are')} assigned"
    return _draw(request, choice, form, give, title="Assign", preview=(loads, sentence, others))


@desk()
@require_http_methods(["GET", "HEAD", "POST"])
@vary_on_headers("HX-Request")
def tell_many(request: HttpRequest) -> HttpResponse:
    """Tell all chosen loads that it makes sense for what happened."""
    data = request.POST if request.method == "POST" else request.GET
    choice = read_choice(request, data)
    kind = data.get("kind") or Kind.DISPATCHED
    if kind not in TELLABLE:
        raise BadRequest("Many loads cannot be told that.")
    loads, others = choice.split(TELLABLE[kind])
    form = TellForm(typed(request), initial={"kind": kind, "note": data.get("note", "")})

    def tell(by: str, at: datetime) -> str:
        told = form.cleaned_data
        fact = MilestoneFacts(
            kind=told["kind"], occurred_at=at, detail={"note": told["note"]} if told["note"] else {}
        )
        add_milestones_many([Telling(load, [fact], SOURCE, by) for load in loads], at=at)
        return f"{Kind(told['kind']).label} told to {plural(len(loads), 'load,loads')}"

    sentence = f"{plural(len(loads), 'load is,loads are')} told: {Kind(kind).label.lower()}"
    return _draw(request, choice, form, tell, title="Tell", preview=(loads, sentence, others))


def read_choice(request: HttpRequest, data: QueryDict) -> Choice:
    """Read which loads are chosen: those named, or all that the view holds.

    Raises BadRequest for more than can be done at once.
    """
    address = QueryDict(str(data["chosen"]), mutable=True) if "chosen" in data else data.copy()
    numbers, is_all = address.pop("load", []), bool(address.pop("all", []))
    for name in ("kind", "note", "after"):
        address.pop(name, None)
    if len(numbers) > MOST:
        raise BadRequest(f"At most {MOST} loads are done at once.")
    sheet = Sheet(request, at=timezone.now(), path=reverse("desk:board"), address=address)
    if is_all:
        places = read_page(sheet.found, sheet.parts, size=MOST).places
        loads = sheet.loads.filter(pk__in=[place.load_id for place in places])
    else:
        loads = sheet.loads.filter(number__in=numbers)
    again = QueryDict(mutable=True)
    if is_all:
        again["all"] = "1"
    else:
        again.setlist("load", numbers)
    state = address.urlencode()
    return Choice(
        loads=list(loads.order_by("pk")),
        address=_joined(state, again.urlencode()),
        total=sheet.total,
        is_all=is_all,
        everything=_joined(state, "all=1"),
    )


def _joined(*parts: str) -> str:
    return "&".join(part for part in parts if part)


def _draw(
    request: HttpRequest,
    choice: Choice,
    form: forms.Form,
    change: Any,
    *,
    title: str,
    preview: tuple[Sequence[Load], str, str],
) -> HttpResponse:
    """Show what will happen, or do it; a refusal undoes everything and keeps the input."""
    loads, sentence, others = preview
    status = 200
    if request.method == "POST":
        done = _attempt(request, form, change) if loads else UNPROCESSABLE
        if isinstance(done, str):
            messages.success(request, done)
            return _done(request)
        status = done
    context = {
        "choice": choice, "form": form, "title": title, "loads": loads, "sentence": sentence,
        "others": others,
    }  # fmt: skip
    is_fragment = request.headers.get("HX-Request")
    template = "desk/board/bulk_act.html#act" if is_fragment else "desk/board/bulk_act.html"
    return render(request, template, context, status=status)


def _attempt(request: HttpRequest, form: forms.Form, change: Any) -> str | int:
    if not form.is_valid():
        return UNPROCESSABLE
    by, at = signed_in(request).actor, timezone.now()
    result = attempt(lambda: change(by, at))
    if isinstance(result, Refusal):
        form.add_error(result.field if result.field in form.fields else None, result.sentence)
        return result.status
    return str(result)


def _done(request: HttpRequest) -> HttpResponse:
    if not request.headers.get("HX-Request"):
        return redirect("desk:board")
    answer = render(request, "shell/toasts.html", {"swap_oob": True})
    answer["HX-Trigger"] = f"{DONE}, cleared"
    return answer
