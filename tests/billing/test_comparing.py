"""After issue: what changed is shown as a case, once, and never written over what was billed."""

from datetime import timedelta
from decimal import Decimal

import pytest

from billing.models import Charge, Invoice
from billing.operations.charging import add_charge, approve_charge, waive_charge
from billing.operations.invoicing import issue_invoice
from billing.operations.readiness import evaluate_load
from dispatch.models import Document, Load, Stop
from exceptions.models import Case
from exceptions.operations.closing import close_case
from tests.factories.billing import (
    DELIVERED,
    delivered_load,
    found_carrier,
    give_lumper_receipt,
    publish_card,
)

pytestmark = pytest.mark.django_db

BY = "user:7"


@pytest.fixture
def load(now) -> Load:
    """A load that is invoiced with an hour of detention."""
    publish_card()
    found_carrier()
    load = delivered_load(wait_hours=3)
    issue_invoice(evaluate_load(load.pk, by="rule:readiness", at=now), by=BY, at=now)
    return load


@pytest.fixture
def evaluate(load, now):
    """Evaluate the invoiced load, and return its open cases."""
    minutes = iter(range(1, 100))

    def evaluate_now() -> list[Case]:
        at = now + timedelta(minutes=next(minutes))
        billing = evaluate_load(load.pk, by="rule:readiness", at=at)
        assert billing.status == "INVOICED"
        return list(Case.objects.filter(status=Case.Status.OPEN))

    return evaluate_now


def depart(load: Load, *, hours: float) -> None:
    stops = Stop.objects.filter(load=load, sequence=2)
    stops.update(departed_at=DELIVERED + timedelta(hours=hours))


def test_an_unchanged_load_raises_no_case(evaluate) -> None:
    assert evaluate() == []


def test_a_corrected_clock_shows_what_was_billed_and_what_would_be(load, evaluate) -> None:
    depart(load, hours=4)

    (case,) = evaluate()

    assert (case.kind, case.load, case.value_amount) == ("late_change", load, Decimal("75.00"))
    assert case.detail["lines"] == [
        {
            "description": "Detention, stop 2", "billed": "75.00", "now": "150.00",
            "difference": "75.00",
        }
    ]  # fmt: skip
    assert case.evidence[0]["value"] == "billed 75.00, 150.00 now"
    assert Charge.objects.get(code="DET").amount == Decimal("75.00")


def test_a_charge_that_nobody_billed_is_shown(load, evaluate) -> None:
    give_lumper_receipt(load)

    (case,) = evaluate()

    assert case.detail["lines"][0] == {
        "description": "Lumper, stop 2", "billed": None, "now": "285.00", "difference": "285.00",
    }  # fmt: skip
    assert not Charge.objects.filter(code="LUM").exists()


def test_a_charge_that_would_not_be_billed_any_more_is_shown(load, evaluate) -> None:
    depart(load, hours=1)

    (case,) = evaluate()

    assert case.detail["lines"][0]["now"] is None
    assert case.detail["difference"] == "-75.00"


def test_opposite_differences_do_not_cancel(load, evaluate) -> None:
    depart(load, hours=1)
    give_lumper_receipt(load, "75.00")

    (case,) = evaluate()

    assert (case.value_amount, case.detail["difference"]) == (Decimal("150.00"), "0.00")


def test_a_load_cancelled_after_its_invoice_is_wholly_at_stake(load, evaluate) -> None:
    Load.objects.filter(pk=load.pk).update(status="CANCELLED")

    (case,) = evaluate()

    assert case.value_amount == Invoice.objects.get().total_amount


def test_the_case_follows_what_is_known_and_closes_when_it_is_as_billed_again(load, evaluate):
    depart(load, hours=4)
    (first,) = evaluate()
    depart(load, hours=5)
    (second,) = evaluate()
    depart(load, hours=3)

    assert evaluate() == []
    second.refresh_from_db()
    assert (first.pk, second.value_amount) == (second.pk, Decimal("150.00"))
    assert second.closed_by == "rule:late-change"


def test_a_difference_that_a_person_left_is_not_brought_up_again_but_another_is(
    load, evaluate, now
) -> None:
    depart(load, hours=4)
    (case,) = evaluate()
    close_case(case, by=BY, at=now, resolution="kept", reason="Agreed with the customer")

    same = evaluate()
    depart(load, hours=5)
    other = evaluate()

    assert same == []
    assert [case.value_amount for case in other] == [Decimal("150.00")]


def test_a_persons_decisions_are_not_compared(now) -> None:
    publish_card()
    found_carrier()
    load = delivered_load(wait_hours=3)
    evaluate_load(load.pk, by="rule:readiness", at=now)
    waive_charge(Charge.objects.get(code="DET"), reason="Our fault", by=BY, at=now)
    added = add_charge(
        load, code="RCL", description="Redelivery", quantity=Decimal(1), rate=Decimal(99),
        reason="Refused", by=BY, at=now,
    )  # fmt: skip
    approve_charge(added, by="user:8", at=now)
    issue_invoice(evaluate_load(load.pk, by="rule:readiness", at=now), by=BY, at=now)

    evaluate_load(load.pk, by="rule:readiness", at=now)

    assert not Case.objects.filter(kind="late_change").exists()


def test_a_receipt_that_is_rejected_after_the_invoice_is_shown(now) -> None:
    publish_card()
    found_carrier()
    load = delivered_load()
    receipt = give_lumper_receipt(load)
    issue_invoice(evaluate_load(load.pk, by="rule:readiness", at=now), by=BY, at=now)

    Document.objects.filter(pk=receipt.pk).delete()
    evaluate_load(load.pk, by="rule:readiness", at=now)

    assert Case.objects.get(kind="late_change").value_amount == Decimal("285.00")
