"""What the app does when something happened, and when the clock rings."""

import json
from datetime import timedelta

import pytest
from django.utils import timezone

from billing.models import Invoice
from dispatch.models import Load
from exceptions.models import Case
from integrations import handlers, tasks
from integrations.models import Breaker, InboxMessage, OutboxMessage
from integrations.operations.receiving import receive
from journal.events import Done, Ignored
from journal.models import Delivery, Event
from tests.factories import LoadFactory
from tests.integrations.conftest import tell, tell_load
from tests.integrations.misbehaving import MisbehavingErp, running

pytestmark = pytest.mark.django_db


@pytest.fixture
def keep(tms, customer, now):
    def keep_message(message):
        return receive(
            tms, external_id=message["id"], body=json.dumps(message).encode(),
            content_type="application/json", headers={}, at=now,
        ).message  # fmt: skip

    return keep_message


def deliveries(name: str) -> list[Delivery]:
    """Return deliveries of every event of that name, as a worker would hand them over."""
    events = Event.objects.filter(name=name).order_by("id")
    return [Delivery(event=event, subscriber="x", queue="intake") for event in events]


def test_new_messages_are_understood_and_each_gets_its_verdict(keep):
    keep(tell_load())
    keep(tell("load.accepted", "evt-1"))
    keep(tell("load.repainted", "evt-2"))
    other = tell("load.accepted", "evt-3")
    other["load"]["references"][0]["value"] = "S-1"
    keep(other)

    verdicts = handlers.understand_messages(deliveries("message.received"))

    assert verdicts == [
        Done("processed"), Done("processed"),
        Ignored("'load.repainted' is no type we act upon."), Done("parked"),
    ]  # fmt: skip
    assert Load.objects.get().status == "ACCEPTED"


def test_what_follows_hangs_on_the_event_of_its_message(keep):
    message = keep(tell_load())

    handlers.understand_messages(deliveries("message.received"))

    received = Event.objects.get(name="message.received")
    created = Event.objects.get(name="load.created")
    assert (created.cause_id, created.correlation_id) == (received.pk, message.correlation_id)


def test_a_message_is_understood_once_however_often_it_is_delivered(keep):
    keep(tell_load())

    handlers.understand_messages(deliveries("message.received"))
    again = handlers.understand_messages(deliveries("message.received"))

    assert again == [Ignored("The message has its verdict already.")]
    assert Load.objects.count() == 1


def test_a_load_that_comes_fetches_what_waited_for_it(keep):
    early = keep(tell("load.accepted", "evt-1"))
    handlers.understand_messages(deliveries("message.received"))
    keep(tell_load())
    handlers.understand_messages(deliveries("message.received"))

    verdicts = handlers.fetch_parked_messages(deliveries("load.created"))

    early.refresh_from_db()
    assert (early.status, verdicts) == ("PROCESSED", [Done("1 messages had waited.")])


def test_without_an_erp_an_invoice_is_not_queued(settings, now):
    settings.ERP_URL = ""
    event = Event(name="invoice.issued", subject_id=1)

    verdicts = handlers.queue_postings([Delivery(event=event)])

    assert verdicts == [Ignored("No ERP is connected.")]
    assert not OutboxMessage.objects.exists()


def test_an_invoice_that_is_gone_is_no_reason_to_fail(settings, now):
    settings.ERP_URL = "http://127.0.0.1:1"

    assert handlers.queue_postings([Delivery(event=Event(subject_id=0))]) == [Done()]
    assert not Invoice.objects.exists()


def test_the_clock_opens_a_case_for_what_has_waited_too_long(keep):
    message = keep(tell("load.accepted"))
    handlers.understand_messages(deliveries("message.received"))
    past = timezone.now() - timedelta(minutes=16)
    InboxMessage.objects.filter(pk=message.pk).update(parked_at=past)

    assert tasks.age_parked() == 1

    assert Case.objects.get().kind == "load_not_found"


@pytest.mark.django_db(transaction=True)
def test_the_clock_sends_what_waits_and_probes_what_is_broken(settings, now):
    uid = "0d3c1a52-7f0e-4d8f-9a37-3f1f6a0f6c11"
    OutboxMessage.objects.create(
        target="erp", kind="invoice", subject_key=f"invoice:{uid}", idempotency_key=uid,
        body={"external_reference": uid, "currency": "USD", "total_amount": "10.00"},
        created_at=now, next_try_at=now,
    )  # fmt: skip
    Breaker.objects.create(target="erp", status="OPEN", opened_at=now, probe_at=now)

    with running(MisbehavingErp()) as erp:
        settings.ERP_URL = erp.url
        assert tasks.send_due() == 0
        assert tasks.probe() == 1
        assert tasks.send_due() == 1

    assert OutboxMessage.objects.get().status == "SENT"
    assert Breaker.objects.get().status == "CLOSED"


def test_without_an_erp_the_clock_sends_nothing(settings):
    settings.ERP_URL = ""

    assert tasks.send_due() == 0


def test_a_load_nobody_waited_for_changes_nothing(now):
    load = LoadFactory()
    event = Event(name="load.created", subject_id=load.pk)

    verdicts = handlers.fetch_parked_messages([Delivery(event=event)])

    assert verdicts == [Done("0 messages had waited.")]
