"""Hang what is recorded on what caused it."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from uuid import UUID, uuid4

from journal.models import Event


@dataclass(frozen=True, slots=True)
class Thread:
    """The chain of cause that new entries hang on."""

    correlation_id: UUID
    cause: int | None = None


_thread: ContextVar[Thread | None] = ContextVar("journal_thread", default=None)


@contextmanager
def correlated(correlation_id: UUID, cause: int | None = None) -> Iterator[None]:
    """Give every entry recorded inside the same correlation id and cause."""
    token = _thread.set(Thread(correlation_id, cause))
    try:
        yield
    finally:
        _thread.reset(token)


@contextmanager
def caused_by(event: Event) -> Iterator[None]:
    """Hang every entry recorded inside on `event`."""
    with correlated(event.correlation_id, event.pk):
        yield


@contextmanager
def because_of(event: Event | None) -> Iterator[None]:
    """Hang every entry recorded inside on `event`, if there is one."""
    if event is None:
        yield
        return
    with caused_by(event):
        yield


def thread_in_force() -> Thread | None:
    """Return the chain in force, None where nothing has begun one."""
    return _thread.get()


def current_thread() -> Thread:
    """Return the chain in force, or a new one."""
    return _thread.get() or Thread(uuid4())


def current_correlation() -> UUID:
    """Return the correlation id in force, or a new one."""
    return current_thread().correlation_id
