"""The short way of a usual message: one statement, and no less careful than the long one."""

import json
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone
from structlog.testing import capture_logs

from integrations.models import InboxMessage, Source
from integrations.operations.receiving import receive_first
from integrations.queries.sources import find_source, remembered_source
from journal.models import Delivery, Event
from tests.integrations.conftest import OTHER_SECRET, SECRET, tell


def no_long_way(*_args, **_kwargs):
    raise AssertionError("This message went the long way.")


@pytest.fixture
def known(push, monkeypatch):
    """A door that has taken a message of the source, and now has the short way only."""
    assert push(tell("load.accepted", "evt-0")).status_code == 202

    def shut():
        monkeypatch.setattr("integrations.views.receive", no_long_way)

    return shut


def remembered(slug):
    """Return what this process remembers of a source; it must."""
    found = remembered_source(slug)
    assert found is not None
    return found


def told_of(message):
    """Return everything that is kept of a message, but for what names or times it."""
    (event,) = Event.objects.filter(subject_id=message.pk, name="message.received").values()
    deliveries = Delivery.objects.filter(event=event["id"]).order_by("subscriber").values()
    row = InboxMessage.objects.filter(pk=message.pk).values().get()
    assert event["correlation_id"] == row["correlation_id"]
    assert event["recorded_at"] == event["occurred_at"]
    times = {event["recorded_at"], *(each["next_try_at"] for each in deliveries)}
    assert max(abs(time - row["received_at"]) for time in times) < timedelta(milliseconds=1)
    own = {
        "id", "event_id", "subject_id", "correlation_id", "external_id", "body", "body_sha256",
        "received_at", "recorded_at", "occurred_at", "written_at", "next_try_at", "xid", "headers",
        "payload",
    }  # fmt: skip
    rows = [row, event, *deliveries]
    return [{name: value for name, value in each.items() if name not in own} for each in rows]


@pytest.mark.django_db
def test_the_short_way_keeps_and_tells_the_same_as_the_long_one(push, known):
    known()

    answer = push(tell("load.accepted", "evt-1"))

    assert answer.status_code == 202
    assert answer.json() == {"id": "evt-1", "status": "accepted", "warnings": []}
    long, short = InboxMessage.objects.order_by("id")
    assert told_of(short) == told_of(long)
    assert short.headers.keys() == long.headers.keys()
    assert short.body_sha256 != long.body_sha256
    event = Event.objects.get(subject_id=short.pk)
    assert event.payload == {"source": "tms", "external_id": "evt-1"}


@pytest.mark.django_db
def test_a_message_that_asks_for_nothing_goes_the_short_way_too(push, known):
    known()

    answer = push(tell("load.repainted", "evt-1", colour="blue"))

    assert (answer.status_code, answer.json()["status"]) == (202, "ignored")


@pytest.mark.django_db
def test_an_id_that_came_before_is_compared_the_long_way(push):
    push(tell("load.accepted"))

    assert push(tell("load.accepted")).json()["status"] == "duplicate"
    assert push(tell("load.declined")).status_code == 409
    assert Event.objects.filter(name="message.received").count() == 1


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"secret": OTHER_SECRET}, 401),
        ({"secret": ""}, 401),
        ({"is_active": False}, 404),
    ],
    ids=["another secret", "no secret", "switched off"],
)
def test_what_is_remembered_of_a_source_believes_nobody_after_a_change(push, tms, change, status):
    push(tell("load.accepted", "evt-0"))
    assert remembered("tms").source.secret == SECRET
    Source.objects.filter(pk=tms.pk).update(**change)

    assert push(tell("load.accepted", "evt-1")).status_code == status
    assert not InboxMessage.objects.filter(external_id="evt-1").exists()


@pytest.mark.django_db
def test_a_new_secret_is_believed_at_once(push, tms):
    push(tell("load.accepted", "evt-0"))
    Source.objects.filter(pk=tms.pk).update(secret=OTHER_SECRET)

    assert push(tell("load.accepted", "evt-1"), secret=OTHER_SECRET).status_code == 202


@pytest.mark.django_db
def test_the_grace_of_an_old_secret_ends_without_a_change(push, tms):
    ends = timezone.now() + timedelta(minutes=1)
    Source.objects.filter(pk=tms.pk).update(
        secret=OTHER_SECRET, previous_secret=SECRET, previous_secret_until=ends
    )
    find_source("tms")
    source = remembered("tms").source

    assert source.live_secrets(ends - timedelta(seconds=1)) == [OTHER_SECRET, SECRET]
    assert source.live_secrets(ends) == [OTHER_SECRET]


@pytest.mark.django_db
def test_an_old_version_of_a_source_keeps_nothing(tms, now):
    find_source("tms")
    known = remembered("tms")
    Source.objects.filter(pk=tms.pk).update(name="Cedar")

    kept = receive_first(known, external_id="1", body=b"{}", content_type="", headers={}, at=now)

    assert not kept
    assert not InboxMessage.objects.exists()
    assert not Event.objects.filter(name="message.received").exists()


@pytest.mark.django_db(transaction=True)
def test_a_connection_that_sees_nothing_keeps_one_message_and_sees_nothing_again(push, known):
    known()
    with connection.cursor() as cursor:
        cursor.execute("SET lading.customers = ''")

    assert push(tell("load.accepted", "evt-1")).status_code == 202

    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('lading.customers')")
        assert cursor.fetchone() == ("",)
    assert not InboxMessage.objects.exists()
    with connection.cursor() as cursor:
        cursor.execute("SET lading.customers = '*'")
    assert InboxMessage.objects.count() == 2
    assert Event.objects.filter(name="message.received").count() == 2


@pytest.mark.faults
@pytest.mark.django_db(transaction=True)
def test_a_connection_that_died_meanwhile_costs_no_message(push):
    push(tell("load.accepted", "evt-0"))
    pid = connection.connection.info.backend_pid
    with connection.get_new_connection(connection.get_connection_params()) as beside:
        beside.execute("SELECT pg_terminate_backend(%s)", [pid])

    assert push(tell("load.accepted", "evt-1")).status_code == 202
    assert Event.objects.filter(name="message.received").count() == 2


@pytest.mark.django_db
def test_a_partner_meets_no_page_session_or_cookie_and_the_log_names_the_request(push, tms):
    with capture_logs() as lines:
        answer = push(tell("load.accepted"), headers={})

    assert not answer.cookies
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["X-Frame-Options"] == "DENY"
    assert answer["Content-Security-Policy"] == "default-src 'none'"
    assert answer["Content-Length"] == str(len(answer.content))
    assert json.loads(answer.content)["request_id"]
    (line,) = (line for line in lines if line["event"] == "request_finished")
    assert (line["request"], line["code"]) == ("POST /in/webhooks/tms/", 401)


@pytest.mark.django_db
def test_a_host_that_is_not_ours_is_refused(client, tms, settings):
    settings.ALLOWED_HOSTS = ["lading.example"]

    answer = client.post("/in/webhooks/tms/", b"{}", content_type="application/json")

    assert answer.status_code == 400


@pytest.mark.django_db
def test_what_is_no_door_is_not_found_as_any_page(client):
    assert client.get("/in/nothing/").status_code == 404
