"""Views of the board: kept by one, shared with all, and those of the house that nobody changes."""

import re

import pytest

from accounts.rules import Role
from tests.web import board
from web.models import SavedView

pytestmark = pytest.mark.django_db

STATE = (
    "status=IN_TRANSIT&order=-delivery&columns=lane&columns=miles&density=comfortable&q=77&after=x"
)


def tabs(html: bytes) -> list[str]:
    nav = html.decode().split('aria-label="Views"')[1].split("</nav>")[0]
    return [" ".join(words.split()) for words in re.findall(r">([^<]+?)\s*<span", nav)]


def test_a_view_keeps_filters_columns_order_and_density(desk, now) -> None:
    board.rolling(now)
    browser = desk()

    answer = browser.post("/board/views/", {"name": "My lanes", "state": STATE})

    page = browser.get(answer["Location"]).content.decode()
    assert "q=77" not in answer["Location"]
    assert re.findall(r'<th scope="col"[^>]*>\s*(.+?)\s*</th>', page) == ["Load", "Lane", "Miles"]
    assert 'data-density="comfortable"' in page
    assert "Status <b>In transit</b>" in page
    assert tabs(page.encode())[-1] == "My lanes"
    assert re.search(r'aria-current="true">\s*My lanes', page)


def test_a_view_is_counted_like_those_of_the_house(desk, now) -> None:
    board.rolling(now)
    board.detained(now)
    browser = desk()
    browser.post("/board/views/", {"name": "Under way", "state": "status=IN_TRANSIT"})

    page = browser.get("/board/").content.decode()

    assert re.search(r"Under way <span[^>]*>1</span>", page)


def test_a_view_of_ones_own_is_nobody_elses_until_it_is_shared(desk) -> None:
    mine, other = desk(), desk()
    mine.post("/board/views/", {"name": "Mine", "state": ""})
    before = tabs(other.get("/board/").content)

    mine.post("/board/views/", {"name": "Mine", "state": "", "is_shared": "on"})

    assert "Mine" not in before
    assert "Mine" in tabs(other.get("/board/").content)
    assert SavedView.objects.count() == 1


def test_a_shared_view_is_given_up_by_its_owner_or_an_administrator(desk) -> None:
    mine, other, administrator = desk(), desk(), desk(Role.ADMINISTRATOR)
    for name in ("One", "Two"):
        mine.post("/board/views/", {"name": name, "state": "", "is_shared": "on"})
    one, two = SavedView.objects.order_by("name")

    refused = other.post(f"/board/views/{one.pk}/drop/")
    mine.post(f"/board/views/{one.pk}/drop/")
    administrator.post(f"/board/views/{two.pk}/drop/")

    assert refused.status_code == 404
    assert not SavedView.objects.exists()


def test_an_administrator_does_not_see_what_somebody_keeps_for_oneself(desk) -> None:
    desk().post("/board/views/", {"name": "Mine", "state": ""})
    kept = SavedView.objects.get()

    assert desk(Role.ADMINISTRATOR).post(f"/board/views/{kept.pk}/drop/").status_code == 404


def test_the_views_of_the_house_are_always_there_and_cannot_be_given_up(desk) -> None:
    browser = desk()
    browser.post("/board/views/", {"name": "All active", "state": "status=PLANNED"})

    page = browser.get("/board/?view=risk").content

    house = ["All active", "At risk", "Detention running", "Unassigned", "Delivered, no POD"]
    assert tabs(page)[:5] == house
    assert b"Give up" not in page


@pytest.mark.parametrize("name", ["", " ", "x" * 41])
def test_a_view_without_a_fitting_name_is_not_kept(desk, name: str) -> None:
    browser = desk()

    answer = browser.post("/board/views/", {"name": name, "state": "status=PLANNED"}, follow=True)

    assert "needs a name" in answer.content.decode()
    assert not SavedView.objects.exists()


def test_a_view_whose_customer_is_gone_still_opens(desk, now) -> None:
    load = board.rolling(now)
    browser = desk()
    browser.post("/board/views/", {"name": "Old", "state": "customer=999999"})

    page = browser.get("/board/").content

    assert load.number in page.decode()
    assert "Old" in tabs(page)
