"""A dispatcher's day at the board, with the hands on the keyboard."""

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from dispatch.models import Load, Milestone
from tests.browser.conftest import House, press, sign_in
from tests.factories import CarrierFactory, DriverFactory
from tests.web import board

pytestmark = pytest.mark.browser

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]


def say(page: Page, *keys: str) -> None:
    """Press keys one after the other; what is longer than a key's name is typed."""
    page.wait_for_load_state("load")
    for key in keys:
        if len(key) == 1 or key in ("Tab", "Enter", "Escape", "Space", "ArrowDown"):
            press(page, key)
        else:
            page.keyboard.type(key)


def tell_next(page: Page, load: str, words: str) -> None:
    """Tell the row at hand what happens next, as the form already says it."""
    press(page, "e")
    page.get_by_role("heading", name=f"Add an event, load {load}").wait_for()
    press(page, "Tab")
    press(page, "Tab")
    press(page, "Enter")
    page.get_by_text(f"{words} added to load {load}").last.wait_for()
    page.locator("dialog[open]").wait_for(state="hidden")


def test_a_dispatcher_runs_a_load_from_creation_to_delivery_by_keyboard_alone(
    window, house: House
) -> None:
    DriverFactory(name="Marcus Okafor", truck="4417", carrier=CarrierFactory(scac="CDRF"))
    page = window().new_page()
    sign_in(page, house.dispatcher)

    press(page, "n")
    page.get_by_role("heading", name="New load").wait_for()
    say(page, "PRFD-0042", "Tab", "4500879999", *["Tab"] * 6)
    say(page, "Joliet IL 60436", "Tab", "Prairie DC 12", "Tab", "Tab", "today 15-16", *["Tab"] * 4)
    say(page, "Columbus OH 43085", "Tab", "Lakeshore DC", "Tab", "Tab", "tomorrow 9-11", "Enter")
    page.wait_for_url("**/board/#row-*")
    load = Load.objects.get(references__value="4500879999")
    page.locator(f"#row-{load.pk}.focus").wait_for()

    press(page, "a")
    page.get_by_role("heading", name=f"Assign, load {load.number}").wait_for()
    say(page, "Marcus", "Tab", "Tab", "Enter")
    page.get_by_text(f"Load {load.number} goes to Marcus Okafor").wait_for()
    for words in ("Dispatched", "Arrived", "Departed", "Arrived", "Delivered"):
        page.locator(f"#row-{load.pk}").wait_for()
        tell_next(page, load.number, words)

    load.refresh_from_db()
    told = Milestone.objects.filter(load=load).order_by("id").values_list("kind", flat=True)
    assert load.status == Load.Status.DELIVERED
    assert str(load.driver) == "Marcus Okafor"
    assert list(told) == ["DISPATCHED", "ARRIVED", "DEPARTED", "ARRIVED", "DELIVERED"]
    page.locator(f"#row-{load.pk}").get_by_text("No POD").first.wait_for()


def test_a_poll_swaps_the_changed_row_and_keeps_the_row_at_hand(window, house: House, now) -> None:
    held, moving = board.rolling(now), board.at_stop(now)
    page = window().new_page()
    sign_in(page, house.dispatcher)
    row = page.locator(f"#row-{held.pk}")
    row.get_by_role("checkbox").check()
    press(page, "k")
    while not page.locator(f"#row-{held.pk}.focus").count():
        press(page, "j")

    board.tell(moving, "DEPARTED", now, stop=1)
    page.evaluate("htmx.trigger('[data-poll]', 'poll')")

    page.locator(f"#row-{moving.pk}").get_by_text("In transit").wait_for()
    expect(page.locator(f"#row-{held.pk}")).to_be_focused()
    expect(row.get_by_role("checkbox")).to_be_checked()
    rows = page.locator("#board tbody tr").evaluate_all("rows => rows.map((row) => row.id)")
    assert rows.index("band-rolling") < rows.index(f"row-{moving.pk}")
    assert "band-stop" not in rows


def test_a_board_that_cannot_be_read_says_it_is_stale(window, house: House) -> None:
    page = window().new_page()
    sign_in(page, house.dispatcher)
    page.route("**/board/changes/**", lambda route: route.abort())

    page.evaluate("htmx.trigger('[data-poll]', 'poll')")

    page.locator(".live.stale").first.wait_for()
    page.unroute("**/board/changes/**")
    page.evaluate("htmx.trigger('[data-poll]', 'poll')")
    page.locator(".live:not(.stale)").first.wait_for()


def test_space_peeks_escape_goes_back_and_x_selects(window, house: House, now) -> None:
    load = board.detained(now)
    page = window().new_page()
    sign_in(page, house.dispatcher)

    press(page, "j")
    press(page, "x")
    press(page, "Space")
    page.get_by_role("heading", name=f"Load {load.number}").wait_for()
    press(page, "Escape")

    expect(page.locator("#peek")).to_be_hidden()
    expect(page.locator(f"#row-{load.pk}")).to_be_focused()
    expect(page.locator(f"#row-{load.pk}").get_by_role("checkbox")).to_be_checked()


def test_every_load_is_one_line_however_long_its_lane(window, house: House, now) -> None:
    load = board.late(now)
    Load.objects.filter(pk=load.pk).update(
        origin_city="Rancho Santa Margarita", destination_city="Truth or Consequences"
    )
    page = window().new_page()
    sign_in(page, house.dispatcher)

    heights = page.locator("tr[data-row]").evaluate_all("all => all.map(row => row.offsetHeight)")

    assert set(heights) == {32}


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_a_full_board_its_dialogs_and_the_form_of_a_load_pass_axe(
    window, house: House, now, theme: str
) -> None:
    late, _ = board.late(now), board.missed(now, is_assigned=False)
    page = window(color_scheme=theme).new_page()
    sign_in(page, house.dispatcher)
    found: list[str] = []

    def check(name: str) -> None:
        broken = Axe().run(page, options={"runOnly": RULES}).response["violations"]
        found.extend(f"{name}: {fault['id']} {fault['nodes'][0]['target']}" for fault in broken)

    check("board")
    press(page, "j")
    press(page, "Space")
    page.get_by_role("heading", name=re.compile("Load ")).wait_for()
    check("peek")
    press(page, "Escape")
    press(page, "c")
    page.get_by_role("heading", name=re.compile("Check call")).wait_for()
    check("check call")
    for address in ("/loads/new/", f"/loads/{late.number}/edit/"):
        page.goto(address)
        check(address)

    assert found == []


def test_selected_loads_are_assigned_together_after_saying_so(window, house: House, now) -> None:
    loads = [board.planned(now, is_assigned=False) for _ in range(2)]
    driver = DriverFactory(name="Marcus Okafor")
    page = window().new_page()
    sign_in(page, house.dispatcher)

    for load in loads:
        page.locator(f"#row-{load.pk}").get_by_role("checkbox").check()
    page.get_by_text(re.compile(r"2 of \d+ selected")).wait_for()
    page.get_by_role("region", name="Selected loads").get_by_role("link", name="Assign").click()
    page.get_by_text("2 loads are assigned.").wait_for()
    page.get_by_label("Driver", exact=True).select_option(str(driver.pk))
    page.get_by_role("button", name="Assign 2 loads").click()
    page.get_by_text("2 loads assigned to Marcus Okafor").wait_for()

    assert Load.objects.filter(driver=driver).count() == 2
    page.get_by_role("region", name="Selected loads").wait_for(state="hidden")


def test_tenders_are_answered_by_one_key_each(window, house: House, now) -> None:
    first, second = (board.tell(board.planned(now), "TENDERED", now) for _ in range(2))
    page = window().new_page()
    sign_in(page, house.dispatcher)
    press(page, "g")
    press(page, "t")
    page.get_by_role("heading", name="Tenders").wait_for()

    press(page, "j")
    press(page, "a")
    page.get_by_text(f"Load {first.number} is accepted").wait_for()
    press(page, "j")
    press(page, "d")
    page.get_by_role("heading", name=f"Decline, load {second.number}").wait_for()
    press(page, "Tab")
    page.keyboard.type("No truck in Joliet")
    press(page, "Enter")
    page.get_by_text(f"Load {second.number} is declined").wait_for()

    page.get_by_text("No tender waits for an answer").wait_for()
    answers = Load.objects.filter(pk__in=[first.pk, second.pk]).order_by("pk")
    assert [load.status for load in answers] == ["ACCEPTED", "DECLINED"]
