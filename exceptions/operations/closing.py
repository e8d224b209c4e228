"""End a case: by a named person, or by a named rule whose fact arrived; always for a reason."""

from datetime import datetime

from django.db import IntegrityError, transaction

from exceptions.models import Case
from exceptions.operations.holding import conflict_over, hold_case, lock_case
from exceptions.operations.telling import about, write_entry
from exceptions.rules.wording import clean, fit_key
from journal.operations.lifecycle import advance
from journal.operations.recording import assert_in_transaction


class ReasonMissing(Exception):
    """Somebody wants to end a case without saying why."""

    status = 400
    code = "reason_required"
    field = "reason"

    def __init__(self) -> None:
        super().__init__("Say why: the reason stays with the case.")


def require_reason(reason: str) -> str:
    """Return the reason, tidied; raise `ReasonMissing` when there is none."""
    tidy = clean(reason).strip()
    if not tidy:
        raise ReasonMissing
    return tidy


def close_case(
    case: Case,
    *,
    by: str,
    at: datetime,
    resolution: str,
    reason: str,
    version: int | None = None,
) -> Case:
    """Close `case` with what was done (`resolution`) and why.

    `by` is a person ("user:12") or a rule ("rule:pod_accepted").

    Raises:
        ReasonMissing: the reason is empty.
        CaseConflict: the case is closed already, or is not at `version` any more.
    """
    assert_in_transaction()
    reason = require_reason(reason)
    hold_case(case, version=version)
    advance(
        case,
        Case.Status.CLOSED,
        by=by,
        at=at,
        reason=reason,
        payload=about(case) | {"resolution": resolution},
        closed_at=at,
        closed_by=by,
        resolution=resolution,
        close_reason=reason,
        version=case.version + 1,
    )
    write_entry(case, "closed", by=by, at=at, comment=reason, after={"resolution": resolution})
    return case


def close_cases(
    kind: str,
    subject_key: str,
    *,
    by: str,
    at: datetime,
    reason: str,
    resolution: str = "cleared",
) -> int:
    """Close the open case of (kind, subject key) because its fact arrived; return how many."""
    found = Case.objects.filter(
        kind=kind, subject_key=fit_key(subject_key), status=Case.Status.OPEN
    )
    cases = list(found.order_by("id").select_for_update(of=("self",)))
    for case in cases:
        close_case(case, by=by, at=at, resolution=resolution, reason=reason)
    return len(cases)


def reopen_case(case: Case, *, by: str, at: datetime, reason: str) -> Case:
    """Open a closed case again, with the clock it had.

    Raises:
        ReasonMissing: the reason is empty.
        CaseConflict: another case of the same kind and subject is open meanwhile.
    """
    assert_in_transaction()
    reason = require_reason(reason)
    lock_case(case)
    try:
        with transaction.atomic():
            advance(
                case,
                Case.Status.OPEN,
                by=by,
                at=at,
                reason=reason,
                payload=about(case),
                closed_at=None,
                closed_by="",
                resolution="",
                close_reason="",
                version=case.version + 1,
            )
    except IntegrityError:
        other = Case.objects.get(
            kind=case.kind, subject_key=case.subject_key, status=Case.Status.OPEN
        )
        raise conflict_over(other) from None
    write_entry(case, "reopened", by=by, at=at, comment=reason)
    return case
