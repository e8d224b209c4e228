"""One case: what is wrong, the evidence, the way out, and what was done so far."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_headers

from accounts.models import User
from accounts.rules import STAFF_ROLES
from exceptions.models import Case
from exceptions.rules.kinds import KINDS
from web.access import desk, signed_in
from web.actors import Cast
from web.desk.cases.filters import cases_in, read_filters
from web.desk.cases.queue import queue_context
from web.desk.cases.resolving import Way, ways_out
from web.lookups import find_or_404
from web.refusals import Refusal

CASES = Case.objects.select_related("customer", "load", "assignee")


@desk()
@require_safe
@vary_on_headers("HX-Request")
def case_page(request: HttpRequest, number: str) -> HttpResponse:
    """Show one case: beside the queue, or as the fragment that replaces another one."""
    case = find_or_404(request, CASES, number=number)
    return answer(request, case)


def answer(
    request: HttpRequest,
    case: Case,
    *,
    way: Way | None = None,
    refusal: Refusal | None = None,
) -> HttpResponse:
    """Draw a case; `way` carries a form that was refused with its input, `refusal` why."""
    status = 200
    if refusal or way:
        status = 409 if refusal and refusal.is_conflict else 422
    context = detail_context(request, case, refused=way) | {"refusal": refusal}
    if request.headers.get("HX-Request"):
        return render(request, "desk/cases/detail.html", context, status=status)
    return render(request, "desk/cases/queue.html", queue_context(request) | context, status=status)


def detail_context(request: HttpRequest, case: Case, *, refused: Way | None) -> dict[str, Any]:
    """Return what the detail side shows."""
    user = signed_in(request)
    kind = KINDS[case.kind]
    entries = list(case.entries.order_by("-pk"))
    ways = [refused if way.is_same(refused) else way for way in ways_out(case, user)]
    return {
        "case": case,
        "kind": kind,
        "ways": ways,
        "can_waive": user.has_role(*kind.deciders) and case.status == Case.Status.OPEN,
        "may_decide": user.has_role(*kind.deciders),
        "entries": entries,
        "cast": Cast([*(entry.by for entry in entries), case.closed_by]),
        "siblings": siblings(case),
        "neighbours": neighbours(request, case),
        "colleagues": colleagues(),
        "query": request.GET.urlencode(),
    }


def siblings(case: Case) -> list[Case]:
    """Return the other open cases of the same load."""
    if case.load_id is None:
        return []
    same = Case.objects.filter(load=case.load_id, status=Case.Status.OPEN).exclude(pk=case.pk)
    return list(same.order_by("due_at", "pk")[:6])


def neighbours(request: HttpRequest, case: Case) -> dict[str, str]:
    """Return the numbers of the cases before and after this one in the view it was opened from."""
    view = read_filters(request.GET).cleaned_data["view"]
    cases = cases_in(view, user=signed_in(request), at=timezone.now())
    later = cases.filter(due_at__gte=case.due_at).exclude(due_at=case.due_at, pk__lte=case.pk)
    earlier = cases.filter(due_at__lte=case.due_at).exclude(due_at=case.due_at, pk__gte=case.pk)
    return {
        "next": _first_number(later.order_by("due_at", "pk")),
        "previous": _first_number(earlier.order_by("-due_at", "-pk")),
    }


def _first_number(cases: Any) -> str:
    return cases.values_list("number", flat=True).first() or ""


def colleagues() -> list[User]:
    """Return those who can be given a case, by name."""
    people = User.objects.filter(is_active=True, groups__name__in=STAFF_ROLES)
    return list(people.distinct().order_by("name"))
