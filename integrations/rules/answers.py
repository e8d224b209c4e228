"""Which faults of a message the sender is told at the door, and which a person must look at."""

from collections.abc import Iterable
from typing import Protocol, TypeVar

# The message is well made; only somebody who knows the place can say when it was.
KEPT = frozenset({"nonexistent_time", "ambiguous_time"})


class Coded(Protocol):
    """A problem with its code."""

    @property
    def code(self) -> str:
        """Name the rule that failed."""


Fault = TypeVar("Fault", bound=Coded)


def refusal_of(problems: Iterable[Fault]) -> Fault | None:
    """Return the first fault that the sender can mend, or None when the message is to be kept."""
    return next((problem for problem in problems if problem.code not in KEPT), None)
