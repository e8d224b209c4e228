"""Take one's own last step on a case back, while nothing has come of it."""

from datetime import datetime

from django.utils.dateparse import parse_datetime

from accounts.models import User
from exceptions.models import Case, CaseEntry
from exceptions.operations.assigning import assign_case
from exceptions.operations.closing import reopen_case
from exceptions.operations.snoozing import snooze_case
from exceptions.operations.waiving import WAIVED
from journal.operations.recording import assert_in_transaction

# Steps that leave a case as it was but for who has it and when it is seen.
LIGHT = frozenset({"assigned", "snoozed", "woken"})
# Remarks: they change nothing, so the step before them can still be taken back.
REMARKS = frozenset({"commented", "asked"})


class NotUndoable(Exception):
    """The last step cannot be taken back; says why."""

    status = 409
    code = "not_undoable"


def last_step(case: Case) -> CaseEntry | None:
    """Return the last entry that changed the case."""
    return case.entries.exclude(action__in=REMARKS).order_by("-pk").first()


def undo_step(case: Case, *, by: str, at: datetime) -> str:
    """Take back the last step if `by` made it: an assignment or a snooze; return which it was.

    Raises:
        NotUndoable: somebody else changed the case last, or the step has effects.
    """
    assert_in_transaction()
    step = require_own_step(case, by=by)
    if step.action not in LIGHT:
        raise NotUndoable(f"{case.number}: this cannot be undone.")
    if step.action == "assigned":
        before = step.before.get("assignee_id")
        to = User.objects.filter(pk=before).first() if before else None
        assign_case(case, to=to, by=by, at=at)
    else:
        told = step.before.get("snoozed_until")
        until = parse_datetime(told) if told else None
        still = until if until is not None and until > at else None
        snooze_case(case, until=still, by=by, at=at)
    return step.action


def reopen_waived(case: Case, *, by: str, at: datetime) -> Case:
    """Open a case again that `by` waived; what it let go is the caller's to take back first.

    Raises:
        NotUndoable: it was not waived, or by somebody else, or changed since.
        CaseConflict: the same matter is open as another case meanwhile.
    """
    assert_in_transaction()
    require_own_step(case, by=by)
    if case.status != Case.Status.CLOSED or case.resolution != WAIVED:
        raise NotUndoable(f"{case.number}: this cannot be undone.")
    return reopen_case(case, by=by, at=at, reason="Undone.")


def require_own_step(case: Case, *, by: str) -> CaseEntry:
    """Return the last step of the case, made by `by`.

    Raises:
        NotUndoable: there is none, or somebody else changed the case last.
    """
    step = last_step(case)
    if step is None or step.by != by:
        raise NotUndoable(f"{case.number} was changed by somebody else since.")
    return step
