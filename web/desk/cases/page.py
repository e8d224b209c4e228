"""One case: what is wrong, the evidence, the way out, and what was done so far."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db.models import Value
from django.db.models.functions import Coalesce
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_headers

from accounts.models import User
from accounts.rules import STAFF_ROLES
from exceptions.models import Case
from exceptions.queries.scoring import reasons_for, with_risk
from exceptions.rules.kinds import KINDS
from web.access import desk, signed_in
from web.actors import Cast
from web.desk.cases.filters import read_filters, rows_of
from web.desk.cases.forms import SnoozeForm
from web.desk.cases.queue import queue_context
from web.desk.cases.resolving import Way, ways_out
from web.lookups import find_or_404
from web.refusals import Refusal


def case_named(request: HttpRequest, number: str) -> Case:
    """Return a case with its risk and stake, or answer 404."""
    rows = Case.objects.select_related("customer", "load", "assignee")
    rows = rows.annotate(stake=Coalesce("value_amount", Value(Decimal(0))))
    return find_or_404(request, with_risk(rows, at=timezone.now()), number=number)


@desk()
@require_safe
def case_queue(request: HttpRequest) -> HttpResponse:
    """Show the queue, what is due first on top and open beside it."""
    context = queue_context(request)
    if rows := context["page"].rows:
        context |= detail_context(request, rows[0], refused=None)
    return render(request, "desk/cases/queue.html", context)


@desk()
@require_safe
@vary_on_headers("HX-Request")
def case_page(request: HttpRequest, number: str) -> HttpResponse:
    """Show one case: beside the queue, or as the fragment that replaces another one."""
    return answer(request, case_named(request, number))


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
    context |= queue_context(request) | {"is_open": True}
    return render(request, "desk/cases/queue.html", context, status=status)


def detail_context(request: HttpRequest, case: Case, *, refused: Way | None) -> dict[str, Any]:
    """Return what the detail side shows."""
    user, now = signed_in(request), timezone.now()
    kind = KINDS[case.kind]
    entries = list(case.entries.order_by("-pk"))
    ways = [refused if way.is_same(refused) else way for way in ways_out(case, user)]
    return {
        "case": case,
        "kind": kind,
        "ways": ways,
        "can_waive": kind.is_waivable
        and user.has_role(*kind.deciders)
        and case.status == Case.Status.OPEN,
        "may_decide": user.has_role(*kind.deciders),
        "entries": entries,
        "cast": Cast([*(entry.by for entry in entries), case.closed_by]),
        "siblings": siblings(case),
        "neighbours": neighbours(request, case, at=now),
        "points": reasons_for(case, at=now) if case.status == Case.Status.OPEN else [],
        "colleagues": colleagues(),
        "query": request.GET.urlencode(),
        "is_snoozed": case.snoozed_until is not None and case.snoozed_until > now,
        "way_to_edit": next(
            (way for way in ways if way and way.is_allowed and way.form.told), None
        ),
        "snooze_form": SnoozeForm(),
    }


def siblings(case: Case) -> list[Case]:
    """Return the other open cases of the same load."""
    if case.load_id is None:
        return []
    same = Case.objects.filter(load=case.load_id, status=Case.Status.OPEN).exclude(pk=case.pk)
    return list(same.order_by("due_at", "pk")[:6])


def neighbours(request: HttpRequest, case: Case, *, at: datetime) -> dict[str, str]:
    """Return the numbers of the cases before and after this one in the view it was opened from."""
    asked = read_filters(request.GET)
    rows, order = rows_of(asked.view, person=signed_in(request), at=at), asked.ordering
    place = order.values(case)

    def nearest(*, is_reversed: bool) -> str:
        beyond = rows.filter(order.beyond(place, is_reversed=is_reversed))
        sorted_rows = beyond.order_by(*order.names(is_reversed=is_reversed))
        return sorted_rows.values_list("number", flat=True).first() or ""

    return {"next": nearest(is_reversed=False), "previous": nearest(is_reversed=True)}


def next_case(request: HttpRequest, case: Case) -> str:
    """Return the number of the case to go on with after this one; empty when it is the last."""
    around = neighbours(request, case, at=timezone.now())
    return around["next"] or around["previous"]


def colleagues() -> list[User]:
    """Return those who can be given a case, by name."""
    people = User.objects.filter(is_active=True, groups__name__in=STAFF_ROLES)
    return list(people.distinct().order_by("name"))
