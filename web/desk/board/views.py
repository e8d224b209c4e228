"""The views of the board: a name for filters, columns, order and density.

Those of the house are always there and nobody can change them. A person keeps more, for oneself or
for everybody.
"""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q, QuerySet
from django.http import QueryDict

from accounts.models import User
from accounts.rules import Role
from dispatch.models import Load
from dispatch.queries.attention import ACTIVE, on_watches
from dispatch.rules.attention import Attention
from web.desk.board.filters import RISK, BoardFilters, attention_condition
from web.models import SavedView

PAGE = "board"
SEARCH = "q"
# What a view keeps of an address: its filters, and how they are shown.
KEPT = (
    *(name for name in BoardFilters.base_filters if name != SEARCH),
    "order",
    "columns",
    "density",
)
# More would not be found again.
MOST_VIEWS = 20


@dataclass(frozen=True, slots=True)
class View:
    """One view: where it stands in the address, and the address that it stands for."""

    slug: str
    name: str
    state: str = ""
    is_hot: bool = False
    is_first: bool = False
    is_mine: bool = False
    is_shared: bool = False

    @property
    def pk(self) -> int:
        """Return the id of a view that somebody keeps."""
        return int(self.slug.removeprefix("v"))

    @property
    def address(self) -> str:
        """Return the query string that shows the view."""
        query = QueryDict(self.state, mutable=True)
        query["view"] = self.slug
        return query.urlencode()

    def watches(self, *, at: datetime) -> Q | None:
        """Return the view as a condition on watches, if it asks of nothing else."""
        state = QueryDict(self.state)
        if any(state.get(name) for name in BoardFilters.base_filters if name != "attention"):
            return None
        if attention := state.get("attention"):
            return on_watches(attention_condition(attention, at=at))
        return Q(phase__in=ACTIVE)

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


def views_for(user: User) -> list[View]:
    """Return the views a person can turn to: the house's, then those kept, by name."""
    kept = SavedView.objects.filter(Q(owner=user) | Q(is_shared=True), page=PAGE)
    return [*HOUSE, *(_view(each, user) for each in kept.order_by("name", "pk")[:MOST_VIEWS])]


def _view(kept: SavedView, user: User) -> View:
    return View(
        f"v{kept.pk}",
        kept.name,
        kept.state,
        is_mine=may_change(kept, user),
        is_shared=kept.is_shared,
    )


def may_change(kept: SavedView, user: User) -> bool:
    """Tell whether a person may change a view: its owner, and administrators those for all."""
    return kept.owner_id == user.pk or (kept.is_shared and user.has_role(Role.ADMINISTRATOR))


def state_of(address: QueryDict) -> str:
    """Return what a view keeps of an address."""
    state = QueryDict(mutable=True)
    for name in KEPT:
        if values := [value for value in address.getlist(name) if value]:
            state.setlist(name, values)
    return state.urlencode()
