"""Take the pictures of the documentation from a running demonstration.

    python manage.py up                     # in one terminal
    .venv/bin/python docs/pictures/take.py  # in another

Needs Debian's chromium. Signs in with what the demonstration wrote to `var/demo/people.json`.
"""

import json
import os
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

HERE = Path(__file__).parent
VAR = Path(os.environ.get("LADING_VAR", HERE.parent.parent / "var"))
FLAGS = ["--no-sandbox", "--disable-dev-shm-usage", "--disable-background-networking"]
DESK, PHONE = (1440, 900), (390, 844)


@dataclass(frozen=True, slots=True)
class Picture:
    """One picture: who looks at which page, in which light, through how large a window.

    `follow` is a selector whose first link is opened before the picture is taken.
    """

    name: str
    role: str
    path: str
    follow: str = ""
    theme: str = "light"
    size: tuple[int, int] = DESK


PICTURES = (
    Picture("sign-in", "", "/accounts/login/"),
    Picture("board", "dispatcher", "/board/"),
    Picture("board-dark", "dispatcher", "/board/", theme="dark"),
    Picture("board-phone", "dispatcher", "/board/", size=PHONE),
    Picture("new-load", "dispatcher", "/loads/new/"),
    Picture("tenders", "dispatcher", "/tenders/"),
    Picture("loads", "dispatcher", "/loads/"),
    Picture("load", "biller", "/loads/?view=blocked", follow="tbody a.ref"),
    Picture("load-phone", "dispatcher", "/loads/?view=blocked", follow="tbody a.ref", size=PHONE),
    Picture("exceptions-dark", "billing manager", "/exceptions/", theme="dark"),
    Picture("rate-card", "billing manager", "/rate-cards/?q=Reefer", follow="tbody a.strong"),
    Picture("fuel", "billing manager", "/fuel/", follow="tbody a.strong"),
    Picture("invoice", "biller", "/invoices/", follow="tbody a.ref"),
    Picture("portal", "customer", "/portal/?view=all"),
)


def main() -> None:
    """Take every picture, or those named on the command line."""
    base = os.environ.get("LADING_BASE_URL", "http://localhost:8000")
    wanted = set(sys.argv[1:]) or {picture.name for picture in PICTURES}
    people = {p["role"]: p for p in json.loads((VAR / "demo" / "people.json").read_text())}
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=FLAGS)
        for picture in PICTURES:
            if picture.name in wanted:
                take(browser, picture, base=base, person=people.get(picture.role))
        browser.close()


def take(browser: Browser, picture: Picture, *, base: str, person: dict[str, str] | None) -> None:
    """Take one picture."""
    width, height = picture.size
    context = browser.new_context(
        base_url=base,
        viewport={"width": width, "height": height},
        color_scheme="dark" if picture.theme == "dark" else "light",
    )
    page = context.new_page()
    if person:
        sign_in(page, person)
    page.goto(picture.path)
    if picture.follow:
        page.locator(picture.follow).first.click()
        page.wait_for_load_state("networkidle")
    page.screenshot(path=HERE / f"{picture.name}.png")
    context.close()


def sign_in(page: Page, person: dict[str, str]) -> None:
    """Come in through the front door."""
    page.goto("/accounts/login/")
    page.get_by_label("Work email").fill(person["email"])
    page.get_by_label("Password").fill(person["password"])
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url(lambda address: "/accounts/" not in address)


if __name__ == "__main__":
    main()
