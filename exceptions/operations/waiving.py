"""End a case without what it asked for."""

from datetime import datetime

from exceptions.models import Case
from exceptions.operations.authorising import NotAllowed, require_role
from exceptions.operations.closing import close_case
from exceptions.rules.kinds import Kind, find_kind

WAIVED = "waived"


class NotWaivable(NotAllowed):
    """Nobody may go on without what the case asks for."""

    status = 409
    code = "not_waivable"

    def __init__(self, kind: Kind) -> None:
        super().__init__(f"This cannot be waived. {kind.advice}")


def waive_case(
    case: Case, *, by: str, at: datetime, reason: str, version: int | None = None
) -> Case:
    """Close the case because a person decides to go on without; the reason stays.

    Where money moves only billing's people may.

    Raises:
        NotWaivable: the case ends only with what it asks for.
        NotAllowed: `by` is not one who may decide this kind of case.
        ReasonMissing: the reason is empty.
        CaseConflict: the case is closed already, or is not at `version` any more.
    """
    kind = find_kind(case.kind)
    if not kind.is_waivable:
        raise NotWaivable(kind)
    require_role(by, kind.deciders)
    return close_case(case, by=by, at=at, resolution=WAIVED, reason=reason, version=version)
