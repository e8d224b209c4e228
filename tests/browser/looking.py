"""Look at a page as a person with a screen reader, a shaky hand, a phone or the dark would."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, ViewportSize, expect

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
AXE = Axe().axe_script
CHECKS = (Path(__file__).parent / "checks.js").read_text()
DESK: ViewportSize = {"width": 1440, "height": 900}
PHONE: ViewportSize = {"width": 390, "height": 844}


def look(page: Page, *, rules: Sequence[str] = RULES, within: str = "html") -> list[str]:
    """Return what axe and we find wrong with the page as it stands, or with one part of it."""
    options = {"runOnly": rules, "resultTypes": ["violations"]}
    broken = page.evaluate("([part, options]) => axe.run(part, options)", [within, options])
    found = [
        f"{fault['id']} at {node['target']}: {node['html'][:110]}"
        for fault in broken["violations"]
        for node in fault["nodes"]
    ]
    return found + page.evaluate(CHECKS, within)


def look_around(page: Page, *, known: set[str]) -> list[str]:
    """Return what is wrong at either width and in either light, with rows unfolded and ticked.

    In the dark only colours change, on a phone only places and sizes; the rest is asked once.
    Dialogs that are `known` were looked into on another page.
    """
    page.emulate_media(reduced_motion="reduce")  # colours are read as they end, not on their way
    unfold(page)
    page.evaluate(AXE)
    found = [f"light: {fault}" for fault in look(page)]
    found += [f"dialog: {fault}" for fault in look_into_dialogs(page, known=known)]
    with phone(page):
        found += [f"phone: {fault}" for fault in look(page, rules=["target-size"])]
    with dark(page):
        found += [f"dark: {fault}" for fault in look(page, rules=["color-contrast"])]
    return found


def unfold(page: Page) -> None:
    """Tick the first row and open the first explanation, where there are any."""
    for selector in ("[data-pick]", "[data-expands]"):
        first = page.locator(f"main {selector}:visible").first
        if first.count():
            first.click()
    settle(page)


def settle(page: Page) -> None:
    """Wait until the page has fetched what it asks for by itself."""
    page.wait_for_load_state("load")
    expect(page.locator(".htmx-request, .htmx-swapping")).to_have_count(0)


def look_into_dialogs(page: Page, *, known: set[str]) -> Iterator[str]:
    """Open each new dialog of the page in turn, and yield what is wrong with it."""
    names = page.locator("dialog[id]:has(h2)").evaluate_all("all => all.map(one => one.id)")
    for name in names:
        kind = name.rstrip("0123456789")
        if kind not in known:
            known.add(kind)
            page.evaluate("id => document.getElementById(id).showModal()", name)
            yield from (f"{name}: {fault}" for fault in look(page, within=f"#{name}"))
            page.evaluate("id => document.getElementById(id).close()", name)


@contextmanager
def dark(page: Page) -> Iterator[None]:
    """Turn the lights off for the block."""
    page.emulate_media(color_scheme="dark")
    yield
    page.emulate_media(color_scheme="light")


@contextmanager
def phone(page: Page) -> Iterator[None]:
    """Hold the page in the hand for the block: narrow, and touched."""
    devtools = page.context.new_cdp_session(page)
    devtools.send("Emulation.setTouchEmulationEnabled", {"enabled": True})
    page.set_viewport_size(PHONE)
    yield
    page.set_viewport_size(DESK)
    devtools.send("Emulation.setTouchEmulationEnabled", {"enabled": False})
    devtools.detach()


def faults(page: Page, addresses: Iterable[str], *, known: set[str] | None = None) -> list[str]:
    """Return what is wrong with each page, in words.

    What is `known` was seen before: of a page that another person was shown, only what differs
    by person is looked at again, and no dialog twice.
    """
    found = []
    known = set() if known is None else known
    for address in addresses:
        page.goto(address)
        settle(page)
        seen = glance(page) if address in known else look_around(page, known=known)
        known.add(address)
        found += [f"{address}: {fault}" for fault in seen]
    return found


def glance(page: Page) -> list[str]:
    """Return what is wrong with a page whose colours and widths are known."""
    page.evaluate(AXE)
    return look(page)
