"""The views of the board: a name for filters, columns, order and density.

Those of the house are always there and nobody can change them.
"""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q, QuerySet
from django.http import QueryDict

from accounts.models import User
from dispatch.models import Load
from dispatch.queries.attention import ACTIVE
from dispatch.rules.attention import Attention
from web.desk.board.filters import RISK, BoardFilters

# What a view keeps of an address: its filters, and how they are shown.
SEARCH = "q"


@dataclass(frozen=True, slots=True)
class View:
    """One view: where it stands in the address, and the address that it stands for."""

    slug: str
    name: str
    state: str = ""
    is_hot: bool = False
    is_first: bool = False

    @property
    def address(self) -> str:
        """Return the query string that shows the view."""
        query = QueryDict(self.state, mutable=True)
        query["view"] = self.slug
        return query.urlencode()

    def loads(self, loads: QuerySet[Load], *, at: datetime, zone: str) -> QuerySet[Load]:
        """Return the active loads in the view, to be counted."""
        filters = BoardFilters(QueryDict(self.state), loads, at=at, zone=zone)
        found: QuerySet[Load] = filters.qs
        wants_delivered = filters.data.get("attention") == Attention.NO_POD
        return found if wants_delivered else found.filter(Q(watch__phase__in=ACTIVE))


HOUSE = [
    View("active", "All active", is_first=True),
    View("risk", "At risk", f"attention={RISK}", is_hot=True),
    View("detention", "Detention running", f"attention={Attention.DETENTION}", is_hot=True),
    View("unassigned", "Unassigned", f"attention={Attention.UNASSIGNED}"),
    View("no-pod", "Delivered, no POD", f"attention={Attention.NO_POD}"),
]


def views_for(_user: User) -> list[View]:
    """Return the views a person can turn to."""
    return list(HOUSE)
