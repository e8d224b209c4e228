"""Where staff can go: only what exists is listed, and only to those who may go there."""

from dataclasses import dataclass

from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from accounts.rules import Role
from dispatch.models import Watch
from dispatch.queries.attention import ACTIVE
from exceptions.models import Case
from exceptions.queries.queue import is_awake
from web.desk.integrations.letters import DEAD_LETTERS
from web.lists.counts import bounded_counts, shown


@dataclass(frozen=True, slots=True)
class Place:
    """A page of the desk: its words, view, icon, the key after g, and who may open it."""

    label: str
    view: str
    icon: str
    key: str = ""
    roles: tuple[Role, ...] = ()

    def is_open_to(self, user: User) -> bool:
        """Tell whether `user` may open it; without roles all staff may."""
        return not self.roles or user.has_role(*self.roles)


@dataclass(frozen=True, slots=True)
class Item:
    """One entry: where it goes, its icon, the key after g, and a count that asks for work."""

    label: str
    href: str
    icon: str
    key: str = ""
    count: str = ""
    is_current: bool = False
    is_hot: bool = True


@dataclass(frozen=True, slots=True)
class Group:
    """Entries of one kind of work."""

    title: str
    items: tuple[Item, ...]


# The map of the desk: the navigation, the palette, `g` and the first page are read from it.
PLACES: dict[str, tuple[Place, ...]] = {
    "Operate": (
        Place("Board", "desk:board", "board", "b"),
        Place("Tenders", "desk:tenders", "clock", "t"),
        Place("Loads", "desk:loads", "truck", "l"),
        Place("Exceptions", "desk:exceptions", "inbox", "e"),
    ),
    "Bill": (
        Place("Workbench", "desk:workbench", "stackd", "w"),
        Place("Invoices", "desk:invoices", "invoice", "i"),
    ),
    "Rate": (
        Place("Rate cards", "desk:rates", "tag", "r"),
        Place("Fuel tables", "desk:fuel", "fuel", "f"),
    ),
    "Insight": (Place("Dashboard", "desk:dashboard", "chart", "d"),),
    "Platform": (
        Place("Integrations", "desk:integrations", "plug", "p"),
        Place("Settings", "desk:settings", "gear", "s"),
    ),
}
# Counts that say how much there is, not that somebody must act.
CALM = frozenset({"desk:board"})


def places_for(user: User) -> dict[str, list[Place]]:
    """Return the places that `user` may open, by group."""
    return {
        title: [place for place in places if place.is_open_to(user)]
        for title, places in PLACES.items()
    }


def desk_groups(user: User, *, path: str) -> tuple[Group, ...]:
    """Return the navigation as `user` may use it, with counts and the current page marked."""
    counts = waiting_counts(user)

    def entry(place: Place) -> Item:
        href, count = reverse(place.view), counts.get(place.view, "")
        is_current, is_hot = path.startswith(href), place.view not in CALM
        return Item(place.label, href, place.icon, place.key, count, is_current, is_hot)

    groups = places_for(user).items()
    return tuple(Group(title, tuple(map(entry, places))) for title, places in groups if places)


def waiting_counts(user: User) -> dict[str, str]:
    """Count what waits behind a place, in one statement; nothing waits where nothing is said.

    A case that is put away until later waits for nobody now.
    """
    awake = is_awake(timezone.now())
    watches = Watch.objects.for_user(user)
    waiting = {
        "desk:board": watches.filter(phase__in=ACTIVE),
        "desk:exceptions": Case.objects.for_user(user).filter(awake, status=Case.Status.OPEN),
        "desk:tenders": watches.filter(phase=Watch.Phase.OFFERED),
    }
    stuck = [letters.rows() for letters in DEAD_LETTERS]
    counted = bounded_counts([*waiting.values(), *stuck])
    found = dict(zip(waiting, counted, strict=False))
    found["desk:integrations"] = sum(counted[len(waiting) :])
    return {view: shown(count) for view, count in found.items() if count or view in CALM}
