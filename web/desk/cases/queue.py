"""The review queue: the list stays, the detail swaps."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db.models import Count, Q, Sum
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.models import User
from exceptions.models import Case
from web.access import desk, signed_in
from web.desk.cases.filters import VIEWS, CaseFilters, cases_in, read_filters
from web.lists.addresses import Tab, address_with
from web.lists.counts import bounded_count
from web.lists.keyset import Ordering, paginate

DUE_FIRST = Ordering("due_at", is_descending=False)


@dataclass(frozen=True, slots=True)
class Stake:
    """What the open cases of one currency are worth."""

    currency: str
    amount: Decimal
    cases: int
    late: int


@desk()
@require_safe
def case_queue(request: HttpRequest) -> HttpResponse:
    """Show the queue, what is due first on top."""
    return render(request, "desk/cases/queue.html", queue_context(request))


def queue_context(request: HttpRequest) -> dict[str, Any]:
    """Return what the list side of the queue shows; the detail side is added by its own page."""
    user, now = signed_in(request), timezone.now()
    filters = read_filters(request.GET)
    view = filters.cleaned_data["view"]
    rows = cases_in(view, user=user, at=now).select_related("customer", "load", "assignee")
    page = paginate(rows, ordering=DUE_FIRST, cursor=filters.cleaned_data["after"], size=40)
    cleared = bounded_count(cases_in("cleared", user=user, at=now))
    return {
        "view": view,
        "tabs": tabs(request, filters, user=user, at=now, cleared=cleared),
        "page": page,
        "next_href": address_with(request, after=page.next) if page.next else "",
        "previous_href": address_with(request, after=page.previous) if page.previous else "",
        "query": request.GET.urlencode(),
        "stakes": stakes(user, at=now),
        "cleared": cleared,
    }


def tabs(
    request: HttpRequest, filters: CaseFilters, *, user: User, at: datetime, cleared: str
) -> list[Tab]:
    """Return the views of the queue with their bounded counts."""
    current = filters.cleaned_data["view"]
    counts = {
        view: cleared if view == "cleared" else bounded_count(cases_in(view, user=user, at=at))
        for view in VIEWS
    }
    return [
        Tab(words, counts[view], address_with(request, view=view), view == current, is_hot=is_hot)
        for view, (words, is_hot) in VIEWS.items()
    ]


def stakes(user: User, *, at: datetime) -> list[Stake]:
    """Return what is open, what it is worth and what is late, by currency, in one query."""
    rows = (
        Case.objects.for_user(user)
        .filter(status=Case.Status.OPEN)
        .values("currency")
        .annotate(
            amount=Sum("value_amount", default=0),
            cases=Count("pk"),
            late=Count("pk", filter=Q(due_at__lt=at)),
        )
        .order_by("currency")
    )
    return [Stake(**row) for row in rows]
