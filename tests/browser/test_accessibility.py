"""Every page in both themes passes axe, fits a phone, and leaks nothing sideways."""

from collections.abc import Callable

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from exceptions.models import Case
from tests.browser.conftest import House, sign_in

pytestmark = pytest.mark.browser

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
ENTRANCE = (
    "/accounts/login/",
    "/accounts/password/reset/",
    "/accounts/password/reset/done/",
    "/accounts/password/reset/key/1-used-up/",
    "/accounts/signup/",
    "/accounts/inactive/",
    "/nowhere/",
)
# One's own, the same for everybody.
OWN = (
    "/settings/me/",
    "/settings/security/",
    "/settings/notifications/",
    "/accounts/password/change/",
    "/accounts/2fa/totp/activate/",
)


def desk_pages(house: House) -> list[str]:
    case = Case.objects.get(kind="pod_missing")
    return [
        "/board/",
        "/board/?q=zzz",
        "/tenders/",
        "/loads/new/",
        "/loads/",
        "/loads/?q=zzz",
        f"/loads/{house.waiting.number}/",
        f"/loads/{house.billed.number}/",
        "/exceptions/",
        f"/exceptions/{case.number}/",
        "/exceptions/?view=cleared",
        "/workbench/",
        "/workbench/?stage=papers",
        "/workbench/?stage=issued",
        "/invoices/",
        f"/invoices/{house.invoice.number}/",
        "/integrations/",
        "/integrations/inbox/",
        "/integrations/outbox/",
        "/search/?q=prairie",
        *OWN,
        "/search/",
        "/portal/",
        "/dashboard/",
        "/dashboard/more/",
        "/dashboard/definitions/",
        "/dashboard/blocked/",
    ]


def portal_pages(house: House) -> list[str]:
    return [
        "/portal/",
        "/portal/?q=zzz",
        f"/portal/invoices/{house.invoice.number}/",
        "/portal/shipments/",
        f"/portal/shipments/{house.billed.number}/",
        "/portal/statement/",
        "/portal/people/",
        *OWN,
        "/loads/",
    ]


def faults(page: Page, addresses: list[str] | tuple[str, ...]) -> list[str]:
    """Return what is wrong with each page, in words."""
    found = []
    for address in addresses:
        page.goto(address)
        if "/exceptions" not in address and page.locator(".why").count():
            page.locator(".why").first.click()
        broken = Axe().run(page, options={"runOnly": RULES}).response["violations"]
        found += [
            f"{address}: {fault['id']} at {node['target']}"
            for fault in broken
            for node in fault["nodes"]
        ]
        if page.evaluate("document.documentElement.scrollWidth - innerWidth") > 0:
            found.append(f"{address}: wider than the window")
    return found


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_every_page_passes_axe(window, house: House, drain: Callable[[], int], theme: str) -> None:
    drain()
    desk, portal = window(color_scheme=theme).new_page(), window(color_scheme=theme).new_page()

    found = faults(window(color_scheme=theme).new_page(), ENTRANCE)
    sign_in(desk, house.manager)
    found += faults(desk, desk_pages(house))
    sign_in(portal, house.shipper)
    found += faults(portal, portal_pages(house))

    assert found == []


def test_every_page_fits_a_phone(window, house: House, drain: Callable[[], int]) -> None:
    drain()
    phone = {"viewport": {"width": 390, "height": 844}, "has_touch": True}
    desk, portal = window(**phone).new_page(), window(**phone).new_page()

    found = faults(window(**phone).new_page(), ENTRANCE)
    sign_in(desk, house.manager)
    found += faults(desk, desk_pages(house))
    sign_in(portal, house.shipper)
    found += faults(portal, portal_pages(house))

    assert found == []


def test_the_phones_menu_opens_and_leads_on(window, house: House) -> None:
    page = window(viewport={"width": 390, "height": 844}).new_page()
    sign_in(page, house.dispatcher)

    page.get_by_role("button", name="Menu").click()
    page.get_by_role("link", name="Invoices").click()

    page.wait_for_url("**/invoices/")
