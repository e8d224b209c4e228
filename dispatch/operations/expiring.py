"""Tenders whose time to answer ran out: told once, and declined where the customer's terms say so.

Nothing is accepted by silence. A tender without a deadline never runs out, and one whose deadline
was moved runs out anew.
"""

from datetime import datetime

from django.db.models import F

from accounts.models import Customer
from dispatch.events import TENDER_EXPIRED
from dispatch.models import Load, Watch
from dispatch.operations.answering import decline_tender
from dispatch.operations.tracking import lock_loads
from journal.operations.recording import assert_in_transaction, record

CLOCK = "rule:tender-clock"
SOURCE = "clock"
MOST = 200
DECLINE = Customer.UnansweredTender.DECLINE


def expire_tenders(*, at: datetime) -> int:
    """Tell of each tender whose deadline has passed unanswered; return how many.

    Of a customer that wants to hear a no, the tender is declined in the same breath.
    """
    assert_in_transaction()
    due = Watch.objects.filter(phase=Watch.Phase.OFFERED, load__respond_by__lte=at)
    new = due.exclude(expired_for=F("load__respond_by")).order_by("load_id")
    loads = lock_loads(list(new.values_list("load_id", flat=True)[:MOST]))
    late = [load for load in loads.values() if _is_late(load, at=at)]
    wants = dict(
        Customer.objects.filter(pk__in={load.customer_id for load in late}).values_list(
            "pk", "unanswered_tenders"
        )
    )
    for load in late:
        _expire(load, declines=wants[load.customer_id] == DECLINE, at=at)
    return len(late)


def _is_late(load: Load, *, at: datetime) -> bool:
    is_offered = load.status == Load.Status.TENDERED
    return is_offered and load.respond_by is not None and load.respond_by <= at


def _expire(load: Load, *, declines: bool, at: datetime) -> None:
    Watch.objects.filter(load=load).update(expired_for=load.respond_by)
    record(
        TENDER_EXPIRED, subject=load, by=CLOCK, at=at, occurred_at=load.respond_by,
        payload={"is_declined": declines},
    )  # fmt: skip
    if declines:
        reason = f"Not answered by {load.respond_by:%Y-%m-%d %H:%M} UTC"
        decline_tender(load, reason=reason, by=CLOCK, at=at, source=SOURCE)
