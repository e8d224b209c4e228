"""A fuel index fetched from a real server: late, twice, wrong, down, and after a holiday."""

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest
from django.db import transaction

from exceptions.models import Case
from integrations.adapters.indexes import fetch_file, read_prices
from integrations.models import Breaker, InboxMessage, PollCursor, Source
from integrations.operations.breaking import MOST_FAILURES
from integrations.operations.fetching import due_indexes, fetch_index
from integrations.tasks import fetch_indexes, probe
from rating.models import FuelIndexSeries, FuelIndexValue
from rating.operations.indexing import Published, append_values, create_series

pytestmark = pytest.mark.django_db(transaction=True)

# Monday's price comes out at 17:00 in New York, 22:00 UTC.
MONDAY = datetime(2026, 11, 16, 22, 5, tzinfo=UTC)
WEEKS = {"2026-11-02": "3.655", "2026-11-09": "3.701", "2026-11-16": "3.742"}


class Publisher:
    """Gives out what stands in its file, with the status it is told."""

    def __init__(self) -> None:
        self.weeks = dict(WEEKS)
        self.body = b""
        self.status = 200
        self.asked = 0

    def answer(self) -> bytes:
        rows = "".join(f"{day},{price}\n" for day, price in self.weeks.items())
        return self.body or f"survey_monday,usd_per_gallon\n{rows}".encode()


@pytest.fixture
def publisher() -> Iterator[Publisher]:
    told = Publisher()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            told.asked += 1
            body = told.answer()
            self.send_response(told.status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_args: object) -> None:
            """Keep the test's output quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    Thread(target=server.serve_forever, daemon=True).start()
    told.url = f"http://127.0.0.1:{server.server_port}/diesel.csv"  # type: ignore[attr-defined]
    yield told
    server.shutdown()
    server.server_close()


@pytest.fixture
def series(publisher) -> FuelIndexSeries:
    return create_series(code="EIA-US", name="EIA U.S. diesel", source_url=publisher.url)


@pytest.fixture
def fetch(series) -> Callable[[datetime], int]:
    return lambda at: fetch_index(series, fetch=fetch_file, read=read_prices, clock=lambda: at)


def on_file() -> list[tuple[str, Decimal]]:
    rows = FuelIndexValue.objects.order_by("survey_on", "published_at")
    return [(f"{row.survey_on}", row.value) for row in rows]


def open_cases(kind: str) -> list[str]:
    cases = Case.objects.filter(kind=kind, status=Case.Status.OPEN).order_by("subject_key")
    return list(cases.values_list("subject_key", flat=True))


def test_a_file_is_kept_and_its_prices_appended(fetch, publisher) -> None:
    assert fetch(MONDAY) == 3

    message = InboxMessage.objects.get()
    assert on_file()[-1] == ("2026-11-16", Decimal("3.742"))
    assert bytes(message.body) == publisher.answer()
    assert (message.status, message.reason) == ("PROCESSED", "2026-11-16: 3.742 and 2 more.")
    last = FuelIndexValue.objects.latest("survey_on")
    assert last.published_at == datetime(2026, 11, 16, 22, tzinfo=UTC)


def test_the_same_file_twice_is_one_message_and_no_value(fetch) -> None:
    fetch(MONDAY)

    assert fetch(MONDAY + timedelta(minutes=1)) == 0
    assert InboxMessage.objects.count() == 1
    assert FuelIndexValue.objects.count() == 3


def test_the_next_look_is_when_the_next_price_comes_out(fetch, series) -> None:
    fetch(MONDAY)

    assert PollCursor.objects.get().next_poll_at == datetime(2026, 11, 23, 22, tzinfo=UTC)
    assert due_indexes(at=MONDAY + timedelta(days=6)) == []
    assert due_indexes(at=MONDAY + timedelta(days=7)) == [series]


def test_after_a_holiday_the_price_comes_on_tuesday_and_is_mondays(fetch, publisher) -> None:
    publisher.weeks = {"2026-05-18": "3.500"}
    fetch(datetime(2026, 5, 18, 21, 5, tzinfo=UTC))
    assert PollCursor.objects.get().next_poll_at == datetime(2026, 5, 26, 21, tzinfo=UTC)

    publisher.weeks["2026-05-26"] = "3.510"
    fetch(datetime(2026, 5, 26, 21, 5, tzinfo=UTC))

    assert on_file()[-1] == ("2026-05-25", Decimal("3.510"))
    assert open_cases("index_missing") == []


def test_a_price_that_is_late_is_looked_for_again_soon(fetch, publisher) -> None:
    del publisher.weeks["2026-11-16"]

    fetch(MONDAY)

    assert PollCursor.objects.get().next_poll_at == MONDAY + timedelta(minutes=30)
    assert open_cases("index_missing") == []


def test_a_missing_week_is_a_case_with_owner_and_clock_that_ends_by_itself(
    fetch, publisher, drain: Callable[[], int]
) -> None:
    del publisher.weeks["2026-11-16"]
    fetch(MONDAY)
    fetch(MONDAY + timedelta(hours=19))
    case = Case.objects.get(kind="index_missing")
    assert case.title == "Fuel price missing: EIA U.S. diesel, 2026-11-16"
    assert (case.owner_group, case.subject_key) == ("billing manager", "index:EIA-US:2026-11-16")
    assert case.due_at == MONDAY + timedelta(hours=27)

    publisher.weeks["2026-11-16"] = "3.742"
    fetch(MONDAY + timedelta(hours=20))
    drain()

    case.refresh_from_db()
    assert (case.status, case.closed_by) == ("CLOSED", "rule:index")


def test_a_week_that_a_person_enters_ends_the_case_too(
    fetch, publisher, series, drain: Callable[[], int]
) -> None:
    del publisher.weeks["2026-11-09"]
    fetch(MONDAY)
    assert open_cases("index_missing") == ["index:EIA-US:2026-11-09"]

    value = Published(survey_on=date(2026, 11, 9), value=Decimal("3.7"), published_at=MONDAY)
    with transaction.atomic():
        append_values(series, values=[value], source="telephone", by="user:1", at=MONDAY)
    drain()

    assert open_cases("index_missing") == []


def test_a_corrected_value_is_appended_and_told(fetch, publisher) -> None:
    fetch(MONDAY)
    publisher.weeks["2026-11-09"] = "3.705"

    fetch(MONDAY + timedelta(days=7))

    values = [value for day, value in on_file() if day == "2026-11-09"]
    case = Case.objects.get(kind="index_corrected")
    assert values == [Decimal("3.701"), Decimal("3.705")]
    assert case.evidence[0]["value"] == "3.701000, now 3.705"
    assert FuelIndexValue.objects.latest("published_at").published_at == MONDAY + timedelta(days=7)


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b"<html>Sign in</html>", "The file is a web page, not a table."),
        (b"2026-11-09,3.7\n2026-11-16,soon\n", "Line 2: 'soon' is no price."),
        (b"2026-11-18,3.7\n", "Wednesday, 2026-11-18 is no day of this survey."),
        (b"2026-11-23,3.7\n", "2026-11-23 lies in the future."),
        (b"2026-11-16,NA\n", "The file holds no price."),
    ],
)
def test_an_unreadable_file_is_one_sentence_and_loses_nothing(
    fetch, publisher, body: bytes, words: str
) -> None:
    publisher.body = body

    fetch(MONDAY)

    message = InboxMessage.objects.get()
    assert (message.status, message.reason, bytes(message.body)) == ("FAILED", words, body)
    assert open_cases("index_unreadable") == ["index:EIA-US"]
    assert not FuelIndexValue.objects.exists()


def test_the_next_good_file_ends_the_trouble(fetch, publisher) -> None:
    publisher.body = b"<html>Sign in</html>"
    fetch(MONDAY)
    fetch(MONDAY + timedelta(minutes=1))
    publisher.body = b""

    fetch(MONDAY + timedelta(minutes=30))

    assert open_cases("index_unreadable") == []
    assert InboxMessage.objects.count() == 2


def test_a_publisher_that_is_down_is_asked_later_each_time_and_missed_in_time(
    fetch, publisher
) -> None:
    fetch(MONDAY)
    publisher.status = 503
    week = MONDAY + timedelta(days=7)

    fetch(week)
    first = PollCursor.objects.get()
    fetch(week + timedelta(hours=19))
    second = PollCursor.objects.get()

    assert (first.failures, first.note) == (1, "The publisher answered 503.")
    assert first.next_poll_at == week + timedelta(minutes=5)
    assert second.next_poll_at == week + timedelta(hours=19, minutes=10)
    assert open_cases("index_missing") == ["index:EIA-US:2026-11-23"]


def test_nobody_at_the_address_is_no_answer(series, fetch) -> None:
    series.source_url = "http://127.0.0.1:9/none.csv"

    assert fetch(MONDAY) == 0
    assert "No connection to 127.0.0.1:9" in PollCursor.objects.get().note


def test_eight_failures_open_the_breaker_and_an_answer_closes_it(fetch, publisher, series) -> None:
    publisher.status = 500
    for _ in range(MOST_FAILURES):
        fetch(MONDAY)
    PollCursor.objects.update(next_poll_at=MONDAY)
    assert due_indexes(at=MONDAY) == []

    publisher.status = 200
    later = MONDAY + timedelta(minutes=2)
    assert due_indexes(at=later) == [series]
    fetch(later)

    assert Breaker.objects.get(target="index:EIA-US").status == "CLOSED"


def test_the_probe_of_the_erp_leaves_publishers_alone(fetch, publisher) -> None:
    publisher.status = 500
    for _ in range(MOST_FAILURES):
        fetch(datetime(2020, 1, 6, 22, 5, tzinfo=UTC))

    assert probe() == 0
    assert Breaker.objects.get().status == "OPEN"


def test_the_clock_fetches_what_has_an_address_and_the_feed_is_among_the_sources(
    publisher, series
) -> None:
    create_series(code="BY-HAND", name="Entered by hand")

    assert fetch_indexes() >= 0

    source = Source.objects.get()
    assert publisher.asked == 1
    assert (source.slug, source.dialect, source.index_series) == ("index-eia-us", "index", series)


def test_a_feed_that_is_switched_off_is_not_fetched(fetch, series) -> None:
    fetch(MONDAY)
    Source.objects.update(is_active=False)

    assert due_indexes(at=MONDAY + timedelta(days=30)) == []
