"""End a case: by a named person, or by a named rule whose fact arrived; always for a reason."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction

from exceptions.models import Case
from exceptions.operations.holding import Key, conflict_over, hold_case, lock_case, lock_open
from exceptions.operations.telling import about, entry_of, write_entry
from exceptions.rules.wording import clean, fit_key
from journal.events import Entry
from journal.models import Event
from journal.operations.correlating import because_of
from journal.operations.lifecycle import advance, move_held
from journal.operations.recording import assert_in_transaction, record_many
from journal.operations.writing import insert_rows, update_rows

CLOSED = ("status", "closed_at", "closed_by", "resolution", "close_reason", "version")


@dataclass(frozen=True, slots=True, kw_only=True)
class Closing:
    """The fact of (kind, subject key) arrived: who says so, and why; `cause` brought it."""

    kind: str
    subject_key: str
    by: str
    reason: str
    resolution: str = "cleared"
    cause: Event | None = None

    @property
    def key(self) -> Key:
        """Return what the case is known by."""
        return self.kind, fit_key(self.subject_key)


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
    entry = _close(case, by=by, at=at, resolution=resolution, reason=reason)
    case.save(update_fields=CLOSED)
    record_many([entry])
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
    closing = Closing(
        kind=kind, subject_key=subject_key, by=by, reason=reason, resolution=resolution
    )
    return close_all([closing], at=at)


def close_all(closings: Iterable[Closing], *, at: datetime) -> int:
    """Close the open case of each closing in a fixed number of statements; return how many.

    Raises:
        ReasonMissing: a reason is empty.
    """
    assert_in_transaction()
    wanted = {closing.key: closing for closing in closings}
    cases, trail, entries = lock_open(wanted), [], []
    for key, case in cases.items():
        closing = wanted[key]
        reason = require_reason(closing.reason)
        told: dict[str, Any] = {"by": closing.by, "at": at}
        with because_of(closing.cause):
            entries.append(_close(case, resolution=closing.resolution, reason=reason, **told))
        after = {"resolution": closing.resolution}
        trail.append(entry_of(case, "closed", comment=reason, after=after, **told))
    update_rows(list(cases.values()), CLOSED)
    insert_rows(trail)
    record_many(entries)
    return len(cases)


def _close(case: Case, *, by: str, at: datetime, resolution: str, reason: str) -> Entry:
    """Close a held case in memory; return the event that tells of it."""
    return move_held(
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
