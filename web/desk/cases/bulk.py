"""Many cases at once: looked at first, then each decided by itself."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from accounts.models import User
from exceptions.models import Case
from exceptions.operations.assigning import assign_case
from exceptions.operations.waiving import waive_case
from exceptions.rules.kinds import KINDS
from web.access import desk, signed_in
from web.desk.cases.page import colleagues
from web.refusals import Refusal, attempt
from web.templatetags.figures import plural

MOST = 200
ACTIONS = ("assign", "waive")


@dataclass(frozen=True, slots=True)
class Chosen:
    """One selected case, at the version the person sees, and why it will be left alone."""

    case: Case
    obstacle: str


@desk()
@require_POST
def preview(request: HttpRequest, action: str) -> HttpResponse:
    """Show what assigning or waiving the selected cases would do, case by case."""
    _check(action)
    return _preview(request, action, _selected(request))


def _check(action: str) -> None:
    if action not in ACTIONS:
        raise Http404


def _preview(
    request: HttpRequest, action: str, cases: list[Case], *, refusal: str = "", status: int = 200
) -> HttpResponse:
    user = signed_in(request)
    chosen = [Chosen(case, obstacle(case, action, user)) for case in cases]
    if not chosen:
        messages.error(request, "Select cases first.")
        return redirect(_queue(request))
    context = {
        "action": action,
        "chosen": chosen,
        "going": [each for each in chosen if not each.obstacle],
        "colleagues": colleagues(),
        "query": request.GET.urlencode(),
        "refusal": refusal,
    }
    return render(request, "desk/cases/bulk.html", context, status=status)


def obstacle(case: Case, action: str, user: User) -> str:
    """Say why a case will be left alone; empty when it will not."""
    kind = KINDS[case.kind]
    if case.status == Case.Status.CLOSED:
        return "It is closed already."
    if action == "assign":
        return ""
    if not kind.is_waivable:
        return f"It cannot be waived. {kind.advice}"
    return "" if user.has_role(*kind.deciders) else "Your role may not waive it."


@desk()
@require_POST
def carry_out(request: HttpRequest, action: str) -> HttpResponse:
    """Assign or waive the previewed cases, each in a transaction of its own."""
    _check(action)
    user, now = signed_in(request), timezone.now()
    cases = _selected(request)
    to = User.objects.filter(pk=_number(request.POST.get("to", ""))).first()
    reason = request.POST.get("reason", "").strip()[:1000]
    if action == "waive" and not reason:
        return _preview(request, action, cases, refusal="Say why: it stays with each.", status=422)
    versions = {pk: _number(version) for pk, version in _told_versions(request).items()}

    def act(case: Case) -> Callable[[], Any]:
        common: dict[str, Any] = {"by": user.actor, "at": now, "version": versions.get(case.pk)}
        if action == "assign":
            return lambda: assign_case(case, to=to, **common)
        return lambda: waive_case(case, reason=reason, **common)

    results = [attempt(act(case)) for case in cases]
    refusals = [result for result in results if isinstance(result, Refusal)]
    done = len(results) - len(refusals)
    word = "waived" if action == "waive" else f"assigned to {to.name if to else 'the team'}"
    messages.success(request, f"{plural(done, 'case,cases')} {word}")
    for refusal in refusals[:5]:
        messages.error(request, f"Left alone: {refusal.sentence}")
    return redirect(_queue(request))


def _selected(request: HttpRequest) -> list[Case]:
    """Return the ticked cases that the person may see, in the order of their ids."""
    numbers = request.POST.getlist("case")[:MOST]
    cases = Case.objects.for_user(signed_in(request)).filter(number__in=numbers)
    return list(cases.select_related("load", "customer", "assignee").order_by("pk"))


def _told_versions(request: HttpRequest) -> dict[int, str]:
    """Return the version of each case that the preview showed."""
    pairs = (text.partition(":") for text in request.POST.getlist("version"))
    return {_number(pk): version for pk, _, version in pairs}


def _number(text: str) -> int:
    return int(text) if text.isdecimal() and len(text) < 10 else 0


def _queue(request: HttpRequest) -> str:
    query = request.GET.urlencode()
    return f"{reverse('desk:exceptions')}?{query}" if query else reverse("desk:exceptions")
