"""Which event makes a block of work do what to which load."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from journal.models import Event
from journal.operations.correlating import caused_by

Causes = Mapping[int, Event]
NO_CAUSES: Causes = {}


@contextmanager
def because_of(event: Event | None) -> Iterator[None]:
    """Hang what is recorded inside on `event`, if there is one."""
    if event is None:
        yield
        return
    with caused_by(event):
        yield
