"""Tenders that were not answered in time, as cases: opened by the clock, closed by the answer."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, ClassVar

from accounts.rules import STAFF_ROLES, Role
from dispatch.models import Load
from dispatch.operations.answering import accept_tender, decline_tender
from exceptions.models import Case
from exceptions.operations.closing import close_case
from exceptions.operations.opening import open_case
from exceptions.rules.proposals import Change, Proposal

UNANSWERED, DECLINED = "tender_unanswered", "tender_lapsed"
RULE = "rule:tender-clock"


def report_expired(load: Load, *, is_declined: bool, at: datetime) -> Case | None:
    """Put a tender that ran out before the dispatchers; None when it was answered meanwhile.

    One that was declined for them is told of, too: the customer may still want the truck.
    """
    if not is_declined and load.status != Load.Status.TENDERED:
        return None
    told = f"{load.respond_by:%Y-%m-%d %H:%M} UTC" if load.respond_by else ""
    return open_case(
        DECLINED if is_declined else UNANSWERED,
        subject_key=f"load:{load.number}",
        by=RULE,
        at=at,
        load=load,
        evidence=[
            {"fact": "Answer was wanted by", "value": told, "source": load.source, "check": ""}
        ],
        detail={"load": load.number},
    )


def close_answered(*, at: datetime) -> int:
    """Close the cases of tenders that wait for no answer any more; return how many.

    They were answered, called off, or given more time.
    """
    closed = 0
    standing = Case.objects.filter(kind=UNANSWERED, status=Case.Status.OPEN, load__isnull=False)
    for case in standing.select_related("load").order_by("id"):
        if reason := _end_of(case.load, at=at):
            close_case(case, by=RULE, at=at, resolution="cleared", reason=reason)
            closed += 1
    return closed


def _end_of(load: Load | None, *, at: datetime) -> str:
    """Return why a tender waits no more; empty while it does."""
    if load is None:
        return ""
    if load.status != Load.Status.TENDERED:
        return f"The load is {load.get_status_display().lower()}."
    if load.respond_by is None or load.respond_by > at:
        return "The customer gave more time."
    return ""


class _Answer:
    """Answer the tender of a case after its time."""

    label: ClassVar[str]
    needs_reason: ClassVar[bool]
    becomes: ClassVar[Load.Status]
    roles: ClassVar[frozenset[Role]] = STAFF_ROLES

    def propose(self, case: Case) -> Proposal | None:
        """Return what the load becomes; None once it waits for no answer."""
        load = case.load
        if load is None or load.status != Load.Status.TENDERED:
            return None
        return Proposal(
            "The customer is told at once; it may have given the load to somebody else.",
            (Change("Load", load.get_status_display(), self.becomes.label),),
        )


class AcceptLate(_Answer):
    """Take a load whose tender has run out."""

    label = "Accept the tender"
    needs_reason = False
    becomes = Load.Status.ACCEPTED

    def apply(
        self, case: Case, *, by: str, at: datetime, reason: str, values: Mapping[str, Any]
    ) -> str:
        """Accept it; the answer says that it is late."""
        load = accept_tender(_load(case), by=by, at=at)
        return f"Load {load.number} is accepted."


class DeclineLate(_Answer):
    """Leave a load whose tender has run out."""

    label = "Decline the tender"
    needs_reason = True
    becomes = Load.Status.DECLINED

    def apply(
        self, case: Case, *, by: str, at: datetime, reason: str, values: Mapping[str, Any]
    ) -> str:
        """Decline it; the customer reads the reason."""
        load = decline_tender(_load(case), reason=reason, by=by, at=at)
        return f"Load {load.number} is declined."


def _load(case: Case) -> Load:
    if case.load is None:
        raise Load.DoesNotExist(f"{case.number} names no load.")
    return case.load
