"""A manager reads the figures, narrows them to a customer and sees the very rows behind one."""

from collections.abc import Callable

import pytest
from django.db import transaction
from playwright.sync_api import Page, expect

from billing.operations.readiness import evaluate_load
from insights.tasks import follow_loads
from tests.browser.conftest import House, press, sign_in
from tests.factories.billing import a_customer, delivered_load
from tests.factories.exceptions import CaseFactory

pytestmark = pytest.mark.browser


@pytest.fixture
def figures(house: House, now) -> House:
    """The house with a blocked load of another customer and an open case, told to the figures."""
    with transaction.atomic():
        other = delivered_load(a_customer(name="Vantage Steel"), number="104990", pod="")
        evaluate_load(other.pk, by="rule:readiness", at=now)
        CaseFactory(load=house.waiting, at=now)
    follow_loads()
    return house


def at_the_dashboard(window: Callable, house: House, **options: object) -> Page:
    page: Page = window(**options).new_page()
    sign_in(page, house.manager)
    press(page, "g")
    press(page, "d")
    page.get_by_role("heading", name="Dispatch to cash").wait_for()
    page.get_by_role("heading", name="By lane").wait_for()
    return page


def test_a_manager_opens_the_rows_behind_what_blocks_longest(window, figures: House) -> None:
    page = at_the_dashboard(window, figures)
    blocked = page.get_by_role("region", name="Blocked longest")
    expect(blocked.get_by_role("row", name="POD accepted")).to_contain_text("2")

    page.get_by_label("Customer", exact=True).select_option(str(figures.customer.pk))
    page.wait_for_url("**customer=*")
    expect(blocked.get_by_role("row", name="POD accepted")).to_contain_text("1")
    blocked.get_by_role("link", name="POD accepted").click()

    page.get_by_role("heading", name="Blocked longest: POD accepted").wait_for()
    expect(page.get_by_text("1 blocker, as of now, Prairie Foods Co.")).to_be_visible()
    expect(page.locator("tr[data-row] a.ref")).to_have_text(["104882"])
    press(page, "j")
    press(page, "Enter")
    page.get_by_role("heading", name="104882").wait_for()


def test_named_days_are_asked_for_where_custom_days_are_chosen(window, figures: House) -> None:
    page = at_the_dashboard(window, figures)
    expect(page.get_by_label("From", exact=True)).to_be_hidden()

    page.get_by_label("Period", exact=True).select_option("custom")
    page.get_by_label("From", exact=True).fill("2026-11-16")
    page.wait_for_url("**first_on=2026-11-16*")

    page.get_by_text("Nov 16 to Nov 19, days in CT").wait_for()
    page.reload()
    page.get_by_text("Nov 16 to Nov 19, days in CT").wait_for()
    expect(page.get_by_label("From", exact=True)).to_have_value("2026-11-16")
