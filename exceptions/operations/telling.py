"""Write into a case's own trail what the journal records for everybody."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from exceptions.models import Case, CaseEntry
from exceptions.rules.wording import clean, plain


def write_entry(
    case: Case,
    action: str,
    *,
    by: str,
    at: datetime,
    comment: str = "",
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
) -> CaseEntry:
    """Append one step to the case's trail."""
    entry = entry_of(case, action, by=by, at=at, comment=comment, before=before, after=after)
    entry.save()
    return entry


def entry_of(
    case: Case,
    action: str,
    *,
    by: str,
    at: datetime,
    comment: str = "",
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
) -> CaseEntry:
    """Return a step of the case's trail for a block that appends several at once."""
    return CaseEntry(
        case=case,
        at=at,
        by=by,
        action=action,
        comment=clean(comment),
        before=plain(before or {}),
        after=plain(after or {}),
    )


def about(case: Case) -> dict[str, Any]:
    """Return what every event of a case tells its subscribers."""
    return {
        "number": case.number,
        "kind": case.kind,
        "subject_key": case.subject_key,
        "is_blocking": case.is_blocking,
        "load_id": case.load_id,
    }
