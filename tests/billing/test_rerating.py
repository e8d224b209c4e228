"""Charges follow the rating: by identity, in place, never doubled, never over a person's head."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from billing.models import Charge, RatingRecord
from billing.operations.charging import (
    ReasonMissing,
    add_charge,
    approve_charge,
    hold_charge,
    waive_charge,
)
from billing.operations.readiness import evaluate_load
from billing.operations.rerating import terms_of
from dispatch.models import Document, Load, Stop
from journal.models import Event
from journal.operations.lifecycle import IllegalMove
from rating.engine.choices import Basis
from rating.engine.quote import Line
from tests.factories.billing import (
    DELIVERED,
    a_paper,
    delivered_load,
    give_lumper_receipt,
    publish_card,
)

pytestmark = pytest.mark.django_db

LATER = timedelta(hours=1)


@pytest.fixture(autouse=True)
def _card() -> None:
    publish_card()


@pytest.fixture
def rate(now):
    """Evaluate a load and return its charges that stand, by code."""
    hours = iter(range(100))

    def rate_now(load: Load) -> dict[str, Charge]:
        evaluate_load(load.pk, by="rule:readiness", at=now + LATER * next(hours))
        standing = Charge.objects.filter(load=load).exclude(status="SUPERSEDED")
        return {charge.code: charge for charge in standing}

    return rate_now


def depart(load: Load, *, hours: float) -> None:
    """Correct how long the truck stood at the last stop."""
    stop = load.stops.get(sequence=2)
    Stop.objects.filter(pk=stop.pk).update(departed_at=DELIVERED + timedelta(hours=hours))


def line(**values: object) -> Line:
    shown = {
        "code": "LHS", "description": "Linehaul", "summary": "604 to 431", "basis": Basis.PER_MILE,
        "quantity": Decimal(377), "unit": "mi", "rate": Decimal("2.42"),
        "amount": Decimal("912.34"), "currency": "USD", "rule": "lane 1", "version_label": "P v6",
    }  # fmt: skip
    return Line(**{**shown, **values})  # type: ignore[arg-type]


def test_rating_again_keeps_the_same_charges_and_the_same_record(rate) -> None:
    load = delivered_load(wait_hours=3)

    first, second = rate(load), rate(load)

    assert {code: charge.pk for code, charge in first.items()} == {
        code: charge.pk for code, charge in second.items()
    }
    assert RatingRecord.objects.count() == 1


def test_a_corrected_clock_updates_the_charge_in_place_with_its_entry(rate) -> None:
    load = delivered_load(wait_hours=3)
    before = rate(load)["DET"]

    depart(load, hours=3.25)
    after = rate(load)["DET"]

    told = Event.objects.get(name="charge.rerated")
    assert (before.amount, after.amount) == (Decimal("75.00"), Decimal("93.75"))
    assert after.pk == before.pk
    assert (told.old["amount"], told.new["amount"]) == ("75.00", "93.75")
    assert after.rating_record != before.rating_record


def test_a_charge_that_is_charged_no_more_is_superseded_and_comes_back_as_a_new_one(rate) -> None:
    load = delivered_load(wait_hours=3)
    first = rate(load)["DET"]

    depart(load, hours=1)
    without = rate(load)
    depart(load, hours=3)
    again = rate(load)["DET"]

    first.refresh_from_db()
    assert "DET" not in without
    assert (first.status, again.status) == ("SUPERSEDED", "APPROVED")
    assert again.pk != first.pk


def test_a_charge_that_grows_over_its_limit_is_held_and_released_when_it_shrinks(rate) -> None:
    load = delivered_load(wait_hours=3)

    statuses = [rate(load)["DET"].status]
    for hours in (5, 3):
        depart(load, hours=hours)
        statuses.append(rate(load)["DET"].status)

    assert statuses == ["APPROVED", "HELD", "APPROVED"]


def test_an_approval_by_a_person_stands_while_the_amount_does(rate, now) -> None:
    load = delivered_load(wait_hours=5)
    approve_charge(rate(load)["DET"], by="user:7", at=now)

    same = rate(load)["DET"]
    depart(load, hours=6)
    other = rate(load)["DET"]

    assert (same.status, same.decided_by) == ("APPROVED", "user:7")
    assert (other.status, other.decided_by) == ("HELD", "rule:auto-approve")


def test_a_waiver_stands_while_the_amount_does_and_is_asked_for_again_when_it_changes(rate, now):
    load = delivered_load(wait_hours=5)
    waive_charge(rate(load)["DET"], reason="Our driver was late", by="user:7", at=now)

    same = rate(load)["DET"]
    depart(load, hours=6)
    other = rate(load)["DET"]

    assert (same.status, same.reason) == ("WAIVED", "Our driver was late")
    assert other.status == "HELD"
    assert other.reason == "It was waived at 225.00, and the amount has changed."


def test_a_hold_by_a_person_outlives_every_re_rating(rate, now) -> None:
    load = delivered_load(wait_hours=3)
    hold_charge(rate(load)["DET"], reason="The dock disputes the clock", by="user:7", at=now)

    depart(load, hours=3.25)
    held = rate(load)["DET"]

    assert (held.status, held.amount) == ("HELD", Decimal("93.75"))
    assert held.reason == "The dock disputes the clock"


def test_a_charge_added_by_hand_keeps_its_place_before_rating(rate, now) -> None:
    load = delivered_load()
    rate(load)
    stop = Stop.objects.get(load=load, sequence=2)
    added = add_charge(
        load, code="LUM", description="Lumper, stop 2", quantity=Decimal(1), rate=Decimal(250),
        stop=stop, reason="Agreed by phone", by="user:7", at=now,
    )  # fmt: skip

    give_lumper_receipt(load, "285.00")
    lumper = rate(load)["LUM"]

    assert (lumper.pk, lumper.amount, lumper.origin) == (added.pk, Decimal("250.00"), "MANUAL")


def test_two_receipts_of_one_stop_are_two_charges_by_occurrence(rate) -> None:
    load = delivered_load()
    give_lumper_receipt(load, "100.00")
    give_lumper_receipt(load, "85.00", number="5520")

    rate(load)

    lumpers = Charge.objects.filter(load=load, code="LUM").order_by("occurrence")
    assert [(c.occurrence, c.amount) for c in lumpers] == [
        (1, Decimal("100.00")), (2, Decimal("85.00")),
    ]  # fmt: skip


def test_the_database_itself_refuses_a_second_charge_of_one_identity(rate) -> None:
    charge = rate(delivered_load())["LHS"]
    charge.pk = None

    with pytest.raises(IntegrityError, match="charge_identity"), transaction.atomic():
        charge.save(force_insert=True)


def test_the_database_itself_refuses_an_amount_that_is_not_quantity_times_rate(rate) -> None:
    charge = rate(delivered_load())["LHS"]
    charge.amount += Decimal("0.02")

    with pytest.raises(IntegrityError, match="charge_amount_is_quantity_times_rate"):
        charge.save()


def test_a_line_keeps_its_quantity_and_rate() -> None:
    terms = terms_of(line())

    assert (terms["quantity"], terms["unit"], terms["rate"]) == (377, "mi", Decimal("2.42"))


def test_a_truncated_line_keeps_its_quantity_and_rate() -> None:
    terms = terms_of(
        line(quantity=Decimal("150.2"), rate=Decimal("0.224"), amount=Decimal("33.64"))
    )

    assert terms["quantity"] == Decimal("150.2")


def test_a_line_that_balances_others_is_billed_as_a_lump() -> None:
    terms = terms_of(line(amount=Decimal("912.37")))

    assert (terms["quantity"], terms["unit"]) == (1, "")
    assert terms["rate"] == terms["amount"] == Decimal("912.37")


def test_a_missing_receipt_amount_blocks_instead_of_costing_nothing(rate) -> None:
    load = delivered_load()
    a_paper(load, kind=Document.Kind.LUMPER_RECEIPT, amount=None)

    assert "LUM" not in rate(load)
    assert load.blockers.filter(rule="rate_found", cleared_at=None).exists()


def test_a_charge_is_waived_for_a_reason_only(rate, now) -> None:
    charge = rate(delivered_load(wait_hours=5))["DET"]

    with pytest.raises(ReasonMissing):
        waive_charge(charge, reason="  ", by="user:7", at=now)


def test_what_is_approved_cannot_be_approved_again(rate, now) -> None:
    charge = rate(delivered_load())["LHS"]

    with pytest.raises(IllegalMove):
        approve_charge(charge, by="user:7", at=now)
