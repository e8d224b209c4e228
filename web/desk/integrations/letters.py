"""The three kinds of dead letters: what came, what should go out, and work that was given up."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from accounts.rules import ADMINISTRATING_ROLES, BILLING_ROLES, STAFF_ROLES, Role
from integrations.models import InboxMessage, OutboxMessage
from journal.models import Delivery


@dataclass(frozen=True, slots=True)
class Letters:
    """One kind: its name in the address, its words, its rows, and who may replay them."""

    name: str
    words: str
    rows: Callable[[], QuerySet[Any]]
    replay: str
    roles: frozenset[Role]


def failed_messages() -> QuerySet[InboxMessage]:
    """Return the messages in that nobody could understand."""
    return InboxMessage.objects.filter(status=InboxMessage.Status.FAILED)


def dead_messages() -> QuerySet[OutboxMessage]:
    """Return the messages out that were given up."""
    return OutboxMessage.objects.filter(status=OutboxMessage.Status.DEAD)


def dead_deliveries() -> QuerySet[Delivery]:
    """Return the events whose subscriber was given up."""
    return Delivery.objects.filter(status=Delivery.Status.DEAD)


DEAD_LETTERS: tuple[Letters, ...] = (
    Letters("in", "Messages in", failed_messages, "desk:message_replay", STAFF_ROLES),
    Letters("out", "Messages out", dead_messages, "desk:sent_replay", BILLING_ROLES),
    Letters("work", "Work given up", dead_deliveries, "desk:work_replay", ADMINISTRATING_ROLES),
)
