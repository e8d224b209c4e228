"""Give a case to a person."""

from datetime import datetime

from accounts.models import User
from exceptions.models import Case
from exceptions.operations.authorising import NotAllowed
from exceptions.operations.holding import hold_case
from exceptions.operations.telling import about, write_entry
from journal.operations.recording import assert_in_transaction, record


def assign_case(
    case: Case, *, to: User | None, by: str, at: datetime, version: int | None = None
) -> Case:
    """Make `to` the one who looks after the case; None gives it back to its team.

    Raises:
        NotAllowed: `to` does not work for the carrier.
        CaseConflict: the case is closed, or is not at `version` any more.
    """
    assert_in_transaction()
    if to is not None and not (to.is_active and to.is_desk):
        raise NotAllowed(f"{to.name} does not work on cases.")
    hold_case(case, version=version)
    old, new = {"assignee_id": case.assignee_id}, {"assignee_id": to and to.pk}
    if old == new:
        return case
    case.assignee = to
    case.version += 1
    case.save(update_fields=["assignee", "version"])
    write_entry(
        case, "assigned", by=by, at=at, comment=to.name if to else "", before=old, after=new
    )
    record("case.assigned", subject=case, by=by, at=at, old=old, new=new, payload=about(case))
    return case
