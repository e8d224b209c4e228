"""Where staff can go: only what exists is listed."""

from dataclasses import dataclass

from django.urls import reverse

from accounts.models import User
from dispatch.models import Watch
from dispatch.queries.attention import ACTIVE
from exceptions.models import Case
from web.lists.counts import bounded_counts, shown


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


def desk_groups(user: User, *, path: str) -> tuple[Group, ...]:
    """Return the navigation as `user` may use it, with the current page marked."""

    def entry(
        label: str, view: str, icon: str, key: str, count: str = "", *, is_hot: bool = True
    ) -> Item:
        href = reverse(view)
        return Item(label, href, icon, key, count, path.startswith(href), is_hot)

    open_cases = Case.objects.for_user(user).filter(status=Case.Status.OPEN)
    active = Watch.objects.for_user(user).filter(phase__in=ACTIVE)
    offers = Watch.objects.for_user(user).filter(phase=Watch.Phase.OFFERED)
    moving, waiting, offered = map(shown, bounded_counts([active, open_cases, offers]))
    hot, offered = ("" if count == "0" else count for count in (waiting, offered))
    groups = [
        Group(
            "Operate",
            (
                entry("Board", "desk:board", "board", "b", moving, is_hot=False),
                entry("Tenders", "desk:tenders", "clock", "t", offered),
                entry("Loads", "desk:loads", "truck", "l"),
                entry("Exceptions", "desk:exceptions", "inbox", "e", hot),
            ),
        ),
        Group(
            "Bill",
            (
                entry("Workbench", "desk:workbench", "stackd", "w"),
                entry("Invoices", "desk:invoices", "invoice", "i"),
            ),
        ),
        Group(
            "Rate",
            (
                entry("Rate cards", "desk:rates", "tag", "r"),
                entry("Fuel tables", "desk:fuel", "fuel", "f"),
            ),
        ),
        Group("Platform", (entry("Integrations", "desk:integrations", "plug", "p"),)),
    ]
    return tuple(groups)
