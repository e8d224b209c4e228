"""One thing done to many loads: the preview says what the click will do, and the click does it."""

import re

import pytest

from dispatch.models import Load, Milestone
from tests.factories import CarrierFactory, DriverFactory
from tests.web import board
from web.desk.board import bulk

pytestmark = pytest.mark.django_db

HTMX = {"HX-Request": "true"}


def address(*loads: Load) -> str:
    return "&".join(f"load={load.number}" for load in loads)


def words(html: bytes) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", html.decode()).split())


def test_the_bar_says_how_many_of_how_many_and_offers_all(desk, now) -> None:
    loads = [board.planned(now, pickup=40) for _ in range(3)]
    board.rolling(now)
    browser = desk()

    some = browser.get(f"/board/bulk/?status=PLANNED&{address(*loads[:2])}", headers=HTMX)
    every = browser.get("/board/bulk/?status=PLANNED&all=1", headers=HTMX)

    assert "2 of 3 selected Select all 3" in words(some.content)
    assert "3 of 3 selected" in words(every.content)
    assert "Select all" not in words(every.content)


def test_nothing_selected_is_no_bar(desk, now) -> None:
    assert words(desk().get("/board/bulk/", headers=HTMX).content) == ""


def test_the_preview_says_which_loads_are_assigned_and_why_the_others_are_not(desk, now) -> None:
    waiting, moving = board.planned(now, is_assigned=False), board.rolling(now)

    page = desk().get(f"/board/bulk/assign/?{address(waiting, moving)}", headers=HTMX)

    assert "1 load is assigned. The rest stays as it is: 1 in transit." in words(page.content)


def test_assigning_does_what_the_preview_said(desk, now) -> None:
    first, second = (board.planned(now, is_assigned=False) for _ in range(2))
    moving, driver = board.rolling(now), DriverFactory()
    carrier = moving.carrier
    told = {"chosen": address(first, second, moving), "driver": driver.pk}

    answer = desk().post("/board/bulk/assign/", told, headers=HTMX)

    assert answer["HX-Trigger"] == "acted, cleared"
    assert set(Load.objects.filter(driver=driver)) == {first, second}
    moving.refresh_from_db()
    assert moving.carrier == carrier


def test_all_of_a_view_are_told_at_once(desk, now) -> None:
    loads = [board.planned(now, pickup=40) for _ in range(3)]
    board.planned(now, pickup=90)
    told = {"chosen": "pickup_until=2026-11-22&all=1", "kind": "DISPATCHED"}

    desk().post("/board/bulk/tell/", told, headers=HTMX)

    assert set(Load.objects.filter(status="DISPATCHED")) == set(loads)


def test_a_fact_that_needs_a_word_is_not_told_without(desk, now) -> None:
    load = board.planned(now)
    told = {"chosen": address(load), "kind": "CANCELLED"}

    answer = desk().post("/board/bulk/tell/", told, headers=HTMX)

    assert answer.status_code == 422
    assert "Say why: it stays with every load." in words(answer.content)
    assert not Milestone.objects.filter(kind="CANCELLED").exists()


def test_a_driver_of_another_carrier_leaves_every_load_as_it_was(desk, now) -> None:
    loads = [board.planned(now, is_assigned=False) for _ in range(2)]
    told = {
        "chosen": address(*loads), "driver": DriverFactory().pk, "carrier": CarrierFactory().pk,
    }  # fmt: skip

    answer = desk().post("/board/bulk/assign/", told, headers=HTMX)

    assert answer.status_code == 400
    assert not Load.objects.exclude(carrier=None).exists()


def test_more_than_is_done_at_once_is_said(desk, now, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bulk, "MOST", 2)
    loads = [board.planned(now, pickup=40) for _ in range(3)]
    browser = desk()

    bar = browser.get(f"/board/bulk/?{address(loads[0])}", headers=HTMX)
    many = browser.get(f"/board/bulk/?{address(*loads)}", headers=HTMX)
    every = browser.get("/board/bulk/?all=1", headers=HTMX)

    assert "Select all 3, at most 2" in words(bar.content)
    assert many.status_code == 400
    assert "2 of 3 selected" in words(every.content)


@pytest.mark.parametrize("path", ["", "assign/", "tell/"])
def test_each_step_is_a_page_of_its_own(desk, now, path: str) -> None:
    load = board.planned(now)

    page = desk().get(f"/board/bulk/{path}?{address(load)}")

    assert b"<html" in page.content


def test_an_event_that_many_cannot_be_told_is_refused(desk, now) -> None:
    load = board.planned(now)

    answer = desk().get(f"/board/bulk/tell/?{address(load)}&kind=ARRIVED")

    assert answer.status_code == 400
