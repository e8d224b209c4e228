"""What people decide about charges: add, change, approve, hold, waive.

Each holds the lock of the load's billing row, as evaluation does, so a decision and a re-rating
never overtake each other. The event of a decision has the load evaluated again.
"""

from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import IntegrityError, transaction

from accounts.queries.keys import people_behind
from billing.models import BillingClaim, Charge, LoadBilling
from billing.operations.holding import hold_billing, require_seen
from billing.operations.rerating import told_of
from dispatch.models import Load, Stop
from journal.operations.lifecycle import advance
from journal.operations.recording import record
from rating.engine.money import round_money

Status = Charge.Status
MOST_AMOUNT = Decimal(10) ** 10


class ChargeBilled(Exception):
    """The charge, or its load, is on an issued invoice."""

    status = 409
    code = "charge_billed"


class ChargeExists(Exception):
    """The load has this charge at this stop already."""

    status = 409
    code = "charge_exists"


class SamePerson(Exception):
    """Who made a charge cannot also decide about it."""

    status = 403
    code = "same_person"

    def __init__(self) -> None:
        super().__init__("Who added a charge cannot also decide about it: ask a colleague.")


class NotByHand(Exception):
    """A charge that rating made is to be written over."""

    status = 409
    code = "charge_is_rated"

    def __init__(self) -> None:
        super().__init__("A rated charge follows its rate card: waive it, and add one by hand.")


class TooMuch(Exception):
    """Quantity times rate comes to more than any charge."""

    status = 422
    code = "amount_too_large"
    field = "rate"

    def __init__(self) -> None:
        super().__init__("Quantity times rate comes to more than any charge: look at both.")


class ReasonMissing(Exception):
    """Money is let go, or held, without a word."""

    status = 400
    code = "reason_required"
    field = "reason"

    def __init__(self) -> None:
        super().__init__("Say why: the reason stays with the charge.")


def add_charge(
    load: Load,
    *,
    code: str,
    description: str,
    quantity: Decimal,
    rate: Decimal,
    reason: str,
    by: str,
    at: datetime,
    unit: str = "",
    stop: Stop | None = None,
    occurrence: int = 1,
) -> Charge:
    """Add a charge by hand, in the load's currency; somebody else has to approve it.

    Raises:
        ChargeExists: rating or a colleague charges it already.
        ChargeBilled: the load is invoiced.
        ReasonMissing: `reason` is empty.
        TooMuch: it comes to ten thousand million or more.
    """
    billing = hold_billing(load.pk)
    _refuse_invoiced(billing)
    charge = Charge(
        load=load,
        customer_id=load.customer_id,
        code=code,
        stop=stop,
        occurrence=occurrence,
        description=description,
        basis="Added by hand",
        quantity=quantity,
        unit=unit,
        rate=rate,
        amount=_amount(quantity, rate, load.currency),
        currency=load.currency,
        status=Status.HELD,
        origin=Charge.Origin.MANUAL,
        reason=_told(reason),
        explanation={"rule": "By hand", "steps": [], "evidence": []},
        made_by=by,
        created_at=at,
        changed_at=at,
    )
    try:
        with transaction.atomic():
            charge.save(force_insert=True)
    except IntegrityError as error:
        where = f" at stop {stop.sequence}" if stop else ""
        raise ChargeExists(f"Load {load.number} is charged {code}{where} already.") from error
    record(
        "charge.added", subject=charge, by=by, at=at, reason=charge.reason,
        new=told_of(charge) | {"status": charge.status},
    )  # fmt: skip
    return charge


def change_charge(
    charge: Charge,
    *,
    reason: str,
    by: str,
    at: datetime,
    quantity: Decimal | None = None,
    rate: Decimal | None = None,
    unit: str | None = None,
    description: str | None = None,
) -> Charge:
    """Change a charge that was added by hand; what is None stays. Somebody else approves it anew.

    Raises:
        NotByHand: rating made it.
        ReasonMissing, ChargeBilled, IllegalMove: as above.
    """
    hold_billing(charge.load_id)
    charge.refresh_from_db()
    _refuse_billed(charge)
    if charge.origin != Charge.Origin.MANUAL:
        raise NotByHand
    told = {"quantity": quantity, "rate": rate, "unit": unit, "description": description}
    terms: dict[str, Any] = {name: value for name, value in told.items() if value is not None}
    quantity, rate = terms.get("quantity", charge.quantity), terms.get("rate", charge.rate)
    terms["amount"] = _amount(quantity, rate, charge.currency)
    terms |= {"made_by": by, "decided_by": "", "changed_at": at}
    if charge.status != Status.HELD:
        return advance(charge, Status.HELD, by=by, at=at, reason=_told(reason), **terms)
    terms["reason"] = _told(reason)
    old = {name: getattr(charge, name) for name in terms}
    for name, value in terms.items():
        setattr(charge, name, value)
    charge.save(update_fields=sorted(terms))
    record("charge.changed", subject=charge, by=by, at=at, reason=charge.reason, old=old, new=terms)
    return charge


def approve_charge(
    charge: Charge, *, by: str, at: datetime, reason: str = "", seen: Decimal | None = None
) -> Charge:
    """Let the charge be billed as it stands.

    Raises:
        SamePerson: `by` added it, or changed it last.
        AmountChanged: it comes to something else than was `seen`.
        ChargeBilled: it is on an issued invoice.
        IllegalMove: it is approved already, waived or superseded.
    """
    return _decide(charge, Status.APPROVED, reason=reason.strip(), by=by, at=at, seen=seen)


def waive_charge(
    charge: Charge, *, reason: str, by: str, at: datetime, seen: Decimal | None = None
) -> Charge:
    """Do not bill the charge; it stays on the load with the reason.

    Raises:
        ReasonMissing, SamePerson, AmountChanged, ChargeBilled, IllegalMove: as above.
    """
    return _decide(charge, Status.WAIVED, reason=_told(reason), by=by, at=at, seen=seen)


def hold_charge(charge: Charge, *, reason: str, by: str, at: datetime) -> Charge:
    """Keep the charge, and with it the load, from being billed until somebody approves it.

    Anybody may hold, also who made the charge.

    Raises:
        ReasonMissing, ChargeBilled, IllegalMove: as above.
    """
    return _move(charge, Status.HELD, reason=_told(reason), by=by, at=at)


def _decide(
    charge: Charge, to: str, *, reason: str, by: str, at: datetime, seen: Decimal | None
) -> Charge:
    """Decide about the charge as it stands under the lock: who made it may have changed since."""
    hold_billing(charge.load_id)
    charge.refresh_from_db()
    require_seen(seen, now=charge.amount, currency=charge.currency)
    people = people_behind({charge.made_by, by})
    if charge.origin == Charge.Origin.MANUAL and people[charge.made_by] == people[by]:
        raise SamePerson
    return _move(charge, to, reason=reason, by=by, at=at)


def _move(charge: Charge, to: str, *, reason: str, by: str, at: datetime) -> Charge:
    hold_billing(charge.load_id)
    _refuse_billed(charge)
    return advance(charge, to, by=by, at=at, reason=reason, decided_by=by, changed_at=at)


def _refuse_billed(charge: Charge) -> None:
    if BillingClaim.objects.filter(charge=charge).exists():
        raise ChargeBilled(f"{charge.description} is on an issued invoice.")
    if charge.adjusts:
        raise ChargeBilled(f"{charge.description} is a difference on an issued document.")


def _refuse_invoiced(billing: LoadBilling) -> None:
    if billing.status == LoadBilling.Status.INVOICED:
        raise ChargeBilled("The load is invoiced; what it still owes goes on a supplemental.")


def _amount(quantity: Decimal, rate: Decimal, currency: str) -> Decimal:
    amount = round_money(quantity * rate, currency)
    if abs(amount) >= MOST_AMOUNT:
        raise TooMuch
    return amount


def _told(reason: str) -> str:
    if not reason.strip():
        raise ReasonMissing
    return reason.strip()
