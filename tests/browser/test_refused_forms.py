"""What a person reads when a long form comes back: each fault has its place and what mends it."""

import pytest
from playwright.sync_api import Page, expect

from accounts.models import User
from accounts.rules import Role
from tests.browser.conftest import House, sign_in
from tests.browser.looking import look_around, settle
from tests.factories import UserFactory

pytestmark = pytest.mark.browser

# Who fills in which form; sent as it comes, without what the browser itself would ask for.
FORMS = {
    "dispatcher": ("/loads/new/",),
    "manager": ("/rate-cards/new/", "/fuel/programmes/new/", "/settings/customers/new/"),
    "administrator": ("/settings/sources/new/",),
}


def send_empty(page: Page, path: str) -> None:
    """Open a form and send it as it comes."""
    page.goto(path)
    settle(page)
    form = page.locator("main form[method=post]").filter(has=page.locator(".field")).first
    form.evaluate("form => { form.noValidate = true; }")
    form.locator("button.primary").last.click()
    page.locator(".err-summary").first.wait_for()
    settle(page)


@pytest.mark.parametrize("who", FORMS)
def test_a_form_that_comes_back_says_at_each_field_what_mends_it(
    window, house: House, who: str
) -> None:
    people: dict[str, User] = {
        "dispatcher": house.dispatcher,
        "manager": house.manager,
        "administrator": UserFactory(role=Role.ADMINISTRATOR),
    }
    page = window().new_page()
    sign_in(page, people[who])
    found = []
    for path in FORMS[who]:
        send_empty(page, path)
        expect(page.locator(".err-summary").first).to_be_focused()
        faults = page.locator(".err-summary").first.get_by_role("link")
        for link in faults.all():
            expect(page.locator(link.get_attribute("href") or "")).to_have_attribute(
                "aria-invalid", "true"
            )
        assert faults.count(), path
        found += [f"{path}: {fault}" for fault in look_around(page, known=set())]

    assert found == []
