"""Call a load off before it is on its way."""

from datetime import datetime

from dispatch.events import MilestoneFacts
from dispatch.fold import Kind
from dispatch.models import Load
from dispatch.operations.answering import WordMissing
from dispatch.operations.tracking import add_milestones, lock_loads

Status = Load.Status
CANCELLABLE = frozenset({Status.PLANNED, Status.TENDERED, Status.ACCEPTED, Status.DISPATCHED})


class NotCancellable(Exception):
    """The load is on its way, or over."""

    status = 409
    code = "not_cancellable"


def cancel_load(load: Load, *, reason: str, source: str, by: str, at: datetime) -> Load:
    """Call the load off; the reason stays with it. A truck that was sent is TRUCK_NOT_USED.

    Raises:
        WordMissing: the reason is empty.
        NotCancellable: it was picked up, or is over.
    """
    if not reason.strip():
        raise WordMissing("Say why: it stays with the load.")
    load = lock_loads([load.pk])[load.pk]
    if load.status not in CANCELLABLE:
        state = load.get_status_display().lower()
        raise NotCancellable(f"Load {load.number} cannot be called off: it is {state}.")
    fact = MilestoneFacts(kind=Kind.CANCELLED, occurred_at=at, detail={"note": reason.strip()})
    return add_milestones(load, facts=[fact], source=source, by=by, at=at).load
