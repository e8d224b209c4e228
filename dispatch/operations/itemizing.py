"""Lay the items of a plan out as rows: what a load carries, line by line."""

from collections.abc import Sequence
from dataclasses import asdict
from decimal import Decimal
from typing import Any

from dispatch.events import ItemFacts, LoadFacts
from dispatch.models import Load, LoadItem
from dispatch.operations.routing import PlanError, check_amounts, check_texts

TEXTS = ("description", "freight_class")
INCHES = ("length_in", "width_in", "height_in")
AMOUNTS = ("weight_lb", "pieces", *INCHES)
COLUMNS = (*TEXTS, *AMOUNTS, "is_stackable")
MOST_ITEMS = 500
# Longer than any trailer: beyond it somebody mistook the unit.
MOST_INCHES = Decimal(1000)
MOST_FEET = Decimal(1000)
Laid = tuple[list[dict[str, Any]], list[dict[str, Any]]]


def check_freight(facts: LoadFacts) -> None:
    """Raise `PlanError` at the first thing about the freight that makes no sense."""
    if facts.linear_feet is not None and facts.linear_feet > MOST_FEET:
        raise PlanError("too_large", f"linear_feet is at most {MOST_FEET}.", field="linear_feet")
    _check_items(facts.items)


def _check_items(items: Sequence[ItemFacts]) -> None:
    if len(items) > MOST_ITEMS:
        raise PlanError("too_many", f"A load has at most {MOST_ITEMS} items.", field="items")
    for place, item in enumerate(items):
        prefix = f"items.{place}."
        check_texts(item, LoadItem, TEXTS, prefix=prefix)
        check_amounts(item, AMOUNTS, prefix=prefix)
        _check_sizes(item, prefix)


def _check_sizes(item: ItemFacts, prefix: str) -> None:
    for name in ("pieces", *INCHES):
        size = getattr(item, name)
        if size is not None and size <= 0:
            raise PlanError("not_positive", f"{name} is above 0, or not told.", field=prefix + name)
        if name in INCHES and size is not None and size > MOST_INCHES:
            raise PlanError("too_large", f"{name} is at most {MOST_INCHES}.", field=prefix + name)


def lay_items(load: Load, items: Sequence[ItemFacts]) -> Laid | None:
    """Make the items of a locked load those of a plan; return the old and the new, if they differ.

    Nothing hangs on an item's row, so a changed list is written anew.
    """
    rows = LoadItem.objects.filter(load=load)
    old = list(rows.order_by("line").values(*COLUMNS))
    new = [asdict(item) for item in items]
    if old == new:
        return None
    rows.delete()
    LoadItem.objects.bulk_create(
        LoadItem(load=load, customer_id=load.customer_id, line=line, **columns)
        for line, columns in enumerate(new, start=1)
    )
    return old, new
