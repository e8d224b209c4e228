"""Handlers that do what a delivery's payload tells them, and leave a customer's note of it."""

from django.db import connection
from django.utils import timezone

from accounts.models import Customer
from journal.events import Dead, Deferred, Done, Ignored, Retry, Verdict
from journal.models import Delivery

BLOCKS: list[list[int]] = []
IN_TRANSACTION: list[bool] = []

VERDICTS: dict[str, Verdict] = {
    "done": Done("noted"),
    "ignored": Ignored("nothing to do"),
    "retry": Retry("not yet"),
    "retry in 7 s": Retry("not yet", after_seconds=7),
    "deferred": Deferred("partner away", after_seconds=60),
    "dead": Dead("hopeless"),
}


class Poisoned(Exception):
    """This delivery breaks its handler."""


def obey(deliveries: list[Delivery]) -> list[Verdict]:
    """Leave a row for each delivery, then return the verdicts asked for."""
    BLOCKS.append([delivery.event_id for delivery in deliveries])
    IN_TRANSACTION.append(connection.in_atomic_block)
    for delivery in deliveries:
        Customer.objects.get_or_create(
            code=f"D{delivery.pk}", defaults={"created_at": timezone.now()}
        )
        if delivery.event.payload.get("verdict") == "poison":
            raise Poisoned(f"event {delivery.event_id}")
    return [VERDICTS[d.event.payload.get("verdict", "done")] for d in deliveries]


def forget_one(deliveries: list[Delivery]) -> list[Verdict]:
    """Return one verdict too few."""
    return [Done()] * (len(deliveries) - 1)


def also(deliveries: list[Delivery]) -> list[Verdict]:
    """Be a second subscriber."""
    return [Done()] * len(deliveries)
