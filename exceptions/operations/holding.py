"""Lock a case before it is changed, and notice that somebody else was faster."""

from collections.abc import Iterable
from datetime import datetime

from exceptions.models import Case
from exceptions.queries.people import name_of

# What a case is known by while it is open: its kind and its subject key.
Key = tuple[str, str]

# Each pair is one look into the index `case_one_open`.
LOCK_OPEN = """
    SELECT c.* FROM exceptions_case c
    JOIN unnest(%s::text[], %s::text[]) AS wanted (kind, subject_key)
        ON c.kind = wanted.kind AND c.subject_key = wanted.subject_key
    WHERE c.status = 'OPEN' ORDER BY c.id FOR UPDATE OF c
"""


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


def lock_open(keys: Iterable[Key]) -> dict[Key, Case]:
    """Lock the cases that are open under these keys, in the order of their ids."""
    wanted = sorted(set(keys))
    if not wanted:
        return {}
    kinds, subject_keys = (list(side) for side in zip(*wanted, strict=True))
    found = Case.objects.raw(LOCK_OPEN, [kinds, subject_keys])
    return {(case.kind, case.subject_key): case for case in found}


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
