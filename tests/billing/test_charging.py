"""What people decide about charges: by two of them, for a reason, under the load's lock."""

from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from billing.models import Charge
from billing.operations.charging import (
    ChargeBilled,
    ChargeExists,
    ReasonMissing,
    SamePerson,
    TooMuch,
    add_charge,
    approve_charge,
    change_charge,
    hold_charge,
    waive_charge,
)
from billing.operations.holding import AmountChanged
from billing.operations.invoicing import issue_invoice
from billing.operations.readiness import evaluate_load
from journal.models import Event
from tests.factories.billing import delivered_load, found_carrier, publish_card

pytestmark = pytest.mark.django_db

MAKER, COLLEAGUE = "user:7", "user:8"


@pytest.fixture
def load(now):
    """A load that is priced and ready."""
    publish_card()
    found_carrier()
    load = delivered_load()
    evaluate_load(load.pk, by="rule:readiness", at=now)
    return load


@pytest.fixture
def added(load, now) -> Charge:
    """Redelivery, added by hand."""
    return add_charge(
        load, code="RCL", description="Redelivery", quantity=Decimal(140), unit="mi",
        rate=Decimal("1.505"), reason="Consignee refused the first attempt", by=MAKER, at=now,
    )  # fmt: skip


def test_a_charge_added_by_hand_is_rounded_held_and_told_of(added) -> None:
    told = Event.objects.get(name="charge.added")
    assert (added.amount, added.status, added.made_by) == (Decimal("210.70"), "HELD", MAKER)
    assert (told.actor, told.reason) == (MAKER, "Consignee refused the first attempt")


def test_it_blocks_the_load_until_a_colleague_approves_it(added, load, now) -> None:
    blocked = evaluate_load(load.pk, by="rule:readiness", at=now).status

    approve_charge(added, by=COLLEAGUE, at=now, reason="Seen the refusal")

    ready = evaluate_load(load.pk, by="rule:readiness", at=now)
    assert (blocked, ready.status) == ("BLOCKED", "READY")
    assert ready.total_amount == Decimal("1210.70")


@pytest.mark.parametrize("decide", [approve_charge, waive_charge])
def test_nobody_decides_about_a_charge_of_his_own(added, decide, now) -> None:
    with pytest.raises(SamePerson):
        decide(added, by=MAKER, at=now, reason="Trust me")


def test_the_database_itself_wants_two_people(added) -> None:
    with pytest.raises(IntegrityError, match="charge_manual_two_people"), transaction.atomic():
        Charge.objects.filter(pk=added.pk).update(status="APPROVED", decided_by=MAKER)


def test_an_amount_that_no_charge_has_is_refused(added, load, now) -> None:
    much: Any = {"quantity": Decimal(99_999_999), "rate": Decimal(99_999_999)}

    with pytest.raises(TooMuch):
        change_charge(added, reason="A zero", by=MAKER, at=now, **much)
    with pytest.raises(TooMuch):
        add_charge(load, code="LAY", description="Layover", reason="x", by=MAKER, at=now, **much)


def test_whoever_changed_a_charge_meanwhile_does_not_decide_about_it(added, now) -> None:
    opened = Charge.objects.get(pk=added.pk)
    change_charge(added, rate=Decimal(90), reason="A zero", by=COLLEAGUE, at=now)

    with pytest.raises(SamePerson):
        approve_charge(opened, by=COLLEAGUE, at=now)

    assert Charge.objects.get(pk=added.pk).status == "HELD"


@pytest.mark.parametrize("decide", [approve_charge, waive_charge])
def test_nobody_decides_about_an_amount_that_was_not_seen(added, decide, now) -> None:
    seen = added.amount
    change_charge(added, rate=Decimal(90), reason="A zero", by=MAKER, at=now)

    with pytest.raises(AmountChanged, match=r"came to 210.70 USD .* comes to 12,600.00 now"):
        decide(Charge.objects.get(pk=added.pk), by=COLLEAGUE, at=now, reason="Seen", seen=seen)


def test_anybody_may_hold_a_charge(load, now) -> None:
    linehaul = Charge.objects.get(load=load)

    held = hold_charge(linehaul, reason="Wrong lane?", by=MAKER, at=now)

    assert (held.status, held.reason) == ("HELD", "Wrong lane?")


def test_the_same_charge_is_not_added_twice(added, load, now) -> None:
    with pytest.raises(ChargeExists, match=f"Load {load.number} is charged RCL already"):
        add_charge(
            load, code="RCL", description="Redelivery", quantity=Decimal(1), rate=Decimal(99),
            reason="Again", by=COLLEAGUE, at=now,
        )  # fmt: skip


@pytest.mark.parametrize("reason", ["", "   "])
def test_money_moves_for_a_reason_only(load, reason, now) -> None:
    charge = Charge.objects.get(load=load)

    for decide in (waive_charge, hold_charge):
        with pytest.raises(ReasonMissing):
            decide(charge, reason=reason, by=MAKER, at=now)


def test_a_billed_charge_stays_as_it_was_billed(load, now) -> None:
    issue_invoice(load.billing, by="user:9", at=now)
    charge = Charge.objects.get(load=load)

    for decide in (waive_charge, hold_charge, approve_charge):
        with pytest.raises(ChargeBilled):
            decide(charge, reason="Too late", by=COLLEAGUE, at=now)


def test_nothing_is_added_to_an_invoiced_load(load, now) -> None:
    issue_invoice(load.billing, by="user:9", at=now)

    with pytest.raises(ChargeBilled):
        add_charge(
            load, code="RCL", description="Redelivery", quantity=Decimal(1), rate=Decimal(99),
            reason="Forgotten", by=MAKER, at=now,
        )  # fmt: skip


def test_the_database_itself_refuses_to_change_a_billed_charge(load, now) -> None:
    issue_invoice(load.billing, by="user:9", at=now)

    with pytest.raises(IntegrityError, match="is billed: it cannot change"):
        Charge.objects.filter(load=load).update(description="Something else")
