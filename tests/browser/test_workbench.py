"""A biller at the bench: ticked by keyboard, shown to the cent, issued once."""

from collections.abc import Callable

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.db import transaction
from playwright.sync_api import Page, expect

from accounts.models import Customer
from billing.models import Invoice, InvoiceRun
from billing.operations.readiness import evaluate_load
from dispatch.models import Load
from tests.browser.conftest import House, press, sign_in
from tests.browser.test_accessibility import RULES
from tests.factories import CustomerFactory
from tests.factories.billing import delivered_load

pytestmark = pytest.mark.browser


@pytest.fixture
def together(house: House, now) -> Customer:
    """A customer with three loads that share an invoice, besides one whose proof is missing."""
    with transaction.atomic():
        customer: Customer = CustomerFactory(
            name="Lakeshore Grocers", code="LKS-0007", invoice_grouping="TOGETHER", terms_days=21
        )
        for number in ("104901", "104902", "104903"):
            ready(customer, number, now)
        ready(customer, "104904", now, pod="")
    return customer


def ready(customer: Customer, number: str, now, **more) -> Load:
    load = delivered_load(customer, number=number, **more)
    evaluate_load(load.pk, by="rule:readiness", at=now)
    return load


def at_the_bench(window, house: House, **options: object) -> Page:
    page: Page = window(**options).new_page()
    sign_in(page, house.biller)
    press(page, "g")
    press(page, "w")
    page.get_by_role("heading", name="Billing workbench").wait_for()
    return page


def test_a_biller_selects_by_keyboard_sees_the_invoice_and_issues_it(
    window, house: House, together: Customer, drain: Callable[[], int]
) -> None:
    page = at_the_bench(window, house)

    for key in ("j", "x", "j", "j", "Shift+X"):
        press(page, key)
    page.get_by_text("Makes 1 consolidated invoice.").wait_for()
    press(page, "d")
    page.get_by_role("heading", name="Issuing 1 invoice").wait_for()
    drain()

    page.get_by_role("heading", name="1 invoice issued").wait_for()
    invoice = Invoice.objects.get(customer=together)
    assert invoice.load_count == 3
    expect(page.get_by_role("link", name=invoice.number)).to_be_visible()


def test_a_double_click_on_issue_makes_one_invoice(
    window, house: House, together: Customer, drain: Callable[[], int]
) -> None:
    page = at_the_bench(window, house)
    page.get_by_label("Select load 104901").check()
    page.get_by_role("button", name="Issue 1 invoice").wait_for()

    page.get_by_role("button", name="Issue 1 invoice").dblclick()
    page.get_by_role("heading", name="Issuing 1 invoice").wait_for()
    drain()

    page.get_by_role("heading", name="1 invoice issued").wait_for()
    assert InvoiceRun.objects.count() == 1
    assert Invoice.objects.filter(customer=together).count() == 1


def test_a_tab_left_open_issues_nothing_twice(
    window, house: House, together: Customer, drain: Callable[[], int]
) -> None:
    stale, fresh = at_the_bench(window, house), at_the_bench(window, house)
    for page in (stale, fresh):
        page.get_by_label("Select all for Lakeshore Grocers").check()
        page.get_by_role("button", name="Issue 1 invoice").wait_for()
    press(fresh, "d")
    fresh.get_by_role("heading", name="Issuing 1 invoice").wait_for()
    drain()

    press(stale, "d")
    stale.get_by_role("heading", name="Issuing").wait_for()
    drain()

    stale.get_by_text("1 not issued, each with its reason below").wait_for()
    assert Invoice.objects.filter(customer=together).count() == 1


def test_a_load_is_held_for_a_reason_and_let_go_again(
    window, house: House, together: Customer
) -> None:
    page = at_the_bench(window, house)
    page.get_by_label("Select load 104902").check()
    page.get_by_text("1 selected").wait_for()

    press(page, "h")
    page.get_by_label("Reason").fill("Rate in dispute")
    page.get_by_role("button", name="Hold them").click()
    page.get_by_text("1 load held").wait_for()
    press(page, "4")
    page.get_by_text("Rate in dispute").wait_for()
    page.get_by_label("Select load 104902").check()
    page.get_by_text("1 selected").wait_for()
    press(page, "h")

    page.get_by_text("1 load released").wait_for()


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_a_preview_passes_axe(window, house: House, together: Customer, theme: str) -> None:
    page = at_the_bench(window, house, color_scheme=theme)
    page.get_by_label("Select all on this page").check()
    page.get_by_text("3 selected").wait_for()

    broken = Axe().run(page, options={"runOnly": RULES}).response["violations"]
    assert [fault["id"] for fault in broken] == []
