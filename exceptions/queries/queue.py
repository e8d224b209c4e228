"""The review queue: its views, and the orders it is read in."""

from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from django.db.models import Q, Value
from django.db.models.functions import Coalesce

from accounts.models import ScopedQuerySet, User
from exceptions.models import Case
from exceptions.queries.scoring import with_risk

Rows = ScopedQuerySet[Case]


class View(StrEnum):
    """What a person looks at."""

    MINE = "mine"
    UNASSIGNED = "unassigned"
    TEAM = "team"
    LATE = "late"
    SNOOZED = "snoozed"
    CLEARED = "cleared"


class Sort(StrEnum):
    """In which order."""

    RISK = "risk"
    VALUE = "value"
    DUE = "due"


# Column and direction; the id breaks ties the same way, as keyset paging needs.
ORDERINGS: dict[Sort, tuple[str, bool]] = {
    Sort.RISK: ("risk", True),
    Sort.VALUE: ("stake", True),
    Sort.DUE: ("due_at", False),
}


def cases_in(view: View, *, person: User, at: datetime, day_began_at: datetime) -> Rows:
    """Return the cases of one view as `person` sees it at `at`, ready for a page.

    `day_began_at` is the midnight on the person's clock from which "cleared today" counts. Each
    case carries `risk` and `stake` (its value, 0 when unknown) to be sorted by.
    """
    cases = Case.objects.for_user(person).select_related("customer", "load", "assignee")
    return with_risk(_kept(cases, view, person=person, at=at, day_began_at=day_began_at), at=at)


def is_awake(at: datetime) -> Q:
    """Return the condition of a case that is not put away until later than `at`."""
    return Q(snoozed_until=None) | Q(snoozed_until__lte=at)


def _kept(cases: Rows, view: View, *, person: User, at: datetime, day_began_at: datetime) -> Rows:
    cases = cases.annotate(stake=Coalesce("value_amount", Value(Decimal(0))))
    if view == View.CLEARED:
        return cases.filter(status=Case.Status.CLOSED, closed_at__gte=day_began_at)
    waiting = cases.filter(status=Case.Status.OPEN)
    if view == View.SNOOZED:
        return waiting.filter(snoozed_until__gt=at)
    waiting = waiting.filter(is_awake(at))
    if view == View.MINE:
        return waiting.filter(assignee=person)
    if view == View.UNASSIGNED:
        return waiting.filter(assignee=None)
    return waiting.filter(due_at__lt=at) if view == View.LATE else waiting


def ordered(cases: Rows, sort: Sort) -> Rows:
    """Return `cases` of a view in the order of `sort`."""
    column, is_descending = ORDERINGS[sort]
    sign = "-" if is_descending else ""
    return cases.order_by(f"{sign}{column}", f"{sign}pk")
