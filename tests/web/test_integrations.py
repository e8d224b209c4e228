"""What came in, what went out, and what the simulator does on purpose."""

import hashlib
import json
from datetime import timedelta

import pytest

from demo.plan import WORDS, plan
from integrations.models import Breaker, InboxMessage, OutboxMessage, PollCursor, Source
from rating.operations.indexing import create_series
from web.desk.integrations.inbox import readable

pytestmark = pytest.mark.django_db

ISA = (
    "ISA*00*          *00*          *02*BLRV           *ZZ*CDRF           "
    "*261119*1312*U*00401*000091877*0*P*>~"
)


@pytest.fixture
def tms(now) -> Source:
    """The TMS of a shipper."""
    return Source.objects.create(
        slug="tms", name="Prairie TMS", dialect="tms", owner="Dana", created_at=now
    )


def message(source: Source, now, n: int = 1, **more) -> InboxMessage:
    body = more.pop("body", b'{"type": "arrived"}')
    fields = {
        "external_id": f"msg_{n}", "content_type": "application/json", "body": body,
        "body_sha256": hashlib.sha256(body).hexdigest(), "received_at": now - timedelta(minutes=n),
        "status": "PROCESSED",
    }  # fmt: skip
    return InboxMessage.objects.create(source=source, **(fields | more))


def test_health_names_each_feed_with_its_day(desk, tms, now) -> None:
    message(tms, now)
    message(tms, now, 2, status="FAILED", reason="AT7 time 2470 not valid")
    message(tms, now, 60 * 25)

    page = desk().get("/integrations/").content.decode()

    assert "Prairie TMS" in page
    assert "Some messages failed" in page
    assert "Invoices to ERP" in page
    assert "2</td>" in page


def test_a_published_index_is_a_feed_with_its_last_trouble_and_its_file(desk, now) -> None:
    series = create_series(code="EIA-US", name="EIA U.S. diesel", source_url="http://eia.example/")
    source = Source.objects.create(
        slug="index-eia-us", name="EIA U.S. diesel", dialect="index", owner="billing manager",
        index_series=series, created_at=now,
    )  # fmt: skip
    PollCursor.objects.create(
        source=source, failures=1, note="The publisher answered 503.", next_poll_at=now
    )
    kept = message(source, now, body=b"2026-11-16,3.742\n", content_type="text/csv")

    browser = desk()

    page = browser.get("/integrations/").content.decode()
    assert "EIA U.S. diesel" in page
    assert "The publisher answered 503." in page
    assert "2026-11-16,3.742" in browser.get(f"/integrations/inbox/{kept.pk}/").content.decode()


def test_an_open_breaker_is_said(desk, now) -> None:
    Breaker.objects.create(
        target="erp", status="OPEN", opened_at=now, probe_at=now, note="No connection to the ERP."
    )

    assert "No connection to the ERP." in desk().get("/integrations/").content.decode()


def test_the_inbox_shows_the_latest_first_and_narrows(desk, tms, now) -> None:
    old, new = message(tms, now, 9), message(tms, now, 1, status="FAILED", reason="Cut off.")
    browser = desk()

    everything = browser.get("/integrations/inbox/").content.decode()
    failed = browser.get("/integrations/inbox/?status=FAILED").content.decode()

    assert everything.index(new.external_id) < everything.index(old.external_id)
    assert old.external_id not in failed
    assert "Cut off." in failed


def test_a_message_is_shown_raw_and_harmless(desk, tms, now) -> None:
    raw = message(tms, now, body=b'{"note": "<img src=file:///etc/passwd>"}')

    page = desk().get(f"/integrations/inbox/{raw.pk}/").content.decode()

    assert "&lt;img src=file:///etc/passwd&gt;" in page
    assert "<img src=file" not in page


def test_an_interchange_is_broken_into_segments() -> None:
    text = readable(f"{ISA}ST*214*1~SE*2*1~".encode())

    assert text.splitlines()[1:] == ["ST*214*1~", "SE*2*1~"]


def test_bytes_that_are_no_text_are_shown_all_the_same() -> None:
    assert readable(b"\xff\xfe ok") == "\N{REPLACEMENT CHARACTER}\N{REPLACEMENT CHARACTER} ok"


def test_the_outbox_shows_tries_and_answers(desk, issued, now) -> None:
    invoice = issued()
    OutboxMessage.objects.create(
        target="erp", kind="invoice", subject_key="i:1", invoice=invoice, idempotency_key="k",
        body={}, created_at=now, next_try_at=now, status="DEAD", attempts=8, verdict="401 expired",
    )  # fmt: skip

    page = desk().get("/integrations/outbox/?status=DEAD").content.decode()

    assert invoice.number in page
    assert "401 expired" in page
    assert "Given up" in page


def test_the_simulators_plan_is_shown_where_it_runs(desk, settings, tmp_path) -> None:
    settings.VAR_DIR = tmp_path
    browser = desk()
    absent = browser.get("/integrations/simulator/").status_code
    (tmp_path / "demo").mkdir()
    told = {"plan": [b.value for b in plan(42)], "words": {b.value: w for b, w in WORDS.items()}}
    (tmp_path / "demo" / "plan.json").write_text(json.dumps(told))

    page = browser.get("/integrations/simulator/").content.decode()

    assert absent == 404
    assert "of every 100 loads" in page
    assert "No proof of delivery comes" in page
    assert page.count("<li class=") == 100
    assert "/integrations/simulator/" in browser.get("/integrations/").content.decode()


@pytest.mark.parametrize("address", ["inbox/?status=LOST", "inbox/?source=9", "outbox/?after=x"])
def test_an_address_that_cannot_be_read_is_a_bad_request(desk, address: str) -> None:
    assert desk().get(f"/integrations/{address}").status_code == 400
