"""Coming in: one door for all, and nothing said that helps a guesser."""

import json
import re
from collections.abc import Callable

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.operations.scoping import enter_staff_scope
from accounts.rules import Role
from integrations.models import OutboxMessage
from tests.factories import UserFactory
from tests.factories.doors import sign_in

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _no_memory() -> None:
    """Forget earlier failures: tries are counted in the cache."""
    cache.clear()


def knock(client: Client, email: str, password: str = "correct horse", **more):
    return client.post("/accounts/login/", {"login": email, "password": password, **more})


@pytest.mark.parametrize(("role", "home"), [(Role.DISPATCHER, "/board/"), (Role.BILLER, "/loads/")])
def test_staff_come_to_their_own_page(client: Client, role: Role, home: str) -> None:
    user = UserFactory(role=role)

    answer = knock(client, user.email.upper())

    assert answer["Location"] == "/"
    assert client.get("/")["Location"] == home


def test_a_customer_comes_to_the_portal(client: Client, shipper) -> None:
    knock(client, shipper.email)

    assert client.get("/")["Location"] == "/portal/"


def test_a_person_comes_back_to_the_page_that_was_asked_for(client: Client) -> None:
    user = UserFactory(role=Role.BILLER)

    asked = client.get("/invoices/?view=open")["Location"]
    answer = knock(client, user.email, next="/invoices/?view=open")

    assert asked == "/accounts/login/?next=/invoices/%3Fview%3Dopen"
    assert answer["Location"] == "/invoices/?view=open"


def test_a_foreign_address_is_not_followed_after_sign_in(client: Client) -> None:
    answer = knock(client, UserFactory().email, next="https://evil.example/")

    assert "evil.example" not in answer["Location"]


def test_a_wrong_password_and_an_unknown_person_read_the_same(client: Client) -> None:
    user = UserFactory(email="dana@cedarridge.example")

    wrong = knock(client, user.email, "wrong").content.decode()
    unknown = knock(client, "nobody@cedarridge.example", "wrong").content.decode()

    def without_input(page: str) -> str:
        page = re.sub(r'name="csrfmiddlewaretoken" value="[^"]+"', "", page)
        return page.replace("dana@", "x@").replace("nobody@", "x@")

    assert "Email and password do not match. 4 tries left." in wrong
    assert without_input(wrong) == without_input(unknown)
    assert 'value="dana@cedarridge.example"' in wrong


def test_after_five_failures_even_the_right_password_waits(client: Client) -> None:
    user = UserFactory()
    for _ in range(5):
        knock(client, user.email, "wrong")

    page = knock(client, user.email)

    assert page.status_code in {200, 429}
    assert "Too many" in page.content.decode()
    assert client.get("/loads/").status_code == 302


def test_a_forgotten_password_is_asked_for_without_telling_who_exists(
    client: Client, drain: Callable[[], int]
) -> None:
    UserFactory(email="dana@cedarridge.example")

    with CaptureQueriesContext(connection) as for_known:
        known = client.post("/accounts/password/reset/", {"email": "Dana@cedarridge.example"})
    with CaptureQueriesContext(connection) as for_unknown:
        unknown = client.post("/accounts/password/reset/", {"email": "nobody@cedarridge.example"})
    enter_staff_scope()
    drain()

    assert known["Location"] == unknown["Location"] == "/accounts/password/reset/done/"
    assert len(for_known) == len(for_unknown)
    assert [row.body["to"] for row in OutboxMessage.objects.all()] == ["dana@cedarridge.example"]


def test_no_table_ever_holds_the_link(client: Client, drain: Callable[[], int]) -> None:
    person = UserFactory(email="dana@cedarridge.example")
    client.post("/accounts/password/reset/", {"email": person.email})
    enter_staff_scope()

    drain()

    kept = json.dumps(OutboxMessage.objects.get().body)
    assert "/accounts/password/reset/key/" not in kept


def test_a_used_up_link_says_to_ask_a_new_one(client: Client) -> None:
    page = client.get("/accounts/password/reset/key/1-used-up/").content.decode()

    assert "This link has run out" in page
    assert "Ask a new one" in page


def test_the_sign_up_page_is_closed(client: Client) -> None:
    assert "by invitation" in client.get("/accounts/signup/").content.decode()


def test_a_form_without_its_token_is_refused_with_a_way_back() -> None:
    user = UserFactory(role=Role.BILLER)
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(user)

    answer = browser.post(
        "/exceptions/EX-1/waive/", headers={"Referer": "http://testserver/exceptions/EX-1/"}
    )

    assert answer.status_code == 403
    assert 'href="http://testserver/exceptions/EX-1/"' in answer.content.decode()


def test_the_way_back_never_leads_to_another_house() -> None:
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(UserFactory())

    answer = browser.post("/loads/1/events/", headers={"Referer": "https://evil.example/"})

    assert "evil.example" not in answer.content.decode()


def test_pages_carry_a_policy_that_runs_no_foreign_script(client: Client) -> None:
    policy = client.get("/accounts/login/")["Content-Security-Policy"]

    assert "default-src 'self'" in policy
    assert "object-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy


def test_no_page_writes_a_style_or_a_script_into_itself(desk, load, shipper) -> None:
    browser, visitor = desk(Role.BILLER), sign_in(shipper)
    pages = [
        *(browser.get(a) for a in ("/loads/", "/loads/104882/", "/exceptions/", "/invoices/")),
        *(browser.get(a) for a in ("/integrations/", "/integrations/inbox/", "/search/?q=1")),
        *(visitor.get(a) for a in ("/portal/", "/portal/shipments/", "/loads/")),
        Client().get("/accounts/login/"),
        Client().get("/nowhere/"),
    ]

    for page in pages:
        html = page.content.decode()
        assert " style=" not in html
        assert "<style" not in html
        assert " onclick=" not in html
        assert re.findall(r"<script(?![^>]*\ssrc=)", html) == []


@pytest.mark.parametrize(
    ("cookie", "written"), [("dark", ' data-theme="dark"'), ("light", ' data-theme="light"')]
)
def test_the_theme_is_written_by_the_server(client: Client, cookie: str, written: str) -> None:
    client.cookies["theme"] = cookie

    assert written.strip() in client.get("/accounts/login/").content.decode()


def test_a_forged_theme_is_ignored(client: Client) -> None:
    client.cookies["theme"] = '"><script>alert(1)</script>'

    page = client.get("/accounts/login/").content.decode()

    assert "data-theme" not in page
    assert "alert(1)" not in page


def test_what_breaks_is_said_without_a_trace_and_with_a_number(
    desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_args: object) -> None:
        raise RuntimeError("secret detail")

    monkeypatch.setattr("web.desk.loads.listing.tabs", broken)
    browser = desk()
    browser.raise_request_exception = False

    answer = browser.get("/loads/")

    page = answer.content.decode()
    assert answer.status_code == 500
    assert "Something broke on our side" in page
    assert "secret detail" not in page
