"""The inbox of tenders: what customers offer, by when they want to know, and the answer."""

from datetime import datetime

from django import forms
from django.contrib import messages
from django.db.models import F
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from django.views.decorators.vary import vary_on_headers

from accounts.models import User
from dispatch.models import Load
from dispatch.operations.answering import accept_tender, decline_tender
from dispatch.queries.loads import offered_loads
from web.access import desk, signed_in
from web.desk.board.acting import act, typed
from web.lists.counts import bounded_count
from web.lookups import find_or_404
from web.refusals import Refusal, attempt

LOADS = Load.objects.select_related("customer")
# An inbox is worked from the top: what is answered makes room for the next.
SHOWN = 100
REASONS = (
    "No truck there that day",
    "No driver with the hours",
    "The rate does not cover it",
    "Equipment not available",
    "The appointment cannot be met",
    "We do not run this lane",
)


class DeclineForm(forms.Form):
    """Why a tender is left, in words that the customer may read."""

    reason = forms.ChoiceField(
        choices=[("", "Choose"), *((words, words) for words in REASONS)],
        widget=forms.Select(attrs={"autofocus": True}), required=False,
    )  # fmt: skip
    words = forms.CharField(label="In other words", max_length=200, required=False)

    def __init__(self, *args: object, **kwargs: object) -> None:
        kwargs["auto_id"] = "decline_%s"
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]

    @property
    def told(self) -> str:
        """Return the reason that was given."""
        return str(self.cleaned_data["words"] or self.cleaned_data["reason"])


@desk()
@require_safe
@vary_on_headers("HX-Request")
def tender_list(request: HttpRequest) -> HttpResponse:
    """Show the tenders that wait for an answer, the most pressing first."""
    waiting = offered_loads(signed_in(request))
    by_deadline = waiting.order_by(F("respond_by").asc(nulls_last=True), "pk")
    context = {
        "loads": by_deadline[:SHOWN],
        "count": bounded_count(waiting),
        "shown": SHOWN,
        "now": timezone.now(),
    }
    is_fragment = request.headers.get("HX-Request")
    template = "desk/tenders/list.html#rows" if is_fragment else "desk/tenders/list.html"
    return render(request, template, context)


@desk()
@require_POST
def accept(request: HttpRequest, number: str) -> HttpResponse:
    """Take the load."""
    load = find_or_404(request, LOADS, number=number)
    by, at = signed_in(request).actor, timezone.now()
    result = attempt(lambda: accept_tender(load, by=by, at=at))
    if isinstance(result, Refusal):
        messages.error(request, result.sentence)
    else:
        messages.success(request, f"Load {number} is accepted")
    return redirect("desk:tenders")


@desk()
@require_http_methods(["GET", "HEAD", "POST"])
@vary_on_headers("HX-Request")
def decline(request: HttpRequest, number: str) -> HttpResponse:
    """Leave the load, for a reason."""
    load = find_or_404(request, LOADS, number=number)
    form = DeclineForm(typed(request))

    def leave(user: User, at: datetime) -> str:
        decline_tender(load, reason=form.told, by=user.actor, at=at)
        return f"Load {load.number} is declined"

    return act(request, load, form, leave, title="Decline", button="Decline", back="desk:tenders")
