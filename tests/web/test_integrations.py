"""What came in, what went out, and what the simulator does on purpose."""

import hashlib
import json
from datetime import timedelta

import pytest

from demo.plan import WORDS, plan
from integrations.models import Breaker, InboxMessage, OutboxMessage, PollCursor, Source
from journal.models import Delivery, Event
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


def test_health_tells_lag_volume_and_who_is_asked(desk, tms, now) -> None:
    for n, lag in ((1, 3), (2, 5), (3, 1300)):
        message(
            tms, now, n * 30, settled_at=now - timedelta(minutes=n * 30) + timedelta(seconds=lag)
        )

    answer = desk().get("/integrations/")

    (feed,) = (feed for feed in answer.context["feeds"] if feed.source == tms)
    assert feed.flow.messages == 3
    assert feed.flow.lag > timedelta(minutes=10)
    assert (feed.look, feed.words) == ("WARN", "Lag over 10m")
    assert sum(bar.height > 1 for bar in feed.bars) == sum(hour > 0 for hour in feed.flow.hours)
    page = answer.content.decode()
    assert "Dana" in page
    assert "20 m" in page
    assert "3 messages in the last 24 h, 100.00% processed" in page


def test_health_is_asked_again_as_a_fragment(desk, tms) -> None:
    fragment = desk().get("/integrations/", headers={"HX-Request": "true"}).content.decode()

    assert fragment.lstrip().startswith("<section")
    assert "<html" not in fragment


def test_health_costs_the_same_however_many_feeds(
    desk, tms, now, django_assert_num_queries
) -> None:
    browser = desk()
    with django_assert_num_queries(15):
        browser.get("/integrations/")
    for n in range(3):
        other = Source.objects.create(
            slug=f"s{n}", name=f"S{n}", dialect="tms", owner="x", created_at=now
        )
        message(other, now, n)

    with django_assert_num_queries(15):
        browser.get("/integrations/")


def test_an_administrator_pauses_asks_and_tries(desk, tms, now) -> None:
    PollCursor.objects.create(source=tms, next_poll_at=now + timedelta(hours=1))
    breaker = Breaker.objects.create(
        target="erp",
        status="OPEN",
        opened_at=now,
        probe_at=now + timedelta(minutes=1),
        note="Away.",
    )
    browser = desk("administrator")
    page = browser.get("/integrations/").content.decode()

    browser.post(f"/integrations/sources/{tms.pk}/ask/")
    browser.post(f"/integrations/sources/{tms.pk}/switch/")
    browser.post(f"/integrations/breakers/{breaker.pk}/probe/")

    assert all(word in page for word in ("Ask now", "Pause", "Try now"))
    tms.refresh_from_db()
    breaker.refresh_from_db()
    assert (tms.is_active, tms.cursor.next_poll_at, breaker.probe_at) == (False, now, now)
    browser.post(f"/integrations/sources/{tms.pk}/switch/", {"is_active": "on"})
    assert Source.objects.get().is_active


@pytest.mark.parametrize("address", ["sources/1/switch/", "sources/1/ask/", "breakers/1/probe/"])
def test_nobody_else_does(desk, tms, address) -> None:
    browser = desk("billing manager")

    assert browser.post(f"/integrations/{address}").status_code == 403
    assert "Pause" not in browser.get("/integrations/").content.decode()


def test_a_dead_letter_stands_with_its_bytes_and_is_read_again(desk, tms, now, drain) -> None:
    failed = message(
        tms,
        now,
        status="FAILED",
        reason="AT7 time 2470 not valid",
        settled_at=now,
        body=b"AT7*2470~",
    )
    browser = desk()

    page = browser.get(f"/integrations/dead-letters/?show={failed.pk}").content.decode()
    browser.post(f"/integrations/inbox/{failed.pk}/replay/")

    assert "AT7*2470~" in page
    assert page.count("AT7 time 2470 not valid") == 2
    failed.refresh_from_db()
    assert failed.status == "RECEIVED"
    drain()
    failed.refresh_from_db()
    assert failed.status == "FAILED"


def test_a_message_that_was_understood_is_not_read_again(desk, tms, now) -> None:
    done = message(tms, now)

    answer = desk().post(f"/integrations/inbox/{done.pk}/replay/", follow=True)

    assert "It has its verdict" in answer.content.decode()
    assert Event.objects.filter(name="message.received").count() == 0


def test_an_edited_copy_is_read_and_what_came_stays(desk, tms, now) -> None:
    failed = message(tms, now, status="FAILED", reason="Cut off.", settled_at=now, body=b'{"a":\n1')
    page = f"/integrations/inbox/{failed.pk}/"
    manager = desk("billing manager")

    refused = manager.post(f"{page}correct/", {"body": '{"a":\n1', "reason": "Mended."})
    answer = manager.post(f"{page}correct/", {"body": '{"a":\r\n1}', "reason": "Mended."})

    copy = InboxMessage.objects.latest("pk")
    failed.refresh_from_db()
    assert refused.status_code == 409
    assert answer["Location"] == f"/integrations/inbox/{copy.pk}/"
    assert bytes(copy.body) == b'{"a":\n1}'
    assert bytes(failed.body) == b'{"a":\n1'
    assert failed.status == "IGNORED"
    assert "Corrected as msg_1#edited/1: Mended." in desk().get(page).content.decode()


def test_who_may_not_decide_on_money_edits_no_message(desk, tms, now) -> None:
    failed = message(tms, now, status="FAILED", reason="Cut off.", settled_at=now)
    browser = desk("biller")

    page = browser.get(f"/integrations/inbox/{failed.pk}/").content.decode()

    assert "Edit and replay" not in page
    assert browser.post(f"/integrations/inbox/{failed.pk}/correct/").status_code == 403


def test_bytes_that_are_no_text_are_replayed_but_not_edited(desk, tms, now) -> None:
    failed = message(tms, now, status="FAILED", reason="No text.", settled_at=now, body=b"\xff\x00")

    page = desk("administrator").get(f"/integrations/inbox/{failed.pk}/").content.decode()

    assert "Replay" in page
    assert "Edit and replay" not in page


def test_a_message_is_ignored_for_a_reason(desk, tms, now) -> None:
    failed = message(tms, now, status="FAILED", reason="Cut off.", settled_at=now)
    browser = desk()

    silent = browser.post(f"/integrations/inbox/{failed.pk}/ignore/", {"reason": ""})
    browser.post(f"/integrations/inbox/{failed.pk}/ignore/", {"reason": "A test of theirs."})
    late = browser.post(f"/integrations/inbox/{failed.pk}/ignore/", {"reason": "Again."})

    failed.refresh_from_db()
    assert (silent.status_code, late.status_code) == (422, 409)
    assert (failed.status, failed.reason) == ("IGNORED", "A test of theirs.")


def dead_posting(invoice, now) -> OutboxMessage:
    return OutboxMessage.objects.create(
        target="erp", kind="invoice", subject_key="i:1", invoice=invoice, idempotency_key="k",
        body={"number": invoice.number}, created_at=now, next_try_at=now, settled_at=now,
        status="DEAD", attempts=8, verdict="401 expired",
    )  # fmt: skip


def test_a_posting_that_was_given_up_goes_out_again(desk, issued, now) -> None:
    dead = dead_posting(issued(), now)
    browser = desk("biller")
    listed = browser.get(f"/integrations/dead-letters/?kind=out&show={dead.pk}").content.decode()
    page = browser.get(f"/integrations/outbox/{dead.pk}/").content.decode()

    browser.post(f"/integrations/outbox/{dead.pk}/replay/")

    dead.refresh_from_db()
    assert "401 expired" in listed
    assert "&quot;number&quot;" in listed
    assert "Replay" in page
    assert (dead.status, dead.attempts) == ("WAITING", 0)
    assert desk().post(f"/integrations/outbox/{dead.pk}/replay/").status_code == 403


def test_work_that_was_given_up_is_handed_over_again_by_an_administrator(desk, load, now) -> None:
    event = Event.objects.latest("pk")
    delivery = Delivery.objects.create(
        event=event, subscriber="billing.handlers.none", queue="billing", status="DEAD",
        attempts=8, next_try_at=now, settled_at=now, note="Boom",
    )  # fmt: skip
    browser = desk("administrator")
    page = browser.get(f"/integrations/dead-letters/?kind=work&show={delivery.pk}").content.decode()

    browser.post(f"/integrations/work/{delivery.pk}/replay/")

    delivery.refresh_from_db()
    assert "Boom" in page
    assert delivery.status == "PENDING"
    assert desk("biller").post(f"/integrations/work/{delivery.pk}/replay/").status_code == 403


def test_dead_letters_cost_the_same_however_many(desk, tms, now, django_assert_num_queries) -> None:
    browser = desk()
    message(tms, now, status="FAILED", reason="Cut off.", settled_at=now)
    with django_assert_num_queries(12):
        browser.get("/integrations/dead-letters/")
    for n in range(2, 9):
        message(tms, now, n, status="FAILED", reason="Cut off.", settled_at=now)

    with django_assert_num_queries(12):
        browser.get("/integrations/dead-letters/")


def test_a_thread_of_nothing_is_not_found(desk) -> None:
    address = "/integrations/threads/00000000-0000-4000-8000-000000000000/"

    assert desk().get(address).status_code == 404
