"""The list side of the review queue."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db.models import Count, Q, Sum
from django.http import HttpRequest
from django.utils import timezone

from accounts.models import User
from exceptions.models import Case
from exceptions.queries.queue import View, is_awake
from web.access import signed_in
from web.desk.cases.filters import SORTS, VIEWS, Asked, read_filters, rows_of
from web.lists.addresses import Tab, address_with
from web.lists.counts import bounded_counts, shown
from web.lists.keyset import paginate

PAGE_SIZE = 40


@dataclass(frozen=True, slots=True)
class Stake:
    """What the open cases of one currency are worth."""

    currency: str
    amount: Decimal
    cases: int
    late: int


def queue_context(request: HttpRequest) -> dict[str, Any]:
    """Return what the list shows; the detail beside it is added by its own page."""
    user, now = signed_in(request), timezone.now()
    asked = read_filters(request.GET)
    rows = rows_of(asked.view, person=user, at=now)
    page = paginate(
        rows, ordering=asked.ordering, cursor=asked.after, size=PAGE_SIZE, is_computed=True
    )
    tabs = view_tabs(request, asked, user=user, at=now)
    found = stakes(user, at=now)
    left = sum(stake.cases for stake in found)
    cleared = int("".join(filter(str.isdigit, tabs[-1].count)))
    return {
        "view": asked.view.value,
        "tabs": tabs,
        "sorts": sort_tabs(request, asked),
        "page": page,
        "next_href": address_with(request, after=page.next) if page.next else "",
        "previous_href": address_with(request, after=page.previous) if page.previous else "",
        "query": request.GET.urlencode(),
        "stakes": found,
        "left": left,
        "share_cleared": cleared * 100 // (cleared + left) if cleared else 0,
        "cleared": tabs[-1].count,
    }


def view_tabs(request: HttpRequest, asked: Asked, *, user: User, at: datetime) -> list[Tab]:
    """Return the views of the queue with their bounded counts, of one statement."""
    counts = bounded_counts([rows_of(view, person=user, at=at) for view in VIEWS])
    return [
        Tab(
            words,
            shown(count),
            address_with(request, view="" if view is View.TEAM else view.value),
            is_current=view is asked.view,
            is_hot=is_hot,
        )
        for (view, (words, is_hot)), count in zip(VIEWS.items(), counts, strict=True)
    ]


def sort_tabs(request: HttpRequest, asked: Asked) -> list[Tab]:
    """Return the orders the queue can be read in."""
    return [
        Tab(words, "", address_with(request, sort=sort.value), is_current=sort is asked.sort)
        for sort, words in SORTS.items()
    ]


def stakes(user: User, *, at: datetime) -> list[Stake]:
    """Return what waits, what it is worth and what is late, by currency, in one query.

    A case that is put away until later waits for nobody now.
    """
    rows = (
        Case.objects.for_user(user)
        .filter(is_awake(at), status=Case.Status.OPEN)
        .values("currency")
        .annotate(
            amount=Sum("value_amount", default=0),
            cases=Count("pk"),
            late=Count("pk", filter=Q(due_at__lt=at)),
        )
        .order_by("currency")
    )
    return [Stake(**row) for row in rows]
