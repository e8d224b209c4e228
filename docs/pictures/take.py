"""Take the pictures of the documentation from a running demonstration.

    python3 manage.py up                              # in one terminal
    .venv/bin/python docs/pictures/take.py            # in another: every page, and the gallery
    .venv/bin/python docs/pictures/take.py board load # or only these

No list of pages is kept: each person of the demonstration signs in, begins where their work
begins and follows links, and every named page is taken the first time somebody meets it, at 1440
and 390 pixels, light and dark. `TOURS` only says who should come to a page first, and by which
address. Needs Debian's chromium. Signs in with what the demonstration wrote to
`var/demo/people.json`.
"""

import json
import os
import re
import shutil
import sys
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from PIL import Image
from playwright.sync_api import Browser, Error, Page, sync_playwright

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
VAR = Path(os.environ.get("LADING_VAR", ROOT / "var"))
BASE = os.environ.get("LADING_BASE_URL", "http://localhost:8000")
FLAGS = ["--no-sandbox", "--disable-dev-shm-usage", "--disable-background-networking"]
DESK: dict[str, Any] = {"viewport": {"width": 1440, "height": 900}}
PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
# How a window is opened, by what the names of its pictures end in.
WINDOWS: dict[str, dict[str, Any]] = {
    "": DESK | {"color_scheme": "light"},
    "-dark": DESK | {"color_scheme": "dark"},
    "-390": PHONE | {"color_scheme": "light"},
    "-390-dark": PHONE | {"color_scheme": "dark"},
}
TALLEST = 1200
COLOURS, EXACT = 256, 128

# Who begins where, role by role; whoever comes to a page first has it taken.
TOURS = {
    "": ("/accounts/login/", "/accounts/password/reset/"),
    "biller": (
        "/loads/?view=blocked",
        "/exceptions/",
        "/workbench/?stage=approval",
        "/invoices/?view=overdue",
    ),
    "dispatcher": ("/board/", "/tenders/", "/loads/new/", "/settings/me/"),
    "billing manager": ("/rate-cards/?q=Reefer", "/fuel/", "/"),
    "administrator": ("/settings/", "/integrations/", "/"),
    "customer": ("/portal/?view=all", "/portal/shipments/"),
}  # fmt: skip
# Links that open a page inside another, end the session or hand out a file.
FOLLOWED = "main a[href]:not([data-act], [download]), nav a[href], .account-menu a[href]"


@dataclass(frozen=True, slots=True)
class Visit:
    """A page to be seen: by whom, at which address."""

    role: str
    address: str


class Tour:
    """Everybody's walk through the house, in windows that stay open."""

    def __init__(self, browser: Browser) -> None:
        self._browser = browser
        self._people = {p["role"]: p for p in json.loads(people_file().read_text())}
        self._sessions: dict[str, Any] = {}
        self._windows: dict[tuple[str, str], Page] = {}

    def walk(self) -> Iterator[tuple[str, Visit, Page]]:
        """Yield each named page once, open in a wide window: first the beginnings, then links."""
        ahead = deque(Visit(role, start) for role, starts in TOURS.items() for start in starts)
        seen: set[str] = set()
        while ahead:
            visit = ahead.popleft()
            name = page_name(visit.address)
            if not name or (name in seen and visit.address not in TOURS[visit.role]):
                continue
            page = self.open(visit)
            if page is None:
                continue
            if (name := page_name(page.url)) and name not in seen:
                seen.add(name)
                yield name, visit, page
            ahead.extend(Visit(visit.role, link) for link in links(page))

    def open(self, visit: Visit, *, window: str = "") -> Page | None:
        """Open a page in the window of its visitor; None when there is no page to be seen."""
        page = self._window(visit.role, window)
        try:
            answer = page.goto(visit.address)
        except Error:
            return None  # a file, not a page
        page.wait_for_load_state("networkidle")
        is_page = answer is not None and answer.ok and page.locator("h1").count() == 1
        return page if is_page else None

    def _window(self, role: str, window: str) -> Page:
        if (role, window) not in self._windows:
            if role and role not in self._sessions:
                self._sessions[role] = self._sign_in(role)
            context = self._browser.new_context(
                base_url=BASE, storage_state=self._sessions.get(role), **WINDOWS[window]
            )
            self._windows[role, window] = context.new_page()
        return self._windows[role, window]

    def _sign_in(self, role: str) -> Any:
        """Come in through the front door, and return what shows it to every window."""
        context = self._browser.new_context(base_url=BASE)
        page = context.new_page()
        page.goto("/accounts/login/")
        page.get_by_label("Work email").fill(self._people[role]["email"])
        page.get_by_label("Password").fill(self._people[role]["password"])
        page.get_by_role("button", name="Sign in").click()
        page.wait_for_url(lambda address: "/accounts/login" not in address)
        session = context.storage_state()
        context.close()
        return session


def main() -> None:
    """Take every picture and write the gallery, or take only the pages that are named."""
    wanted = set(sys.argv[1:])
    titles: dict[str, str] = {}
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=FLAGS)
        tour = Tour(browser)
        for name, visit, page in tour.walk():
            titles[name] = page.title().removesuffix("· Lading").strip()
            if not wanted or name in wanted:
                take(tour, name, visit)
            if wanted and wanted <= titles.keys():
                break
        browser.close()
    if not wanted:
        write_gallery(titles)


def take(tour: Tour, name: str, visit: Visit) -> None:
    """Take one page through every window."""
    for window in WINDOWS:
        page = tour.open(visit, window=window)
        if page is not None:
            store(page.screenshot(full_page=True), HERE / f"{name}{window}.png")


def store(picture: bytes, path: Path) -> None:
    """Keep the upper part of a picture in few colours: the most frequent as they are."""
    image = Image.open(BytesIO(picture)).convert("RGB")
    image = image.crop((0, 0, image.width, min(image.height, TALLEST)))
    counted = sorted(image.getcolors(image.width * image.height) or [], reverse=True)
    colours: list[Any] = [colour for _, colour in counted]
    palette, places = few(colours)
    kept = Image.new("P", image.size)
    kept.putpalette(palette)
    kept.putdata([places[colour] for colour in image.get_flattened_data()])
    kept.save(path, optimize=True)


def few(colours: list[Any]) -> tuple[list[int], dict[Any, int]]:
    """Return a palette and the place of each colour in it; rare ones share the place of a mean."""
    exact = colours if len(colours) <= COLOURS else colours[:EXACT]
    palette = [part for colour in exact for part in colour]
    places = {colour: place for place, colour in enumerate(exact)}
    if rare := colours[len(exact) :]:
        others = Image.new("RGB", (len(rare), 1))
        others.putdata(rare)
        near = others.quantize(COLOURS - EXACT, method=Image.Quantize.MAXCOVERAGE)
        palette += near.getpalette() or []
        means: Any = near.get_flattened_data()
        places.update((colour, EXACT + mean) for colour, mean in zip(rare, means, strict=True))
    return palette[: COLOURS * 3], places


def links(page: Page) -> list[str]:
    """Return where a page leads inside the house, in its order."""
    found = page.locator(FOLLOWED).evaluate_all("all => all.map(link => link.href)")
    ours = [address for address in found if urlsplit(address).netloc == urlsplit(BASE).netloc]
    return list(dict.fromkeys(address.partition("#")[0] for address in ours))


def page_name(address: str) -> str:
    """Name the picture of an address after its view; empty for what is no page of ours."""
    from django.urls import Resolver404, resolve

    try:
        match = resolve(urlsplit(address).path)
    except Resolver404:
        return ""
    is_ours = match.func.__module__.startswith(("web.", "allauth."))
    if not is_ours or "logout" in match.view_name:
        return ""
    return re.sub(r"[:_]", "-", match.view_name.removeprefix("desk:"))


def write_gallery(titles: dict[str, str]) -> None:
    """Write the page that shows what was taken."""
    lines = [
        "# Pictures",
        "",
        "Every page of the demonstration, as `take.py` finds it by following links: 1440 and 390"
        " pixels wide, light and dark."
        " [Where they differ from the design, and why](differences.md).",
        "",
        "| Page | 1440 | 390 | Dark |",
        "|---|---|---|---|",
    ]
    for name, title in sorted(titles.items()):
        dark = f"[1440]({name}-dark.png), [390]({name}-390-dark.png)"
        wide, slim = f'<img src="{name}.png" width="420" alt="{title}">', f"[390]({name}-390.png)"
        lines.append(f"| {title}<br>`{name}` | {wide} | {slim} | {dark} |")
    (HERE / "README.md").write_text("\n".join(lines) + "\n")


def people_file() -> Path:
    """Return where the demonstration wrote down who may sign in."""
    return VAR / "demo" / "people.json"


def read_addresses() -> None:
    """Let Django read the house's table of addresses; nothing of it asks a server."""
    import django

    sys.path.insert(0, str(ROOT))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    os.environ.setdefault("LADING_SECRET_KEY", "only to read the addresses")
    os.environ.setdefault("DATABASE_URL", "postgresql:///unasked")
    django.setup()


if __name__ == "__main__":
    read_addresses()
    main()
