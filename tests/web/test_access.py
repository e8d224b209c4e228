"""Default deny: every address of the house, as nobody and as the wrong person."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from accounts.rules import Role
from tests.factories import UserFactory
from tests.factories.doors import sign_in
from web.access import WrongRole, desk
from web.errors import forbidden

pytestmark = pytest.mark.django_db

# What a stranger may see: probes, the way in, the description of the API, the closed sign-up.
PUBLIC = {
    "healthz", "readyz", "account_login", "account_signup", "account_reset_password",
    "account_reset_password_done", "account_reset_password_from_key",
    "account_reset_password_from_key_done", "account_inactive", "account_logout", "schema", "docs",
    "reference",
    "login", "jsi18n",
}  # fmt: skip
CLOSED = {302, 400, 401, 403, 404, 405}
DUMMIES = {"int": "1", "str": "x", "slug": "x", "uuid": "00000000-0000-0000-0000-000000000000"}


def leaves(patterns: list[Any], prefix: str = "") -> Iterator[tuple[str, URLPattern]]:
    """Yield every address of a URL table, with arguments filled in."""
    for pattern in patterns:
        route = prefix + filled(pattern)
        if isinstance(pattern, URLResolver):
            yield from leaves(pattern.url_patterns, route)
        else:
            yield route, pattern


def filled(pattern: URLPattern | URLResolver) -> str:
    """Write a pattern with a dummy for each of its arguments."""
    route = str(pattern.pattern)
    for name, converter in pattern.pattern.converters.items():
        kind = type(converter).__name__.removesuffix("Converter").lower()
        for written in (f"<{kind}:{name}>", f"<{name}>", f"<string:{name}>", f"<str:{name}>"):
            route = route.replace(written, DUMMIES.get(kind, "x"))
    return route.lstrip("^").rstrip("$").replace("\\Z", "")


ADDRESSES = list(leaves(get_resolver().url_patterns))
PAGES = [
    (route, pattern)
    for route, pattern in ADDRESSES
    if getattr(pattern.callback, "__module__", "").startswith("web.")
]


def test_the_walk_finds_the_pages() -> None:
    names = {pattern.name for _, pattern in PAGES}

    assert {"home", "loads", "case", "invoice_pdf", "shipment", "simulator"} <= names
    assert len(PAGES) > 30


@pytest.mark.parametrize(("route", "pattern"), PAGES, ids=[route or "/" for route, _ in PAGES])
def test_every_page_has_a_door(route: str, pattern: URLPattern) -> None:
    assert getattr(pattern.callback, "door", "") in {"public", "person", "desk", "portal"}, route


def test_nobody_gets_in_anywhere_that_is_not_public(client: Client) -> None:
    opened = [
        (route, answer.status_code)
        for route, pattern in ADDRESSES
        if pattern.name not in PUBLIC
        and (answer := client.get(f"/{route}")).status_code not in CLOSED
    ]

    assert opened == []


def test_nobody_can_post_to_a_page(client: Client) -> None:
    posted = [
        (route, client.post(f"/{route}").status_code)
        for route, pattern in PAGES
        if getattr(pattern.callback, "door", "") != "public"
    ]

    assert {status for _, status in posted} == {302}


def test_a_customer_is_kept_from_every_desk_page(shipper: Any) -> None:
    browser = sign_in(shipper)
    desks = [route for route, pattern in PAGES if getattr(pattern.callback, "door", "") == "desk"]

    seen = {browser.get(f"/{route}").status_code for route in desks}
    done = {browser.post(f"/{route}").status_code for route in desks}

    assert (seen, done) == ({403}, {403})


def test_staff_are_told_that_the_portal_is_not_theirs() -> None:
    answer = sign_in(UserFactory(role=Role.BILLER)).get("/portal/")

    assert answer.status_code == 403
    assert b"The portal is for customers" in answer.content


def test_a_person_without_a_customer_or_a_role_gets_nowhere() -> None:
    browser = sign_in(UserFactory(role=Role.CUSTOMER))

    assert browser.get("/portal/").status_code == 403
    assert browser.get("/loads/").status_code == 403


def test_a_page_for_some_roles_is_closed_to_the_others(rf: Any) -> None:
    from django.core.exceptions import PermissionDenied

    page = desk(Role.BILLER)(lambda request: HttpResponse("opened"))
    request = rf.get("/")
    request.user = UserFactory(role=Role.BILLER)
    opened = page(request)
    request.user = UserFactory(role=Role.DISPATCHER)

    assert opened.status_code == 200
    with pytest.raises(PermissionDenied, match="biller"):
        page(request)


def test_a_posted_form_of_a_dead_session_leads_back_to_its_page(client: Client) -> None:
    answer = client.post(
        "/exceptions/EX-1/waive/", headers={"Referer": "http://testserver/exceptions/EX-1/"}
    )

    assert answer["Location"] == "/accounts/login/?next=/exceptions/EX-1/"


def test_a_foreign_referer_is_no_way_back(client: Client) -> None:
    answer = client.post("/loads/1/events/", headers={"Referer": "https://evil.example/loads/"})

    assert answer["Location"] == "/accounts/login/?next=/"


def test_a_fragment_of_a_dead_session_sends_the_whole_page_to_sign_in(client: Client) -> None:
    answer = client.get("/loads/", headers={"HX-Request": "true"})

    assert answer["HX-Redirect"] == "/accounts/login/?next=/loads/"


def test_a_fragment_leads_back_to_the_page_it_belongs_to(client: Client) -> None:
    answer = client.get(
        "/board/changes/?since=1",
        headers={"HX-Request": "true", "HX-Current-URL": "http://testserver/board/?status=PLANNED"},
    )

    assert answer["HX-Redirect"] == "/accounts/login/?next=/board/%3Fstatus%3DPLANNED"


def test_a_fragment_of_a_foreign_page_leads_to_the_front(client: Client) -> None:
    answer = client.get(
        "/loads/", headers={"HX-Request": "true", "HX-Current-URL": "https://evil.example/x"}
    )

    assert answer["HX-Redirect"] == "/accounts/login/?next=/"


def test_a_closed_page_says_who_may_open_it_and_whom_to_ask(rf: Any) -> None:
    UserFactory(role=Role.ADMINISTRATOR, name="Lena Marsh")
    request = rf.get("/")
    request.user = UserFactory(role=Role.DISPATCHER)

    page = forbidden(request, WrongRole((Role.BILLER, Role.ADMINISTRATOR))).content.decode()

    assert "biller, administrator" in page
    assert "Lena Marsh" in page
    assert 'aria-label="Main"' in page


def test_a_customers_person_asks_an_administrator_of_the_company(shipper: Any) -> None:
    boss = UserFactory(
        role=Role.CUSTOMER, customers=(shipper.memberships.get().customer,), name="Jo"
    )
    boss.memberships.update(is_administrator=True)
    UserFactory(role=Role.ADMINISTRATOR, name="Lena Marsh")

    page = sign_in(shipper).get("/portal/people/").content.decode()

    assert f"mailto:{boss.email}" in page
    assert "Lena Marsh" not in page


@pytest.mark.parametrize(
    ("address", "words"), [("/portal/", "You may not do that."), ("/loads/nowhere/", "not there")]
)
def test_a_swap_that_is_refused_is_told_why(address: str, words: str) -> None:
    answer = sign_in(UserFactory(role=Role.BILLER)).get(address, headers={"HX-Request": "true"})

    assert words in json.loads(answer["HX-Trigger"])["said"]
