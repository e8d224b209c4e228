"""Keep what a driver says on the telephone."""

from datetime import datetime

from dispatch.events import MilestoneFacts
from dispatch.fold import Kind
from dispatch.models import Load
from dispatch.operations.tracking import Tracked, add_milestones


class NothingSaid(ValueError):
    """A check call without a word, a place or an estimate."""

    status = 400
    code = "nothing_said"
    field = "note"


def keep_call(
    load: Load,
    *,
    source: str,
    by: str,
    at: datetime,
    note: str = "",
    city: str = "",
    state: str = "",
    eta: datetime | None = None,
    stop_sequence: int | None = None,
) -> Tracked:
    """Keep a check call, and the estimate it gave for a stop.

    Raises:
        NothingSaid: there is neither a word nor a place nor an estimate.
    """
    if not (note or city or eta):
        raise NothingSaid("Say what was said, where the truck is, or the ETA.")
    detail = {"note": note} if note else {}
    facts = [
        MilestoneFacts(
            kind=Kind.CHECK_CALL, occurred_at=at, city=city, state=state.upper(), detail=detail
        )
    ]
    if eta:
        facts.append(_estimate(eta, stop_sequence=stop_sequence, at=at))
    return add_milestones(load, facts=facts, source=source, by=by, at=at)


def _estimate(eta: datetime, *, stop_sequence: int | None, at: datetime) -> MilestoneFacts:
    offset = eta.utcoffset()
    return MilestoneFacts(
        kind=Kind.ETA,
        occurred_at=eta,
        source_offset_minutes=int(offset.total_seconds() // 60) if offset is not None else None,
        stop_sequence=stop_sequence,
        detail={"told_at": at.isoformat()},
    )
