"""The inbox of tenders: the most pressing first, answered with one key."""

import re
from datetime import timedelta

import pytest

from dispatch.models import Load
from tests.web import board

pytestmark = pytest.mark.django_db

# Session, person, roles, scope; the tenders and their count; company; navigation.
INBOX_QUERIES = 9
HTMX = {"HX-Request": "true"}


def offer(now, minutes: int | None = None) -> Load:
    load = board.tell(board.planned(now), "TENDERED", now - timedelta(hours=1))
    if minutes is not None:
        load.respond_by = now + timedelta(minutes=minutes)
        load.save(update_fields=["respond_by"])
    return load


def numbers(html: bytes) -> list[str]:
    return re.findall(r'class="ref" href="/loads/([^/]+)/"', html.decode())


def test_the_most_pressing_tender_stands_first_and_says_how_long_is_left(desk, now) -> None:
    without, later, soon, over = offer(now), offer(now, 300), offer(now, 40), offer(now, -15)
    board.planned(now)

    page = desk().get("/tenders/").content

    assert numbers(page) == [load.number for load in (over, soon, later, without)]
    for words in ("15m over", "40m left", "5h left", "No deadline"):
        assert words in page.decode()


def test_a_tender_is_accepted_from_its_row(desk, now) -> None:
    load = offer(now, 40)

    answer = desk().post(f"/loads/{load.number}/accept/")

    load.refresh_from_db()
    assert (load.status, answer["Location"]) == ("ACCEPTED", "/tenders/")


def test_a_tender_is_declined_with_a_reason(desk, now) -> None:
    load, browser = offer(now), desk()

    without = browser.post(f"/loads/{load.number}/decline/", {}, headers=HTMX)
    answer = browser.post(
        f"/loads/{load.number}/decline/", {"reason": "We do not run this lane"}, headers=HTMX
    )

    load.refresh_from_db()
    assert without.status_code == 400
    assert b"Say why" in without.content
    assert (load.status, answer["HX-Trigger"]) == ("DECLINED", "acted")


def test_who_comes_second_is_told_what_became_of_it(desk, now) -> None:
    load, browser = offer(now), desk()
    desk().post(f"/loads/{load.number}/accept/")

    late = browser.post(f"/loads/{load.number}/accept/", follow=True)
    refused = browser.post(f"/loads/{load.number}/decline/", {"words": "No truck"}, headers=HTMX)

    assert "waits for no answer: it is accepted" in late.content.decode()
    assert refused.status_code == 409


def test_the_navigation_counts_what_waits(desk, now) -> None:
    offer(now)

    page = desk().get("/tenders/").content.decode()

    assert re.search(r'<span>Tenders</span>\s*<span class="count hot">1</span>', page)


def test_an_empty_inbox_says_what_fills_it(desk) -> None:
    assert "No tender waits for an answer" in desk().get("/tenders/").content.decode()


def test_the_statements_of_the_inbox_do_not_grow(desk, now, django_assert_num_queries) -> None:
    browser = desk()
    offer(now)
    with django_assert_num_queries(INBOX_QUERIES):
        browser.get("/tenders/")
    for _ in range(3):
        offer(now, 40)

    with django_assert_num_queries(INBOX_QUERIES):
        browser.get("/tenders/")
