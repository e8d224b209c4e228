"""Take a waiver back before anything was billed by it."""

from datetime import datetime

from billing.models import Blocker, LoadBilling
from billing.operations.holding import hold_billing
from billing.operations.readiness import evaluate_loads
from exceptions.models import Case
from exceptions.operations.undoing import NotUndoable, reopen_waived


def unwaive_case(case: Case, *, by: str, at: datetime) -> Case:
    """Open a case again that `by` waived, and let its blocker count again; return the case.

    The load is judged anew in the same transaction.

    Raises:
        NotUndoable: its load is invoiced by now, or the waiver is not this person's last step.
        CaseConflict: the same matter is open as another case meanwhile.
    """
    if case.load_id is None:
        return reopen_waived(case, by=by, at=at)
    billing = hold_billing(case.load_id)
    if billing.status == LoadBilling.Status.INVOICED:
        raise NotUndoable(f"{case.number}: its load is invoiced by now.")
    waived_at = case.closed_at
    reopened = reopen_waived(case, by=by, at=at)
    Blocker.objects.filter(
        load_id=case.load_id, cleared_at=None, waived_at=waived_at,
        rule=case.detail.get("rule", ""), subject_key=case.detail.get("blocker", ""),
    ).update(waived_at=None, waived_by="", waive_reason="")  # fmt: skip
    evaluate_loads([case.load_id], by=by, at=at)
    return reopened
