"""End a case without what it asked for."""

from datetime import datetime

from exceptions.models import Case
from exceptions.operations.authorising import require_role
from exceptions.operations.closing import close_case
from exceptions.rules.kinds import find_kind

WAIVED = "waived"


def waive_case(
    case: Case, *, by: str, at: datetime, reason: str, version: int | None = None
) -> Case:
    """Close the case because a person decides to go on without; the reason stays.

    Where money moves only billing's people may.

    Raises:
        NotAllowed: `by` is not one who may decide this kind of case.
        ReasonMissing: the reason is empty.
        CaseConflict: the case is closed already, or is not at `version` any more.
    """
    require_role(by, find_kind(case.kind).deciders)
    return close_case(case, by=by, at=at, resolution=WAIVED, reason=reason, version=version)
