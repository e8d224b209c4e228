"""Tell what a load costs the house."""

from datetime import datetime
from decimal import Decimal

from dispatch.models import Load, LoadCost
from journal.operations.recording import record


def record_cost(
    load: Load,
    *,
    kind: str,
    amount: Decimal,
    currency: str,
    source: str,
    by: str,
    at: datetime,
    note: str = "",
) -> LoadCost:
    """Keep a cost of the load; the newest of its kind counts, and saying it again adds nothing.

    The event names no customer: none hears of it.
    """
    Load.objects.select_for_update(of=("self",), no_key=True).get(pk=load.pk)
    before = LoadCost.objects.filter(load=load, kind=kind).order_by("-pk").first()
    is_same = before and (before.amount, before.currency) == (amount, currency)
    if before is not None and is_same:
        return before
    cost = LoadCost.objects.create(
        load=load,
        kind=kind,
        amount=amount,
        currency=currency,
        source=source,
        note=note,
        recorded_by=by,
        recorded_at=at,
    )
    old = {"amount": before.amount, "currency": before.currency} if before else {}
    new = {"kind": kind, "amount": amount, "currency": currency}
    record("cost.recorded", subject=cost, by=by, at=at, old=old, new=new, reason=note)
    return cost
