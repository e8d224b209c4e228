"""Take a case out of everybody's list until a day; its clock runs on."""

from datetime import datetime, timedelta

from exceptions.models import Case
from exceptions.operations.holding import hold_case
from exceptions.operations.telling import about, write_entry
from journal.operations.recording import assert_in_transaction, record

LONGEST = timedelta(days=30)


class BadSnooze(Exception):
    """A case is put away until a time that cannot be."""

    status = 422
    code = "bad_snooze"
    field = "until"


def snooze_case(
    case: Case,
    *,
    until: datetime | None,
    by: str,
    at: datetime,
    reason: str = "",
    version: int | None = None,
) -> Case:
    """Put the case away until an instant within 30 days; None takes it up again.

    It still blocks what it blocks, and its deadline stays.

    Raises:
        BadSnooze: the instant is not between now and 30 days from now.
        CaseConflict: the case is closed, or is not at `version` any more.
    """
    assert_in_transaction()
    if until is not None and not at < until <= at + LONGEST:
        raise BadSnooze("Choose a time within the next 30 days.")
    hold_case(case, version=version)
    old, new = {"snoozed_until": case.snoozed_until}, {"snoozed_until": until}
    if old == new:
        return case
    case.snoozed_until = until
    case.version += 1
    case.save(update_fields=["snoozed_until", "version"])
    action = "snoozed" if until else "woken"
    write_entry(case, action, by=by, at=at, comment=reason, before=old, after=new)
    record(
        f"case.{action}", subject=case, by=by, at=at, reason=reason, old=old, new=new,
        payload=about(case),
    )  # fmt: skip
    return case
