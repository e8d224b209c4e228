"""Which loads stand on one invoice: a pure function of the customer's terms and the loads."""

from collections.abc import Hashable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar
from zoneinfo import ZoneInfo

PER_LOAD, PER_PO, PER_WEEK, TOGETHER = "PER_LOAD", "PER_PO", "PER_WEEK", "TOGETHER"


@dataclass(frozen=True, slots=True, kw_only=True)
class Groupable:
    """One load that can be billed, with what decides where it goes.

    `orders` are its PO numbers, `over_at` the instant its work ended, `timezone` the customer's.
    """

    load_id: int
    customer_id: int
    currency: str
    grouping: str
    orders: tuple[str, ...] = ()
    over_at: datetime | None = None
    timezone: str = "UTC"

    @property
    def mates(self) -> Hashable:
        """Return what loads of one invoice have in common, beyond customer and currency."""
        if self.grouping == TOGETHER:
            return None
        if self.grouping == PER_PO and self.orders:
            return tuple(sorted(self.orders))
        if self.grouping == PER_WEEK and self.over_at:
            return self.over_at.astimezone(ZoneInfo(self.timezone)).isocalendar()[:2]
        return self.load_id


Item = TypeVar("Item")


def group_loads(loads: Iterable[tuple[Groupable, Item]]) -> list[list[Item]]:
    """Return the items of each invoice, invoices and items in the order they came.

    A load whose PO or day is not known goes alone, and so does each of a customer billed per load.
    """
    found: dict[Hashable, list[Item]] = {}
    for load, item in loads:
        key = (load.customer_id, load.currency, load.mates)
        found.setdefault(key, []).append(item)
    return list(found.values())
