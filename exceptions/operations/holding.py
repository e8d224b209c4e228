"""Lock a case before it is changed, and notice that somebody else was faster."""

from datetime import datetime

from exceptions.models import Case
from exceptions.queries.people import name_of


class CaseConflict(Exception):
    """The case is no longer as the person saw it; says who changed it and when."""

    status = 409
    code = "case_conflict"

    def __init__(self, case: Case, *, by: str, at: datetime) -> None:
        self.case = case
        self.by = by
        self.at = at
        super().__init__(f"{case.number} was changed by {name_of(by)} at {at:%Y-%m-%d %H:%M} UTC.")


def lock_case(case: Case) -> Case:
    """Lock `case` for the rest of the transaction and bring it up to date."""
    case.refresh_from_db(from_queryset=Case.objects.select_for_update(of=("self",)))
    return case


def hold_case(case: Case, *, version: int | None = None) -> Case:
    """Lock an open case for a change made by somebody who saw it at `version`.

    Raises:
        CaseConflict: it is closed, or is not at `version` any more.
    """
    lock_case(case)
    if case.status != Case.Status.OPEN or version not in (None, case.version):
        raise conflict_over(case)
    return case


def conflict_over(case: Case) -> CaseConflict:
    """Return the conflict, told by the last entry of the case."""
    last = case.entries.order_by("-id").first()
    if last is None:
        return CaseConflict(case, by=case.closed_by or "system:exceptions", at=case.opened_at)
    return CaseConflict(case, by=last.by, at=last.at)
