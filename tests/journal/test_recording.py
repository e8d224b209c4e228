from datetime import timedelta
from time import monotonic
from uuid import UUID

import pytest
from celery import Celery, current_app
from django.db import connection, transaction

from journal.events import Entry, on
from journal.models import Delivery, Event
from journal.operations import ringing
from journal.operations.correlating import caused_by, correlated, current_correlation
from journal.operations.recording import NoTransaction, record, record_many
from tests.factories import CustomerFactory

OBEY = "tests.journal.handlers.obey"
ALSO = "tests.journal.handlers.also"
CORRELATION = UUID("0d3c1a52-7f0e-4d8f-9a37-3f1f6a0f6c11")


@pytest.fixture
def rings(monkeypatch):
    """The queues whose bell was rung."""
    heard: list[str] = []
    monkeypatch.setattr(ringing, "ring", heard.append)
    return heard


@pytest.mark.django_db(transaction=True)
def test_an_event_outside_a_transaction_is_refused(now):
    customer = CustomerFactory()
    with pytest.raises(NoTransaction):
        record("customer.noted", subject=customer, by="user:1", at=now)
    assert not Event.objects.exists()


@pytest.mark.django_db
def test_an_event_and_its_deliveries_are_one_statement(route, now, django_assert_num_queries):
    route(on("customer.noted", OBEY, queue="billing"), on("customer.noted", ALSO, queue="render"))
    customer = CustomerFactory()
    with django_assert_num_queries(1):
        event_id = record("customer.noted", subject=customer, by="user:1", at=now)
    assert set(
        Delivery.objects.filter(event_id=event_id).values_list("subscriber", "queue", "status")
    ) == {(OBEY, "billing", "PENDING"), (ALSO, "render", "PENDING")}


@pytest.mark.django_db
def test_an_event_nobody_hears_makes_no_delivery(route, now):
    route(on("customer.noted", OBEY, queue="billing"))
    record("customer.unheard", subject=CustomerFactory(), by="user:1", at=now)
    assert not Delivery.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_a_rolled_back_change_leaves_neither_event_nor_delivery(route, now):
    route(on("customer.noted", OBEY, queue="billing"))
    with transaction.atomic():
        record("customer.noted", subject=CustomerFactory(), by="user:1", at=now)
        transaction.set_rollback(True)
    assert (Event.objects.count(), Delivery.objects.count()) == (0, 0)


@pytest.mark.django_db
def test_an_event_keeps_who_when_what_and_whose(now):
    customer = CustomerFactory()
    event = Event.objects.get(
        pk=record(
            "customer.held", subject=customer, by="user:7", at=now, reason="late payer",
            occurred_at=now - timedelta(hours=2), old={"status": "ACTIVE"},
            new={"status": "ON_HOLD"}, payload={"days": 12}, customer_id=customer.pk,
            correlation_id=CORRELATION,
        )
    )  # fmt: skip
    assert (event.name, event.actor, event.reason) == ("customer.held", "user:7", "late payer")
    assert (event.subject_table, event.subject_id) == ("accounts_customer", customer.pk)
    assert (event.recorded_at, event.occurred_at) == (now, now - timedelta(hours=2))
    assert (event.old, event.new) == ({"status": "ACTIVE"}, {"status": "ON_HOLD"})
    assert (event.payload, event.customer_id) == ({"days": 12}, customer.pk)
    assert event.correlation_id == CORRELATION


@pytest.mark.django_db
def test_what_was_not_dated_happened_when_it_was_learned_of(now):
    event_id = record("customer.noted", subject=CustomerFactory(), by="user:1", at=now)
    assert Event.objects.get(pk=event_id).occurred_at == now


@pytest.mark.django_db
def test_the_ids_come_back_in_the_order_of_the_entries(now):
    entries = [
        Entry(f"event.{n}", "accounts_customer", n, by="user:1", at=now) for n in range(30, 0, -1)
    ]
    ids = record_many(entries)
    assert [Event.objects.get(pk=pk).name for pk in ids] == [entry.name for entry in entries]


@pytest.mark.django_db
def test_recording_nothing_asks_the_database_nothing(django_assert_num_queries):
    with django_assert_num_queries(0):
        assert record_many([]) == []


@pytest.mark.django_db
def test_an_effect_hangs_on_its_cause(now):
    customer = CustomerFactory()
    cause = Event.objects.get(pk=record("first", subject=customer, by="user:1", at=now))
    with caused_by(cause):
        effect = Event.objects.get(pk=record("second", subject=customer, by="user:1", at=now))
    later = Event.objects.get(pk=record("third", subject=customer, by="user:1", at=now))
    assert (effect.cause, effect.correlation_id) == (cause, cause.correlation_id)
    assert later.cause is None
    assert later.correlation_id != cause.correlation_id


def test_the_correlation_in_force_is_known_inside_and_only_there():
    with correlated(CORRELATION):
        assert current_correlation() == CORRELATION
    assert current_correlation() != CORRELATION


@pytest.mark.django_db
def test_an_event_without_an_actor_is_refused_by_the_database(now):
    with pytest.raises(Exception, match="event_has_actor"), transaction.atomic():
        record("customer.noted", subject=CustomerFactory(), by="", at=now)


@pytest.mark.django_db(transaction=True)
def test_a_hundred_events_of_one_transaction_ring_each_queue_once_and_after_the_commit(
    route, tell, rings, now
):
    route(on("customer.noted", OBEY, queue="billing"), on("customer.noted", ALSO, queue="render"))
    with transaction.atomic():
        tell("customer.noted", *[{} for _ in range(100)])
        assert rings == []
    assert sorted(rings) == ["billing", "render"]


@pytest.mark.django_db(transaction=True)
def test_a_rolled_back_transaction_rings_no_bell(route, tell, rings):
    route(on("customer.noted", OBEY, queue="billing"))
    with transaction.atomic():
        tell("customer.noted")
        transaction.set_rollback(True)
    assert rings == []


@pytest.mark.django_db(transaction=True)
def test_the_second_transaction_rings_again(route, tell, rings):
    route(on("customer.noted", OBEY, queue="billing"))
    tell("customer.noted")
    tell("customer.noted")
    assert rings == ["billing", "billing"]


@pytest.mark.django_db(transaction=True)
def test_a_broker_that_is_away_loses_the_ring_and_not_the_work(route, tell, settings, monkeypatch):
    def away(*_args, **_kwargs):
        raise OSError("Connection refused")

    settings.RING_BELLS = True
    monkeypatch.setattr(current_app, "send_task", away)
    route(on("customer.noted", OBEY, queue="billing"))
    (delivery,) = tell("customer.noted")
    assert delivery.status == Delivery.Status.PENDING


def test_a_broker_that_is_away_does_not_hold_a_commit_up(settings, monkeypatch):
    app = Celery(broker="redis+socket:///nowhere/redis.sock", set_as_current=False)
    app.conf.broker_transport_options = settings.CELERY_BROKER_TRANSPORT_OPTIONS
    settings.RING_BELLS = True
    monkeypatch.setattr(ringing, "current_app", app)
    ringing.ring("billing")
    began = monotonic()
    ringing.ring("billing")
    assert monotonic() - began < 2


def test_a_bell_names_the_queue_and_nothing_else(settings, monkeypatch):
    sent: list[tuple] = []
    settings.RING_BELLS = True
    monkeypatch.setattr(
        current_app, "send_task", lambda *args, **kwargs: sent.append((args, kwargs))
    )
    ringing.ring("billing")
    assert sent == [
        (("journal.tasks.work",), {"args": ["billing"], "queue": "billing", "retry": False})
    ]


@pytest.mark.django_db
def test_a_subscription_to_a_queue_nobody_serves_is_refused():
    with pytest.raises(ValueError, match="express"):
        on("customer.noted", OBEY, queue="express")


@pytest.mark.django_db
def test_the_raw_statement_gives_the_rows_that_the_models_describe(route, now):
    """The ORM's form of the same event; the statement is faster and must not differ."""
    route(on("customer.noted", OBEY, queue="billing"))
    customer = CustomerFactory()
    fast = Event.objects.get(
        pk=record("customer.noted", subject=customer, by="user:1", at=now,
                  correlation_id=CORRELATION)
    )  # fmt: skip
    slow = Event.objects.create(
        name="customer.noted", subject_table="accounts_customer", subject_id=customer.pk,
        occurred_at=now, recorded_at=now, actor="user:1", correlation_id=CORRELATION,
    )  # fmt: skip
    slow.refresh_from_db()
    slow_delivery = Delivery.objects.create(
        event=slow, subscriber=OBEY, queue="billing", next_try_at=now
    )
    own = {"id", "event", "written_at"}
    assert _values(fast, own) == _values(slow, own)
    assert _values(fast.deliveries.get(), own) == _values(slow_delivery, own)


def _values(row, but):
    return {f.name: getattr(row, f.attname) for f in row._meta.concrete_fields if f.name not in but}


@pytest.mark.django_db
def test_the_transaction_that_wrote_an_event_is_kept_with_it(now):
    event_id = record("customer.noted", subject=CustomerFactory(), by="user:1", at=now)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_current_xact_id()")
        (current,) = cursor.fetchone()
    assert Event.objects.get(pk=event_id).xid == current
