"""Loads as they are shown and listed."""

from typing import Any

from django.db.models import Prefetch, QuerySet

from accounts.models import Principal
from dispatch.models import Load, LoadItem, Milestone, Reference, Stop, Watch

REFERENCES = Prefetch("references", Reference.objects.order_by("kind", "value_key"))
STOPS = Prefetch("stops", Stop.objects.order_by("sequence"))
ITEMS = Prefetch("items", LoadItem.objects.order_by("line"))
MILESTONES = Prefetch(
    "milestones", Milestone.objects.select_related("stop").order_by("occurred_at", "id")
)


def listed_loads(principal: Principal | Any) -> QuerySet[Load]:
    """Return the loads that `principal` may see, each with its references: two statements."""
    loads = Load.objects.for_user(principal).select_related("customer", "carrier", "driver")
    return loads.prefetch_related(REFERENCES)


def told_loads(principal: Principal | Any) -> QuerySet[Load]:
    """Return the same loads with their stops, their items and all that was told about them."""
    return listed_loads(principal).prefetch_related(STOPS, ITEMS, MILESTONES)


def offered_loads(principal: Principal | Any) -> QuerySet[Load]:
    """Return the loads that wait for an answer to their customer."""
    offered = Load.objects.for_user(principal).filter(watch__phase=Watch.Phase.OFFERED)
    return offered.select_related("customer")
