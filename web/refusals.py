"""What an operation may refuse, caught in one place and said in one sentence.

An error of an operation that carries an HTTP `status` is a refusal: its text is for people.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from django.db import transaction

from dispatch.operations.tracking import FactError
from journal.operations.lifecycle import IllegalMove

Done = TypeVar("Done")

CONFLICT, UNPROCESSABLE = 409, 422
# Errors that are refusals though they know nothing of HTTP.
STATUSES: dict[type[Exception], int] = {IllegalMove: CONFLICT, FactError: UNPROCESSABLE}


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why nothing was done; `field` names the input to mend, when it was one."""

    sentence: str
    status: int
    field: str

    @property
    def is_conflict(self) -> bool:
        """Tell whether somebody else was faster."""
        return self.status == CONFLICT


def attempt(operation: Callable[[], Done]) -> Done | Refusal:
    """Run one operation; when it refuses, nothing of it stays and the refusal is returned.

    What is not a refusal is a fault of ours and goes on to the error page.
    """
    try:
        with transaction.atomic():
            return operation()
    except Exception as error:
        refusal = refusal_in(error)
        if refusal is None:
            raise
        return refusal


def refusal_in(error: Exception) -> Refusal | None:
    """Return the refusal that an error is, or None."""
    status = getattr(error, "status", STATUSES.get(type(error)))
    if not isinstance(status, int):
        return None
    return Refusal(sentence=str(error), status=status, field=getattr(error, "field", ""))
