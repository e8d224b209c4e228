"""Hold loads back from billing, and let them go on."""

from collections.abc import Callable, Iterable
from datetime import datetime

from billing.models import LoadBilling
from billing.operations.holding import hold_billings
from billing.operations.readiness import examine
from exceptions.operations.closing import require_reason
from journal.operations.recording import record

FIELDS = ("held_at", "held_by", "hold_reason")


def withhold_loads(
    load_ids: Iterable[int], *, reason: str, by: str, at: datetime
) -> list[LoadBilling]:
    """Keep loads from being billed until somebody releases them; return those that are now held.

    A load that is invoiced, called off or held already stays as it is.

    Raises:
        ReasonMissing: the reason is empty.
    """
    reason = require_reason(reason)
    closed = {LoadBilling.Status.INVOICED, LoadBilling.Status.NOT_BILLABLE}

    def hold(billing: LoadBilling) -> None:
        billing.held_at, billing.held_by, billing.hold_reason = at, by, reason
        billing.save(update_fields=FIELDS)
        record(
            "load.held", subject=billing, by=by, at=at, reason=reason,
            payload={"load_id": billing.load_id},
        )  # fmt: skip

    return _change(
        load_ids, lambda b: b.held_at is None and b.status not in closed, hold, by=by, at=at
    )


def release_loads(load_ids: Iterable[int], *, by: str, at: datetime) -> list[LoadBilling]:
    """Let held loads go on; return those that were held. They are judged anew at once."""

    def release(billing: LoadBilling) -> None:
        reason = billing.hold_reason
        billing.held_at, billing.held_by, billing.hold_reason = None, "", ""
        billing.save(update_fields=FIELDS)
        record(
            "load.released", subject=billing, by=by, at=at, old={"hold_reason": reason},
            payload={"load_id": billing.load_id},
        )  # fmt: skip

    return _change(load_ids, lambda b: b.held_at is not None, release, by=by, at=at)


def _change(
    load_ids: Iterable[int],
    concerns: Callable[[LoadBilling], bool],
    make: Callable[[LoadBilling], None],
    *,
    by: str,
    at: datetime,
) -> list[LoadBilling]:
    """Change the loads that it concerns, under their locks, and judge them anew."""
    concerned = [billing for billing in hold_billings(load_ids) if concerns(billing)]
    for billing in concerned:
        make(billing)
    examine(concerned, by=by, at=at)
    return concerned
