"""A board that polls takes over what changed, and nothing else."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.test import Client

from dispatch.models import Load
from journal.models import Event
from journal.queries import feeds
from tests.web import board

pytestmark = pytest.mark.django_db

HTMX = {"HX-Request": "true"}
CHANGES_QUERIES = 14


def token(html: bytes) -> str:
    """Return the token of a page or of an answer."""
    return re.findall(r'data-since="([^"]+)"', html.decode())[0]


def rows(html: bytes) -> list[str]:
    """Return the loads whose rows came along."""
    return re.findall(r'class="ref" href="/loads/([^/]+)/"', html.decode())


def order(html: bytes) -> list[str]:
    """Return the order of groups and rows."""
    return re.findall(r'data-order="([^"]*)"', html.decode())[0].split()


def ask(browser: Client, since: str, **more: str) -> bytes:
    answer = browser.get("/board/changes/", {"since": since, **more}, headers=HTMX)
    assert answer.status_code == 200
    return answer.content


@pytest.fixture
def later(now, monkeypatch):
    """Make what tests write before this count as read: they share one transaction with the page."""

    def read(browser: Client) -> str:
        page = browser.get("/board/").content
        known = max(Event.objects.values_list("pk", flat=True), default=0)
        said = feeds.told_since

        def fresh(mark: int):
            told = Event.objects.filter(pk__gt=known).values_list("subject_table", "subject_id")
            names = set(told)
            return [each for each in said(mark) or [] if (each.table, each.subject_id) in names]

        monkeypatch.setattr("web.desk.board.polling.told_since", fresh)
        return token(page)

    return read


def test_only_the_row_that_changed_comes_along(desk, now, later) -> None:
    quiet, moving = board.rolling(now), board.at_stop(now)
    browser = desk()
    since = later(browser)
    board.tell(moving, "DEPARTED", now, stop=1)

    answer = ask(browser, since)

    assert rows(answer) == [moving.number]
    assert order(answer) == ["band-rolling", f"row-{quiet.pk}", f"row-{moving.pk}"]


def test_nothing_new_is_no_row_at_all(desk, now, later) -> None:
    board.rolling(now)
    browser = desk()
    since = later(browser)

    assert rows(ask(browser, since)) == []


def test_a_load_that_left_the_board_is_missing_from_the_order(desk, now, later) -> None:
    stays, goes = board.rolling(now), board.planned(now, pickup=40)
    browser = desk()
    since = later(browser)
    board.tell(goes, "CANCELLED", now)

    assert order(ask(browser, since)) == ["band-rolling", f"row-{stays.pk}"]


def test_the_clock_alone_changes_a_row(desk, now, later) -> None:
    load = board.planned(now, pickup=0.5)
    browser = desk()
    since = later(browser)

    with time_machine.travel(now + timedelta(minutes=50), tick=False):
        before = ask(browser, since)
    with time_machine.travel(now + timedelta(minutes=91), tick=False):
        browser = desk()
        board.planned(now, pickup=300)
        after = ask(browser, token(before))

    assert rows(before) == []
    assert load.number in rows(after)
    assert "Missed pickup" in after.decode()


def test_a_running_time_is_read_anew_each_time(desk, now, later) -> None:
    load = board.detained(now)
    browser = desk()
    since = later(browser)

    assert rows(ask(browser, since)) == [load.number]


def test_figures_views_and_foot_come_along(desk, now, later) -> None:
    board.rolling(now)
    browser = desk()

    answer = ask(browser, later(browser)).decode()

    for part in ("board-figures", "board-views", "board-foot"):
        assert re.search(rf'id="{part}"[^>]*hx-swap-oob="true"', answer)
    assert 'href="/board/?attention=RISK&amp;view=risk"' in answer


def test_by_itself_the_address_is_the_board(desk) -> None:
    answer = desk().get("/board/changes/?status=IN_TRANSIT&since=5-5")

    assert answer["Location"] == "/board/?status=IN_TRANSIT"


@pytest.mark.parametrize("since", ["x", "-", "5", "9" * 30 + "-1", "5-" + "9" * 30, "-5-5"])
def test_a_token_that_is_not_ours_is_refused(desk, since: str) -> None:
    answer = desk().get("/board/changes/", {"since": since}, headers=HTMX)

    assert answer.status_code == 400


def test_after_a_long_time_everything_comes(desk, now, later) -> None:
    load = board.rolling(now)
    browser = desk()
    mark, _ = later(browser).split("-")
    long_ago = f"{mark}-{int((now - timedelta(hours=2)).timestamp())}"

    assert rows(ask(browser, long_ago)) == [load.number]


def test_the_statements_of_a_poll_do_not_grow(desk, now, later, django_assert_num_queries) -> None:
    browser = desk()
    board.rolling(now)
    since = later(browser)
    for _ in range(4):
        board.detained(now)

    with django_assert_num_queries(CHANGES_QUERIES):
        ask(browser, since)
    assert Load.objects.count() == 5
