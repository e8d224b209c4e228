"""Probes say what is missing, and only that."""

from datetime import timedelta

import pytest
from django.db import OperationalError, transaction
from django.db.migrations.executor import MigrationExecutor
from django.test import Client
from django.utils import timezone

from journal.models import Delivery
from journal.operations.recording import record
from tests.factories import CustomerFactory
from web import health


def test_healthz_asks_the_database_nothing(client: Client) -> None:
    answer = client.get("/healthz")

    assert (answer.status_code, answer.json()) == (200, {"status": "alive"})


@pytest.mark.django_db
def test_readyz_is_green_when_everything_answers(client: Client) -> None:
    answer = client.get("/readyz")

    assert (answer.status_code, answer.json()) == (200, {"status": "ready", "missing": {}})
    assert "no-store" in answer["Cache-Control"]


@pytest.mark.django_db
def test_readyz_names_a_database_that_does_not_answer(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Dead:
        def cursor(self) -> None:
            raise OperationalError

    monkeypatch.setattr(health, "connection", Dead())

    answer = client.get("/readyz")

    assert answer.status_code == 503
    assert answer.json()["missing"]["database"] == "The database does not answer."


@pytest.mark.django_db
def test_readyz_counts_migrations_that_are_not_applied(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        MigrationExecutor, "migration_plan", lambda _self, _targets: [object(), object()]
    )

    answer = client.get("/readyz")

    assert answer.status_code == 503
    assert answer.json()["missing"] == {"migrations": "2 migrations are not applied."}


@pytest.mark.django_db
def test_readyz_names_a_redis_that_does_not_answer(client: Client, settings) -> None:
    settings.REDIS_URL = "redis://127.0.0.1:1/0"

    assert client.get("/readyz").json()["missing"] == {"redis": "Redis does not answer."}


@pytest.fixture
def waiting_work(db, monkeypatch: pytest.MonkeyPatch) -> Delivery:
    """One delivery that has been due for ten minutes."""
    at = timezone.now() - timedelta(minutes=10)
    with transaction.atomic():
        event = record("load.created", subject=CustomerFactory(), by="user:1", at=at)
    Delivery.objects.filter(event=event).delete()
    return Delivery.objects.create(event_id=event, subscriber="x", queue="billing", next_try_at=at)


def test_readyz_says_that_due_work_lies_untouched(client: Client, waiting_work: Delivery) -> None:
    answer = client.get("/readyz")

    assert answer.status_code == 503
    assert "no worker holds any of it" in answer.json()["missing"]["journal"]


def test_readyz_does_not_mind_a_long_queue_that_is_worked_off(
    client: Client, waiting_work: Delivery
) -> None:
    Delivery.objects.create(
        event=waiting_work.event, subscriber="y", queue="billing", status="LEASED",
        next_try_at=waiting_work.next_try_at, lease_until=timezone.now() + timedelta(minutes=1),
    )  # fmt: skip

    assert client.get("/readyz").status_code == 200
