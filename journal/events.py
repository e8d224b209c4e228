"""Names and shapes of the journal: entries to record, subscriptions, verdicts of handlers."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

QUEUES = ("intake", "billing", "render", "outbound", "housekeeping")

# A delivery that fails this often is a dead letter; the count is taken before the work.
MAX_ATTEMPTS = 8


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that happened, ready to be recorded.

    `old` and `new` hold the changed fields only. `occurred_at` is when it happened in the world,
    `at` when Lading learned of it; both are aware.
    """

    name: str
    subject_table: str
    subject_id: int
    by: str
    at: datetime
    occurred_at: datetime | None = None
    customer_id: int | None = None
    old: Mapping[str, Any] = field(default_factory=dict)
    new: Mapping[str, Any] = field(default_factory=dict)
    payload: Mapping[str, Any] = field(default_factory=dict)
    reason: str = ""
    cause: int | None = None
    correlation_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Subscription:
    """One handler's interest in one event."""

    event: str
    handler: str
    queue: str
    transactional: bool = True


def on(event: str, handler: str, *, queue: str, transactional: bool = True) -> Subscription:
    """Route `event` to the dotted path `handler` on `queue`.

    Raises:
        ValueError: the queue is not one a worker serves.
    """
    if queue not in QUEUES:
        raise ValueError(f"No worker serves the queue {queue!r}; use one of {', '.join(QUEUES)}.")
    return Subscription(event, handler, queue, transactional)


@dataclass(frozen=True, slots=True)
class Done:
    """The delivery did its work."""

    note: str = ""


@dataclass(frozen=True, slots=True)
class Ignored:
    """The delivery asked for nothing, and why."""

    reason: str


@dataclass(frozen=True, slots=True)
class Retry:
    """Try again later; this uses up an attempt."""

    reason: str
    after_seconds: float | None = None


@dataclass(frozen=True, slots=True)
class Deferred:
    """Not possible now through no fault of the message; uses up no attempt."""

    reason: str
    after_seconds: float


@dataclass(frozen=True, slots=True)
class Dead:
    """Trying again cannot help; a person must look."""

    reason: str


Verdict = Done | Ignored | Retry | Deferred | Dead
