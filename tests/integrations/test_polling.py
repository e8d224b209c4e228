"""A feed is read page by page; the cursor moves with what was kept, and only then."""

import json
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import pytest
from django.db import connection

from exceptions.models import Case
from integrations import adapters, tasks
from integrations.adapters import feed
from integrations.events import FeedError, Page
from integrations.models import InboxMessage, PollCursor, Source
from integrations.operations.polling import due_sources, poll_source
from journal.models import Event
from tests.factories.erp import serving
from tests.integrations.conftest import tell

pytestmark = pytest.mark.django_db(transaction=True)
PAUSE = timedelta(seconds=5)


class Feed:
    """A TMS's feed of `count` messages, `size` a page; remembers what it was asked."""

    def __init__(self, count: int = 0, *, size: int = 10) -> None:
        self.messages = [tell("load.accepted", f"evt-{n:03}") for n in range(count)]
        self.size = size
        self.asked: list[str] = []
        self.broken: list[tuple[int, dict[str, str]]] = []

    def handle(self, _method, _path, query, headers, _body):
        self.asked.append(query.get("after", ""))
        self.authorization = headers.get("Authorization")
        if self.broken:
            status, told = self.broken.pop(0)
            return status, {"data": "?"}, told
        start = int(query.get("after", "0"))
        page = self.messages[start : start + self.size]
        end = start + len(page)
        more = end < len(self.messages)
        return 200, {"data": page, "next_cursor": str(end), "has_more": more}, {}


@pytest.fixture
def tms_feed(tms: Source) -> Iterator[Feed]:
    told = Feed(25)
    with serving(told.handle) as url:
        tms.poll_url, tms.poll_token = f"{url}/events", "secret-token"
        tms.save()
        yield told


@pytest.fixture
def poll(tms: Source, now: datetime):
    def poll_now(at: datetime = now) -> int:
        return poll_source(
            tms, fetch=feed.fetch_page, identify=adapters.message_id, clock=lambda: at, pause=PAUSE
        )

    return poll_now


def test_all_pages_are_kept_each_message_in_its_own_bytes(poll, tms_feed, now):
    assert poll() == 25

    assert tms_feed.asked == ["", "10", "20"]
    assert tms_feed.authorization == "Bearer secret-token"
    cursor = PollCursor.objects.get()
    assert (cursor.value, cursor.polled_at, cursor.next_poll_at) == ("25", now, now + PAUSE)
    first = InboxMessage.objects.get(external_id="evt-000")
    assert json.loads(bytes(first.body)) == tms_feed.messages[0]
    assert first.headers["door"] == "poll"
    assert Event.objects.filter(name="message.received").count() == 25


def test_the_next_poll_goes_on_where_this_one_stopped(poll, tms_feed, now):
    poll()
    tms_feed.messages.append(tell("load.declined", "evt-new"))

    assert poll(now + PAUSE) == 1

    assert tms_feed.asked[3:] == ["25"]


def test_what_was_pushed_before_is_a_duplicate_when_polled(poll, tms_feed, push):
    push(tms_feed.messages[3])

    assert poll() == 24

    assert InboxMessage.objects.count() == 25
    assert not Case.objects.exists()


def test_a_page_read_twice_changes_nothing(poll, tms_feed):
    poll()
    PollCursor.objects.update(value="10")

    assert poll() == 0

    assert InboxMessage.objects.count() == 25


def test_when_keeping_fails_the_cursor_does_not_move(poll, tms_feed, monkeypatch):
    def fail(*_args, **_kwargs):
        raise RuntimeError("disk full")

    monkeypatch.setattr("integrations.operations.polling.receive_many", fail)
    with pytest.raises(RuntimeError):
        poll()

    assert not PollCursor.objects.exclude(value="").exists()
    assert not InboxMessage.objects.exists()


@pytest.mark.parametrize("status", [500, 401, 302])
def test_a_feed_that_fails_is_asked_later_each_time_and_loses_nothing(poll, tms_feed, now, status):
    tms_feed.broken = [(status, {"Location": "http://127.0.0.1:1/"})] * 3
    waits = []
    for _ in range(3):
        assert poll() == 0
        cursor = PollCursor.objects.get()
        waits.append(cursor.next_poll_at - now)

    assert waits == [PAUSE * 2, PAUSE * 4, PAUSE * 8]
    assert cursor.note == f"The feed answered {status}."
    assert poll() == 25
    assert PollCursor.objects.get().failures == 0


def test_a_feed_in_the_middle_of_trouble_keeps_the_pages_before(poll, tms_feed, now):
    def break_second(*args):
        if len(tms_feed.asked) == 1:
            tms_feed.broken = [(503, {"Retry-After": "60"})]
        return Feed.handle(tms_feed, *args)

    with serving(break_second) as url:
        Source.objects.update(poll_url=f"{url}/events")
        source = Source.objects.get()
        new = poll_source(
            source, fetch=feed.fetch_page, identify=adapters.message_id, clock=lambda: now,
            pause=PAUSE,
        )  # fmt: skip

    cursor = PollCursor.objects.get()
    assert (new, cursor.value) == (10, "10")
    assert cursor.next_poll_at == now + timedelta(seconds=60)


def test_a_feed_that_is_away_is_noted(tms, now):
    tms.poll_url = "http://127.0.0.1:1/events"
    tms.save()

    poll_source(
        tms, fetch=feed.fetch_page, identify=adapters.message_id, clock=lambda: now, pause=PAUSE
    )

    assert "No connection" in PollCursor.objects.get().note


@pytest.mark.parametrize(
    ("page", "sentence"),
    [
        ({"data": "?"}, "cannot be read"),
        ({}, "cannot be read"),
        ({"data": [], "has_more": True}, "there is more but not where"),
    ],
)
def test_a_page_that_makes_no_sense_is_refused(page, sentence):
    with (
        serving(lambda *_: (200, page, {})) as url,
        pytest.raises(FeedError, match=sentence),
    ):
        feed.fetch_page(url, token="", cursor="")


def test_a_message_without_an_id_is_kept_refused_and_does_not_stop_the_others(poll, tms_feed):
    del tms_feed.messages[4]["id"]

    assert poll() == 24

    refused = InboxMessage.objects.get(status="FAILED")
    assert refused.external_id.startswith("unnamed/")
    assert Case.objects.get().detail["problems"] == ["The message carries no id."]


def test_two_pollers_keep_each_page_once(tms, tms_feed, now):
    together = threading.Barrier(4, timeout=20)

    def run(_):
        together.wait()
        new = poll_source(
            tms, fetch=feed.fetch_page, identify=adapters.message_id, clock=lambda: now,
            pause=PAUSE,
        )  # fmt: skip
        connection.close()
        return new

    with ThreadPoolExecutor(4) as pool:
        new = list(pool.map(run, range(4)))

    assert sum(new) == 25
    assert InboxMessage.objects.count() == 25
    assert not Case.objects.exists()


def test_only_active_sources_with_a_feed_are_asked_when_due(tms, now):
    assert due_sources(at=now) == []
    tms.poll_url = "http://127.0.0.1:1/events"
    tms.save()
    assert due_sources(at=now) == [tms]

    PollCursor.objects.create(source=tms, next_poll_at=now + PAUSE)
    assert due_sources(at=now) == []
    assert due_sources(at=now + PAUSE) == [tms]

    tms.is_active = False
    tms.save()
    assert due_sources(at=now + PAUSE) == []


def test_the_task_asks_every_feed_that_is_due(tms_feed):
    assert tasks.poll_sources() == 25
    assert tasks.poll_sources() == 0


def test_a_cursor_that_moved_meanwhile_keeps_nothing(tms, now):
    pages = iter([Page((b'{"id": "1"}',), "1", has_more=False)])

    def fetch(_url, *, token, cursor):
        PollCursor.objects.create(source=tms, value="7", next_poll_at=now)
        return next(pages)

    new = poll_source(
        tms, fetch=fetch, identify=adapters.message_id, clock=lambda: now, pause=PAUSE
    )

    assert (new, InboxMessage.objects.count()) == (0, 0)
    assert PollCursor.objects.get().value == "7"
