"""Answer tenders: take a load that a customer offers, or leave it, and say why.

The answer is a milestone like any other, so that it folds; beside it `tender.answered` tells
whoever has to carry the answer to the partner, by 990 or by API.
"""

from datetime import datetime

from dispatch.events import TENDER_ANSWERED, MilestoneFacts
from dispatch.fold import Kind
from dispatch.models import Load
from dispatch.operations.tracking import add_milestones, lock_loads
from journal.operations.recording import record

SOURCE = "desk"


class NotOffered(Exception):
    """The load waits for no answer: it was answered, or called off."""

    status = 409
    code = "not_offered"


class WordMissing(ValueError):
    """A tender is declined without a word why."""

    status = 400
    code = "reason_missing"
    field = "reason"


def accept_tender(load: Load, *, by: str, at: datetime, source: str = SOURCE) -> Load:
    """Take a load that is offered. Raises `NotOffered`."""
    return _answer(load, Kind.ACCEPTED, reason="", source=source, by=by, at=at)


def decline_tender(load: Load, *, reason: str, by: str, at: datetime, source: str = SOURCE) -> Load:
    """Leave a load that is offered. Raises `NotOffered` and, without a reason, `WordMissing`."""
    if not reason.strip():
        raise WordMissing("Say why: the customer is told.")
    return _answer(load, Kind.DECLINED, reason=reason.strip(), source=source, by=by, at=at)


def _answer(load: Load, kind: Kind, *, reason: str, source: str, by: str, at: datetime) -> Load:
    load = lock_loads([load.pk])[load.pk]
    if load.status != Load.Status.TENDERED:
        raise NotOffered(
            f"Load {load.number} waits for no answer: it is {load.get_status_display().lower()}."
        )
    fact = MilestoneFacts(kind=kind, occurred_at=at, detail={"note": reason} if reason else {})
    load = add_milestones(load, facts=[fact], source=source, by=by, at=at).load
    is_late = load.respond_by is not None and at > load.respond_by
    record(
        TENDER_ANSWERED, subject=load, by=by, at=at, reason=reason,
        new={"answer": str(kind)}, payload={"source": load.source, "is_late": is_late},
    )  # fmt: skip
    return load
