"""Keys, help and palette: what is documented acts, what acts is documented, and all can be off."""

import string

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from accounts.models import User
from tests.browser.conftest import House, press, sign_in
from tests.browser.test_accessibility import RULES
from tests.web import board

pytestmark = pytest.mark.browser

PRINTABLE = [*string.ascii_letters, *string.digits, *"/?.,;'[]=-", " "]
# Presses every key on a page whose controls do nothing, and tells which of them the page took.
PRESS_ALL = """
(keys) => {
  const rest = (event) => { event.preventDefault(); event.stopImmediatePropagation(); };
  window.addEventListener("click", rest, true);
  window.htmx.ajax = () => Promise.resolve();
  const taken = keys.filter((key) => {
    const pressed = new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true });
    (document.querySelector("[data-row].focus") || document.body).dispatchEvent(pressed);
    const next = new KeyboardEvent("keydown", { key: "~", bubbles: true });
    if (key === "g") document.body.dispatchEvent(next);
    document.querySelectorAll("dialog[open]").forEach((dialog) => dialog.close());
    document.querySelectorAll("#peek").forEach((panel) => (panel.hidden = true));
    document.activeElement?.matches("input, select, textarea") && document.activeElement.blur();
    return pressed.defaultPrevented;
  });
  window.removeEventListener("click", rest, true);
  return taken;
}
"""
KEYS_IN_HELP = """
() => [...document.querySelectorAll("#page-keys > div, #shared-keys > [data-on]:not([hidden])")]
  .map((line) => line.dataset.on || line.querySelector("kbd").textContent)
"""
KEYS_ON_PAGE = """
() => [...document.querySelectorAll("main kbd, .top kbd")]
  .filter((kbd) => kbd.checkVisibility() && kbd.textContent.length === 1 && kbd.textContent !== "⇧")
  .map((kbd) => kbd.textContent)
"""


def help_of(page: Page) -> set[str]:
    """Return the single keys that the help of this page lists."""
    press(page, "?")
    page.get_by_role("heading", name="Keyboard").wait_for()
    listed = set(page.evaluate(KEYS_IN_HELP))
    page.keyboard.press("Escape")
    return listed


def test_help_lists_what_the_page_binds_and_nothing_else(window, house: House, now, drain) -> None:
    drain()
    board.detained(now)
    board.tell(board.planned(now), "TENDERED", now)
    page = window().new_page()
    sign_in(page, house.manager)
    wrong: dict[str, object] = {}
    for address in (
        "/board/", "/tenders/", "/exceptions/", "/workbench/", f"/loads/{house.waiting.number}/",
        "/loads/", f"/invoices/{house.invoice.number}/", "/rate-cards/", "/fuel/", "/settings/me/",
    ):  # fmt: skip
        page.goto(address)
        if page.locator("[data-row]").count():
            press(page, "j")
        shown = set(page.evaluate(KEYS_ON_PAGE))
        listed = help_of(page)
        taken = set(page.evaluate(PRESS_ALL, PRINTABLE)) - {"g"}
        if not (listed == taken and shown <= listed):
            wrong[address] = {
                "listed": listed - taken,
                "secret": taken - listed,
                "shown": shown - listed,
            }

    assert wrong == {}


def test_every_place_has_its_letter_after_g(window, house: House) -> None:
    page = window().new_page()
    sign_in(page, house.dispatcher)
    press(page, "?")
    lines = page.locator("#go-keys > div")
    places = [
        (line.locator("kbd").last.inner_text(), line.locator("dd").inner_text())
        for line in lines.all()
    ]
    assert len(places) >= 9
    page.keyboard.press("Escape")

    for key, words in places:
        press(page, "g")
        press(page, key)
        page.locator(".nav [aria-current=page]", has_text=words).wait_for()


def test_the_palette_goes_to_a_load_by_its_po(window, house: House) -> None:
    page = window().new_page()
    sign_in(page, house.dispatcher)

    press(page, "Control+k")
    page.keyboard.type("4500871263")
    field = page.get_by_role("combobox", name="Go to a page")
    page.get_by_role("option", name=house.waiting.number).wait_for()
    active = field.get_attribute("aria-activedescendant")
    assert house.waiting.number in page.locator(f"#{active}").inner_text()
    page.keyboard.press("Enter")

    page.wait_for_url(f"**/loads/{house.waiting.number}/")


def test_the_arrows_walk_the_options_round_and_escape_closes(window, house: House) -> None:
    page = window().new_page()
    sign_in(page, house.dispatcher)
    page.get_by_role("button", name="Command palette").click()
    page.get_by_role("option", name="Fuel tables").wait_for()
    chosen = page.locator("#palette [aria-selected=true]")
    first = chosen.inner_text()

    page.keyboard.press("ArrowUp")
    last = chosen.inner_text()
    page.keyboard.press("ArrowDown")

    expect(chosen).to_have_count(1)
    assert chosen.inner_text() == first != last
    page.keyboard.press("Escape")
    page.locator("#palette").wait_for(state="hidden")
    assert page.get_by_role("button", name="Command palette").evaluate(
        "button => button === document.activeElement"
    )


def test_the_palette_runs_the_action_of_the_page_one_stands_on(window, house: House) -> None:
    page = window().new_page()
    sign_in(page, house.biller)
    page.goto(f"/invoices/{house.invoice.number}/")

    press(page, "Control+k")
    page.keyboard.type("payment")
    page.get_by_role("option", name="Record payment").wait_for()
    page.keyboard.press("Enter")

    page.get_by_role("dialog").get_by_role("heading", name="payment").wait_for()
    page.goto("/loads/")
    press(page, "Control+k")
    page.keyboard.type("payment")
    page.get_by_role("option", name="Search for “payment”").wait_for()
    expect(page.get_by_role("option", name="Record payment")).to_have_count(0)


def test_enter_before_the_answer_came_searches_for_the_words(window, house: House) -> None:
    page = window().new_page()
    sign_in(page, house.dispatcher)
    press(page, "Control+k")

    page.keyboard.type(house.invoice.number)
    page.keyboard.press("Enter")

    page.wait_for_url(f"**/invoices/{house.invoice.number}/")


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_palette_and_help_pass_axe(window, house: House, theme: str) -> None:
    page = window(color_scheme=theme).new_page()
    sign_in(page, house.biller)
    press(page, "Control+k")
    page.keyboard.type("prai")
    page.locator("#palette").get_by_role("option", name="Prairie Foods Co.").first.wait_for()
    broken = Axe().run(page, options={"runOnly": RULES}).response["violations"]
    page.goto("/loads/")
    press(page, "?")
    page.get_by_role("heading", name="Keyboard").wait_for()
    broken += Axe().run(page, options={"runOnly": RULES}).response["violations"]

    assert [(fault["id"], fault["nodes"][0]["target"]) for fault in broken] == []


def test_single_keys_are_switched_off_for_good_and_the_palette_stays(window, house: House) -> None:
    page = window().new_page()
    sign_in(page, house.dispatcher)
    press(page, "?")
    with page.expect_response("**/settings/me/keys/"):
        page.get_by_label("Single keys act").uncheck()
    page.keyboard.press("Escape")
    assert not User.objects.get(pk=house.dispatcher.pk).has_single_keys

    page.goto("/loads/")
    page.wait_for_load_state("load")
    assert page.evaluate(PRESS_ALL, PRINTABLE) == []
    assert page.evaluate(KEYS_ON_PAGE) == []
    press(page, "Control+k")

    page.get_by_role("option", name="Board", exact=True).wait_for()


def test_a_customer_has_help_and_search_and_no_palette(window, house: House) -> None:
    page = window().new_page()
    sign_in(page, house.shipper)

    press(page, "Control+k")
    expect(page.locator("#palette")).to_have_count(0)
    listed = help_of(page)
    press(page, "/")

    assert {"/", "?", "j", "k", "x"} <= listed
    expect(page.locator("[name=q]:focus")).to_be_focused()
