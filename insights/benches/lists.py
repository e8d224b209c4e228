"""Row 8: a page of a list costs the same whatever is on file, and however deep it stands.

Two houses stand side by side: a young one with 1,000 loads, and one with 100,000 that also has
about ten times the work under way. Each page is asked for through the whole of Django, with its
middleware, rights and templates, in turns from one and the other.
"""

import logging
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from html import unescape
from http import HTTPStatus
from typing import Any
from urllib.parse import parse_qsl, urlencode, urljoin

from django.conf import settings
from django.test import Client
from django.utils import timezone

from accounts.models import User
from insights.benches.history import tell_history
from insights.benches.measuring import Goal, Side, compare
from insights.benches.processor import processor_clock
from insights.benches.reporting import Finding
from insights.benches.scratch import Twin, beside, turn_to
from insights.benches.sizes import House, Sizes

GOAL = Goal(1.2, is_most=True)
NEXT = re.compile(r'href="([^"]+)" rel="next"')
# So many pages on is deep: nobody turns further by hand.
DEEPEST = 12

# What people open all day, in its own words and at its own address.
PAGES = {
    "board": "/board/",
    "board, at risk": "/board/?view=risk&attention=RISK",
    "board, detention running": "/board/?view=detention&attention=DETENTION",
    "board, unassigned": "/board/?view=unassigned&attention=UNASSIGNED",
    "board, delivered without POD": "/board/?view=no-pod&attention=NO_POD",
    "board by delivery": "/board/?order=-delivery",
    "loads": "/loads/",
    "loads, ready to bill": "/loads/?view=ready",
    "tenders": "/tenders/",
    "queue": "/exceptions/",
    "queue by due time": "/exceptions/?sort=due",
    "invoices": "/invoices/",
    "invoices, open": "/invoices/?view=open",
    "invoices, overdue": "/invoices/?view=overdue",
    "invoices, not in the ERP": "/invoices/?view=unposted",
    "workbench, ready": "/workbench/",
    "workbench, awaiting documents": "/workbench/?stage=papers",
    "workbench, needs approval": "/workbench/?stage=approval",
    "workbench, posted and unpaid": "/workbench/?stage=posted",
    "portal, invoices": "/portal/",
    "portal, shipments": "/portal/shipments/",
    "API loads": "/api/v1/loads/",
    "API loads, delivered": "/api/v1/loads/?status=DELIVERED",
    "API invoices": "/api/v1/invoices/",
    "API cases": "/api/v1/cases/",
    "API cases, open": "/api/v1/cases/?status=OPEN",
}


@dataclass(frozen=True, slots=True)
class Site:
    """One house to be asked: its database, and those who are signed in."""

    name: str
    database: Twin
    desk: Client
    portal: Client
    secret: str

    def get(self, address: str) -> Any:
        """Ask for a page; raises RuntimeError for an answer that is none."""
        turn_to(self.database)
        is_api = address.startswith("/api/")
        headers = {"Authorization": f"Bearer {self.secret}"} if is_api else {}
        client = self.portal if address.startswith("/portal/") else self.desk
        response = client.get(address, headers=headers)
        if response.status_code != HTTPStatus.OK:
            raise RuntimeError(f"{address} answers {response.status_code}, of {self.name}.")
        return response

    def depths(self, address: str) -> dict[str, str]:
        """Return the addresses of the first page of a list, of one in the middle, of a deep one."""
        pages = [address]
        while len(pages) <= DEEPEST and (further := self._after(pages[-1])):
            pages.append(further)
        # The last one may be short; the one before it is full.
        full = pages[:-1] or pages
        return {"first page": pages[0], "middle": full[len(full) // 2], "deep": full[-1]}

    def _after(self, address: str) -> str:
        """Return the address of the next page; empty when there is none."""
        response = self.get(address)
        if not address.startswith("/api/"):
            match = NEXT.search(response.content.decode())
            return urljoin(address, unescape(match[1])) if match else ""
        cursor = response.json()["next_cursor"]
        path, _, query = address.partition("?")
        told = {**dict(parse_qsl(query)), "cursor": cursor}
        return f"{path}?{urlencode(told)}" if cursor else ""


def measure_lists(sizes: Sizes) -> Iterator[Finding]:
    """Compare each page of each list, first, in the middle and deep, of few loads and of many."""
    at = timezone.now()
    logging.getLogger("django_structlog").setLevel(logging.WARNING)
    with beside() as (usual, twin):
        few, many = _site(usual, sizes.few, at=at), _site(twin, sizes.many, at=at)
        clock = processor_clock([usual["default"], twin["default"]])
        for name, address in PAGES.items():
            here, there = few.depths(address), many.depths(address)
            for depth in here:
                yield compare(
                    f"8  {name}, {depth}",
                    Side(few.name, [partial(few.get, here[depth])], 1),
                    Side(many.name, [partial(many.get, there[depth])], 1),
                    goal=GOAL,
                    rounds=sizes.rounds,
                    clock=clock,
                )


def _site(database: Twin, house: House, *, at: datetime) -> Site:
    """Fill a database and sign its people in."""
    turn_to(database)
    reader = tell_history(house, at=at)
    desk, portal = (_signed_in(user) for user in (reader.user, reader.customer))
    return Site(f"{house.loads:,} loads", database, desk, portal, reader.secret)


def _signed_in(user: User) -> Client:
    client = Client(SERVER_NAME="localhost")
    client.force_login(user, backend=settings.AUTHENTICATION_BACKENDS[0])
    return client
