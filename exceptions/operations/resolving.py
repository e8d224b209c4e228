"""Do what a case asks for: look at the consequence first, then make it, all or nothing."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from exceptions.models import Case
from exceptions.operations.authorising import require_role
from exceptions.operations.closing import close_case, require_reason
from exceptions.operations.holding import conflict_over
from exceptions.operations.telling import write_entry
from exceptions.queries.resolutions import UnknownAction, resolution_of, resolutions_of
from exceptions.rules.proposals import Action, Field, Proposal
from journal.operations.lifecycle import IllegalMove
from journal.operations.recording import assert_in_transaction


@dataclass(frozen=True, slots=True)
class Outcome:
    """What was done, and the closed case."""

    case: Case
    summary: str


class ValueMissing(Exception):
    """The action was not told something it needs."""

    status = 400
    code = "value_required"

    def __init__(self, field: Field) -> None:
        self.field = field.name
        super().__init__(f"{field.label} is missing.")


def actions_for(case: Case) -> tuple[Action, ...]:
    """Return what can be done about the case as things stand, the likeliest first."""
    if case.status != Case.Status.OPEN:
        return ()
    return tuple(
        Action(name, resolution.label, resolution.needs_reason)
        for name, resolution in resolutions_of(case.kind).items()
        if resolution.propose(case) is not None
    )


def propose(case: Case, action: str) -> Proposal:
    """Return what `action` would change, line by line; changes nothing.

    Raises:
        UnknownAction: the case knows no such action, or it makes no sense as things stand.
    """
    proposal = resolution_of(case.kind, action).propose(case)
    if proposal is None:
        raise UnknownAction(f"{case.number} does not ask for this any more.")
    return proposal


def apply(
    case: Case,
    action: str,
    *,
    by: str,
    at: datetime,
    version: int,
    reason: str = "",
    values: Mapping[str, Any] | None = None,
) -> Outcome:
    """Make the proposed change and close the case: both, or neither when anything is raised.

    `version` is that of the case as the person saw it. The consequence is made first and the case
    locked last, in the order of those who evaluate a load, so that the two cannot deadlock.

    Raises:
        CaseConflict: somebody changed or closed the case since.
        UnknownAction, NotAllowed, ReasonMissing, ValueMissing: the request is not in order.
    """
    assert_in_transaction()
    _check_current(case, version=version)
    resolution = resolution_of(case.kind, action)
    require_role(by, resolution.roles)
    proposal = propose(case, action)
    if resolution.needs_reason:
        reason = require_reason(reason)
    told = _told(proposal, values or {})
    try:
        summary = resolution.apply(case, by=by, at=at, reason=reason, values=told)
    except IllegalMove:
        _check_current(case, version=version)
        raise
    close_case(
        case, by=by, at=at, resolution=action, reason=reason.strip() or summary, version=version
    )
    write_entry(
        case, action, by=by, at=at, comment=summary,
        before={change.field: change.before for change in proposal.changes},
        after={change.field: change.after for change in proposal.changes},
    )  # fmt: skip
    return Outcome(case, summary)


def _check_current(case: Case, *, version: int) -> None:
    """Raise `CaseConflict` unless the case is open and still at `version`."""
    case.refresh_from_db()
    if case.status != Case.Status.OPEN or case.version != version:
        raise conflict_over(case)


def _told(proposal: Proposal, values: Mapping[str, Any]) -> dict[str, Any]:
    """Return the values of the proposal's fields; a required one must be there."""
    for field in proposal.fields:
        if field.required and values.get(field.name) in (None, ""):
            raise ValueMissing(field)
    return {field.name: values.get(field.name) for field in proposal.fields}
