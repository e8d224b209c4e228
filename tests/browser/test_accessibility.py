"""Every page for everybody: axe finds nothing, in either light, on a desk and on a phone.

The pages are read from the table of addresses (tests/browser/atlas.py), so that none is forgotten.
A page that is built the same for two people is looked at once.
"""

from collections.abc import Callable, Iterator
from datetime import datetime

import pytest
from django.test import Client
from django.urls import reverse
from playwright.sync_api import BrowserContext, Page

from accounts.rules import Role
from tests.browser import atlas
from tests.browser.conftest import House, sign_in
from tests.browser.furnishing import Furnished, furnish
from tests.browser.looking import RULES, faults, look_around
from tests.factories import UserFactory
from tests.factories.doors import HOST
from tests.factories.doors import sign_in as come_in
from web.desk.navigation import PLACES

__all__ = ["RULES", "faults"]

pytestmark = pytest.mark.browser

PRICING = ("rate-cards/", "rate-imports/", "fuel/", "backtests/")
PLATFORM = ("settings/", "accounts/", "integrations/", "dashboard/")
STAFF = ("manager", "dispatcher", "biller", "administrator")
# What else a page of the table can show, by its address alone.
FURTHER = {
    "desk": (
        "/loads/{billed}/", "/exceptions/?view=cleared", "/workbench/?stage=papers",
        "/workbench/?stage=ready", "/workbench/?stage=issued", "/search/?q=prairie",
        "/portal/", "/nowhere/",
    ),
    "pricing": ("/rate-cards/{card}/v1/", "/rate-cards/{card}/v9/"),
    "platform": (),
    "portal": ("/portal/?view=all", "/portal/invoices/nowhere/", "/loads/"),
    "entrance": ("/nowhere/", "/loads/"),
}  # fmt: skip
Window = Callable[..., BrowserContext]


@pytest.fixture
def furnished(house: House, now: datetime, drain: Callable[[], int]) -> Furnished:
    drain()
    return furnish(house, now=now, drain=drain)


def rooms_of(address: atlas.Address) -> tuple[str, ...]:
    """Say where an address is looked at; what is one's own, on both sides."""
    if address.door in {"portal", "public"}:
        return ("portal",) if address.door == "portal" else ("entrance",)
    for room, routes in (("pricing", PRICING), ("platform", PLATFORM)):
        if address.route.startswith(routes):
            return (room, "portal") if address.door == "person" else (room,)
    return ("desk",)


def paths(furnished: Furnished, room: str) -> list[str]:
    """Return every address of a room, and what else its pages can show."""
    house = furnished.house
    names = {"billed": house.billed.number, "card": furnished.samples["rate-cards/"]["card"]}
    ours = [address for address in atlas.walked() if room in rooms_of(address)]
    return [
        *(address.path(furnished.samples) for address in ours),
        *(path.format_map(names) for path in FURTHER[room]),
    ]


def sights(furnished: Furnished, room: str, who: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    """Yield who opens which address, each picture of a page once; lists also finding nothing."""
    seen: set[str] = set()
    ahead = paths(furnished, room)
    for name in who:
        client = come_in(furnished.people[name]) if name else Client(SERVER_NAME=HOST)
        shown = [sight for path in ahead if (sight := atlas.see(client, path)).html]
        shown += [atlas.see(client, f"{s.path}?q=zzzz") for s in shown if s.is_searchable]
        ahead = [sight.path for sight in shown]
        for sight in shown:
            if sight.shape not in seen:
                seen.add(sight.shape)
                yield name, sight.path


def test_only_addresses_of_the_house_are_exempt() -> None:
    assert atlas.EXEMPT.keys() <= {address.name for address in atlas.addresses()}


@pytest.mark.parametrize(
    ("room", "who"),
    [
        ("desk", STAFF), ("pricing", STAFF), ("platform", STAFF[::-1]), ("portal", ("customer",)),
        ("entrance", ("",)),
    ],
    ids=["desk", "pricing", "platform", "portal", "entrance"],
)  # fmt: skip
def test_every_page_reads_well_for_everybody(
    window: Window, furnished: Furnished, room: str, who: tuple[str, ...]
) -> None:
    pages: dict[str, Page] = {}
    known: set[str] = set()
    found = []
    for name, path in list(sights(furnished, room, who)):
        if name not in pages:
            pages[name] = window().new_page()
            if name:
                sign_in(pages[name], furnished.people[name])
        found += [f"{name} {fault}" for fault in faults(pages[name], [path], known=known)]

    assert not found, "\n".join(found)


def test_an_empty_house_reads_well(window: Window, transactional_db: None) -> None:
    page = window().new_page()
    sign_in(page, UserFactory(role=Role.BILLING_MANAGER))
    places = [reverse(place.view) for group in PLACES.values() for place in group]

    found = faults(page, places)

    assert not found, "\n".join(found)


def test_a_page_that_broke_reads_well(
    window: Window, house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = window().new_page()
    sign_in(page, house.dispatcher)
    monkeypatch.setattr("web.desk.search.find_all", None)

    page.goto("/search/?q=prairie")

    page.get_by_role("heading", name="Something broke on our side").wait_for()
    assert look_around(page, known=set()) == []
