"""Lock the billing row of a load: the first thing that whoever changes its money does."""

from collections.abc import Iterable
from decimal import Decimal

from billing.models import LoadBilling
from dispatch.models import Load
from journal.operations.recording import assert_in_transaction


class AmountChanged(Exception):
    """Something comes to another amount than the person saw who decided about it."""

    status = 409
    code = "amount_changed"

    def __init__(self, *, seen: Decimal, now: Decimal, currency: str) -> None:
        super().__init__(
            f"It came to {seen:,.2f} {currency} when it was asked for and comes to {now:,.2f} now."
        )


def require_seen(seen: Decimal | None, *, now: Decimal, currency: str) -> None:
    """Refuse a decision about an amount that is no longer the one seen; None did not say.

    Raises:
        AmountChanged: it is another one.
    """
    if seen is not None and seen != now:
        raise AmountChanged(seen=seen, now=now, currency=currency)


def hold_billing(load_id: int) -> LoadBilling:
    """Lock one load's billing row for the rest of the transaction, making it if need be.

    Raises:
        Load.DoesNotExist: there is no such load.
    """
    return hold_billings([load_id])[0]


def hold_billings(load_ids: Iterable[int]) -> list[LoadBilling]:
    """Lock the billing rows of loads in the order of their ids, so that blocks never deadlock.

    Raises:
        Load.DoesNotExist: one of the loads does not exist.
    """
    assert_in_transaction()
    wanted = sorted(set(load_ids))
    held = _lock(wanted)
    if len(held) < len(wanted):
        _make(set(wanted) - {billing.load_id for billing in held})
        held = _lock(wanted)
    if len(held) < len(wanted):
        unknown = set(wanted) - {billing.load_id for billing in held}
        raise Load.DoesNotExist(f"No load has the id {min(unknown)}.")
    return held


def _lock(load_ids: list[int]) -> list[LoadBilling]:
    rows = LoadBilling.objects.filter(load_id__in=load_ids).order_by("load_id")
    return list(rows.select_for_update(of=("self",)))


def _make(load_ids: set[int]) -> None:
    loads = Load.objects.filter(pk__in=load_ids).order_by("pk")
    LoadBilling.objects.bulk_create(
        [
            LoadBilling(load_id=pk, customer_id=customer_id, currency=currency)
            for pk, customer_id, currency in loads.values_list("pk", "customer_id", "currency")
        ],
        ignore_conflicts=True,
    )
