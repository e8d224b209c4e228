from datetime import timedelta

import pytest

from journal.events import MAX_ATTEMPTS, on
from journal.models import Delivery
from journal.operations import ringing, sweeping
from journal.operations.sweeping import sweep
from journal.operations.working import claim

pytestmark = pytest.mark.django_db(transaction=True)

ALSO = "tests.journal.handlers.also"


@pytest.fixture(autouse=True)
def rings(route, monkeypatch) -> list[str]:
    route(on("customer.noted", ALSO, queue="billing"), on("pdf.wanted", ALSO, queue="render"))
    heard: list[str] = []
    monkeypatch.setattr(ringing, "ring", lambda _queue: None)
    monkeypatch.setattr(sweeping, "ring", heard.append)
    return heard


def test_every_queue_with_something_due_is_rung_once(tell, rings, now):
    tell("customer.noted", {}, {}, {})
    tell("pdf.wanted")
    assert sweep(at=now) == rings == ["billing", "render"]


def test_what_is_not_due_yet_rings_nothing(tell, rings, now):
    tell("customer.noted")
    assert sweep(at=now - timedelta(seconds=1)) == rings == []


def test_what_is_being_worked_on_rings_nothing(tell, rings, now):
    tell("customer.noted")
    claim("billing", at=now)
    assert sweep(at=now + timedelta(seconds=59)) == []


def test_what_a_dead_worker_held_is_rung_for_after_its_lease(tell, rings, now):
    tell("customer.noted")
    claim("billing", at=now)
    assert sweep(at=now + timedelta(seconds=61)) == ["billing"]


def test_what_is_settled_rings_nothing(tell, rings, now):
    tell("customer.noted")
    Delivery.objects.update(status="DONE")
    assert sweep(at=now + timedelta(days=1)) == []


def test_what_crashed_every_time_is_buried_instead(tell, rings, now):
    tell("customer.noted")
    Delivery.objects.update(status="LEASED", attempts=MAX_ATTEMPTS, lease_until=now)
    assert sweep(at=now + timedelta(seconds=1)) == []
    assert Delivery.objects.get().status == "DEAD"
