"""The pricing desk's day: key in a rate, try it, keep a case, and let another approve."""

from collections.abc import Callable

import pytest
from django.db import transaction
from playwright.sync_api import BrowserContext, Page, expect

from rating.models import RateCardVersion, RateTestCase
from tests.browser.conftest import press, sign_in
from tests.factories import CustomerFactory
from tests.factories.billing import found_carrier
from tests.web.rating_desk import Desk, a_desk

pytestmark = pytest.mark.browser


@pytest.fixture
def pricing(transactional_db: None) -> Desk:
    """A card with a draft, and two people who may decide about it."""
    with transaction.atomic():
        found_carrier()
        return a_desk(customer=CustomerFactory(name="Prairie Foods Co.", code="PRFD-0042"))


def address(version: RateCardVersion, rest: str = "") -> str:
    return f"/rate-cards/{version.card_id}/v{version.number}/{rest}"


def test_a_draft_goes_from_a_keyed_rate_to_a_published_version(
    window: Callable[..., BrowserContext], pricing: Desk
) -> None:
    page, other = window().new_page(), window().new_page()
    sign_in(page, pricing.drafter)
    press(page, "g")
    press(page, "r")
    page.get_by_role("link", name="Prairie Foods Reefer").click()

    key_in_a_rate(page)
    try_it(page)
    page.reload()
    page.get_by_text("1 of 1 test cases pass").wait_for()
    page.get_by_role("button", name="Send for approval").click()
    page.get_by_role("button", name="Send for approval v2").click()
    page.get_by_text("is sent for approval").wait_for()
    expect(page.get_by_role("button", name="Approve")).to_be_disabled()

    sign_in(other, pricing.approver)
    other.goto(address(pricing.draft))
    for move in ("Approve", "Publish"):
        other.get_by_role("button", name=move).click()
        other.get_by_role("button", name=f"{move} v2").click()
    other.get_by_text("is published").wait_for()

    pricing.draft.refresh_from_db()
    assert pricing.draft.published_by == pricing.approver.actor
    assert RateTestCase.objects.count() == 1


def key_in_a_rate(page: Page) -> None:
    """Change the rate of row 2 from the keyboard, and see its delta come back."""
    page.locator("#cell-2-rate").focus()
    press(page, "Control+a")
    page.keyboard.type("2.58")
    press(page, "Enter")
    page.get_by_text("+2.4%").wait_for()


def try_it(page: Page) -> None:
    """Quote a load under the draft, and keep it as a test case."""
    for label, value in (("Origin ZIP", "60436"), ("Destination ZIP", "43137"), ("Miles", "377")):
        page.get_by_label(label).fill(value)
    page.get_by_role("button", name="Quote").click()
    page.locator("#try").get_by_text("938.73", exact=True).wait_for()
    expect(page.get_by_text("v1: $")).to_be_visible()
    page.get_by_role("button", name="Save as test case").click()
    page.get_by_text("Saved: 60436 to 43137").wait_for()


def test_a_wrong_rate_stays_in_its_cell_with_what_is_wrong(
    window: Callable[..., BrowserContext], pricing: Desk
) -> None:
    page = window().new_page()
    sign_in(page, pricing.drafter)
    page.goto(address(pricing.draft))

    page.locator("#cell-1-rate").fill("cheap")
    page.locator("#cell-1-minimum").focus()
    page.locator("#fault-1").wait_for()

    expect(page.locator("#cell-1-rate")).to_have_value("cheap")
    expect(page.locator("#cell-1-minimum")).to_be_focused()


def test_escape_takes_back_what_was_typed(
    window: Callable[..., BrowserContext], pricing: Desk
) -> None:
    page = window().new_page()
    sign_in(page, pricing.drafter)
    page.goto(address(pricing.draft))

    page.locator("#cell-1-rate").focus()
    page.keyboard.type("9")
    press(page, "Escape")

    expect(page.locator("#cell-1-rate")).to_have_value("2.4900")
    assert str(pricing.draft.lanes.get(row=1).rate) == "2.490000"


def test_the_form_of_a_rule_asks_what_its_kind_needs(
    window: Callable[..., BrowserContext], pricing: Desk
) -> None:
    page = window().new_page()
    sign_in(page, pricing.drafter)
    page.goto(address(pricing.draft, "rules/DET-4/"))
    waiting, service = page.get_by_label("Free time, min"), page.get_by_label("Recorded service")

    assert (waiting.is_visible(), service.is_visible()) == (True, False)
    page.get_by_label("Charged for").select_option("SERVICE")
    service.wait_for()
    expect(waiting).to_be_hidden()


def test_a_draft_can_be_tried_and_edited_without_scripts(
    window: Callable[..., BrowserContext], pricing: Desk
) -> None:
    page = window(java_script_enabled=False).new_page()
    sign_in(page, pricing.drafter)
    page.goto(address(pricing.draft))
    page.get_by_label("Origin ZIP").fill("60436")
    page.get_by_label("Destination ZIP").fill("43137")
    page.get_by_label("Miles").fill("377")
    page.get_by_role("button", name="Quote").click()

    expect(page.get_by_text("938.73", exact=True)).to_be_visible()
    page.goto(address(pricing.draft, "lanes/1/"))
    page.get_by_label("Rate", exact=True).fill("2.51")
    page.get_by_role("button", name="Change the lane").click()
    assert str(pricing.draft.lanes.get(row=1).rate) == "2.510000"
