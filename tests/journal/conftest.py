"""A routing table of the test's own, and rows to work with."""

import sys
from collections.abc import Callable, Iterator
from datetime import datetime
from types import ModuleType

import pytest
from django.db import transaction
from django.utils import timezone

from accounts.models import Customer
from journal.events import Subscription
from journal.models import Delivery
from journal.operations.recording import record
from journal.queries import subscriptions
from tests.factories import CustomerFactory

CACHES = (subscriptions.subscriptions, subscriptions.handler_of, subscriptions.is_transactional)


def forget_routes() -> None:
    for cached in CACHES:
        cached.cache_clear()


@pytest.fixture
def route(settings, monkeypatch) -> Iterator[Callable[..., None]]:
    """Replace the map of the system by the given subscriptions."""

    def use(*subscriptions: Subscription) -> None:
        module = ModuleType("tests.journal.routes")
        module.SUBSCRIPTIONS = list(subscriptions)  # type: ignore[attr-defined]
        monkeypatch.setitem(sys.modules, module.__name__, module)
        settings.SUBSCRIPTIONS = module.__name__
        forget_routes()

    yield use
    forget_routes()


@pytest.fixture
def tell(now) -> Callable[..., list[Delivery]]:
    """Record an event once per payload, all about one customer; return their deliveries."""

    def record_events(name: str, *payloads: dict, at: datetime = now) -> list[Delivery]:
        with transaction.atomic():
            customer = Customer.objects.first() or CustomerFactory()
            ids = [
                record(name, subject=customer, by="user:1", at=at, payload=payload)
                for payload in payloads or ({},)
            ]
        found = Delivery.objects.filter(event_id__in=ids).select_related("event")
        return list(found.order_by("event_id", "id"))

    return record_events


@pytest.fixture
def started() -> datetime:
    """The instant the test began, by the clock that workers read."""
    return timezone.now()
