"""What an operation may refuse, caught in one place and said in one sentence."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from django.db import transaction

from billing.operations import charging, crediting, readiness
from billing.operations.guarding import NotBillable
from billing.operations.invoicing import AlreadyInvoiced
from billing.queries.entities import NoEntity
from dispatch.operations.filing import UploadRefused
from dispatch.operations.tracking import FactError
from exceptions.operations.authorising import NotAllowed
from exceptions.operations.closing import ReasonMissing
from exceptions.operations.commenting import CommentMissing
from exceptions.operations.holding import CaseConflict
from exceptions.operations.resolving import ValueMissing
from exceptions.queries.resolutions import UnknownAction
from journal.operations.lifecycle import IllegalMove

Done = TypeVar("Done")

REFUSALS: tuple[type[Exception], ...] = (
    AlreadyInvoiced,
    NoEntity,
    NotBillable,
    charging.ChargeBilled,
    charging.ChargeExists,
    charging.ReasonMissing,
    charging.SamePerson,
    crediting.NotCreditable,
    crediting.ReasonMissing,
    readiness.NotForReview,
    CaseConflict,
    CommentMissing,
    FactError,
    IllegalMove,
    NotAllowed,
    ReasonMissing,
    UnknownAction,
    UploadRefused,
    ValueMissing,
)
CONFLICT = 409


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
    except REFUSALS as error:
        return Refusal(
            sentence=str(error),
            status=getattr(error, "status", CONFLICT),
            field=getattr(error, "field", ""),
        )
