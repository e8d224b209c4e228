"""Cases as partner systems of the carrier are told of them."""

from datetime import datetime
from typing import Any

from django.db.models import Prefetch

from accounts.models import Principal, ScopedQuerySet
from exceptions.models import Case, CaseEntry
from exceptions.queries.scoring import with_risk

ENTRIES = Prefetch("entries", CaseEntry.objects.order_by("id"))


def listed_cases(principal: Principal | Any, *, at: datetime) -> ScopedQuerySet[Case]:
    """Return the cases with their risk at `at`; a customer's key is told of none.

    What the carrier's people say about a customer among themselves is not for the customer.
    """
    cases = Case.objects.for_user(principal).select_related("customer", "load", "assignee")
    if principal.customer_ids is not None:
        return cases.none()
    return with_risk(cases, at=at)


def told_cases(principal: Principal | Any, *, at: datetime) -> ScopedQuerySet[Case]:
    """Return the same cases with their trail."""
    return listed_cases(principal, at=at).prefetch_related(ENTRIES)
