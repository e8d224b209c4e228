"""A second factor, set up and used in a real browser; what is refused is said where it is typed."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.db import transaction
from django.utils import timezone
from playwright.sync_api import Page, expect

from accounts.models import User
from accounts.operations.securing import require_second_factor
from accounts.rules import Role
from tests.browser.conftest import PASSWORD
from tests.browser.test_accessibility import RULES
from tests.factories import UserFactory
from tests.factories.codes import totp

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def rita() -> User:
    """A biller whose role needs a second factor."""
    person = UserFactory(role=Role.BILLER, name="Rita Solano", email="rita@cedarridge.example")
    with transaction.atomic():
        require_second_factor([Role.BILLER], by="user:1", at=timezone.now())
    return person


def give_password(page: Page, user: User, password: str = PASSWORD) -> None:
    page.goto("/accounts/login/")
    page.get_by_label("Work email").fill(user.email)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_load_state()


def give_code(page: Page, code: str) -> None:
    page.get_by_label("code").fill(code)
    page.locator("form button[type=submit]").click()
    page.wait_for_load_state()


def faults(page: Page) -> list[str]:
    broken = Axe().run(page, options={"runOnly": RULES}).response["violations"]
    wide = page.evaluate("document.documentElement.scrollWidth - innerWidth") > 0
    return [f"{page.url}: {fault['id']}" for fault in broken] + ["too wide"] * wide


@pytest.mark.parametrize("look", ["light", "dark", "phone"])
def test_a_second_factor_is_set_up_and_asked_for_next_time(window, rita: User, look: str) -> None:
    size = {"viewport": {"width": 390, "height": 844}} if look == "phone" else {}
    scheme = "dark" if look == "dark" else "light"
    page = window(color_scheme=scheme, **size).new_page()

    give_password(page, rita)
    expect(page.get_by_role("heading", name="Set up two-factor sign-in")).to_be_visible()
    found = faults(page)
    secret = page.get_by_label("Key, to type instead").input_value()
    give_code(page, "000000")
    expect(page.get_by_text("This code is not right")).to_be_visible()
    give_code(page, totp(secret, timezone.now()))

    expect(page.get_by_role("heading", name="Recovery codes")).to_be_visible()
    codes = page.locator(".codes li").all_inner_texts()
    found += faults(page)
    assert len(codes) == 10
    page.get_by_role("link", name="I have kept them").click()
    page.wait_for_url(lambda address: "/accounts/" not in address)
    page.goto("/settings/security/")
    expect(page.get_by_text("10 still open")).to_be_visible()
    found += faults(page)

    other = window(color_scheme=scheme, **size).new_page()
    give_password(other, rita)
    expect(other.get_by_role("heading", name="One more step")).to_be_visible()
    found += faults(other)
    give_code(other, codes[0])
    other.wait_for_url(lambda address: "/accounts/" not in address)

    assert found == []


def test_wrong_passwords_say_how_many_tries_are_left_and_then_how_long(window) -> None:
    person = UserFactory(role=Role.BILLER)
    page = window().new_page()

    give_password(page, person, "wrong")
    expect(page.get_by_role("alert")).to_have_text("Email and password do not match. 4 tries left.")
    for _ in range(4):
        give_password(page, person, "wrong")
    expect(page.get_by_role("alert")).to_contain_text("locked for 15 minutes")
    found = faults(page)
    give_password(page, person)

    expect(page.get_by_role("alert")).to_contain_text("choosing a new password unlocks it at once")
    assert found == []
