"""What a person does about a late fact: keep what was billed, or credit and bill again."""

from datetime import timedelta
from decimal import Decimal

import pytest

from accounts.rules import Role
from billing.models import Invoice, LoadBilling
from billing.operations.crediting import credit_invoice
from billing.operations.invoicing import issue_invoice
from billing.operations.readiness import approve_to_bill, evaluate_load
from dispatch.models import Stop
from exceptions.models import Case
from exceptions.operations.authorising import NotAllowed
from exceptions.operations.resolving import actions_for, apply, propose
from exceptions.rules.proposals import Change
from tests.factories import UserFactory
from tests.factories.billing import DELIVERED, delivered_load, found_carrier, publish_card

pytestmark = pytest.mark.django_db

RULE = "rule:readiness"


@pytest.fixture
def case(now) -> Case:
    """An hour of detention that came to be known after the invoice."""
    publish_card()
    found_carrier()
    load = delivered_load(wait_hours=3)
    issue_invoice(evaluate_load(load.pk, by=RULE, at=now), by="user:1", at=now)
    Stop.objects.filter(load=load, sequence=2).update(departed_at=DELIVERED + timedelta(hours=4))
    evaluate_load(load.pk, by=RULE, at=now)
    return Case.objects.get(kind="late_change")


def somebody(role: Role) -> str:
    return f"user:{UserFactory(role=role).pk}"


def test_every_way_is_offered(case) -> None:
    assert [action.label for action in actions_for(case)] == [
        "Approve and bill the difference", "Keep as billed", "Credit and bill again",
    ]  # fmt: skip


def test_keeping_it_shows_what_stays_and_lets_the_difference_go(case, now) -> None:
    proposal = propose(case, "keep")
    outcome = apply(
        case, "keep", by=somebody(Role.BILLER), at=now, version=case.version,
        reason="Agreed by phone",
    )  # fmt: skip

    assert proposal.changes == (Change("Detention, stop 2", "75.00", "75.00"),)
    assert outcome.summary == "INV-118001 stays as it was billed."
    evaluate_load(case.load_id or 0, by=RULE, at=now)
    assert not Case.objects.filter(status=Case.Status.OPEN).exists()


def test_crediting_shows_before_and_after(case) -> None:
    proposal = propose(case, "credit")

    assert proposal.changes == (
        Change("INV-118001", "Issued, 1,075.00 USD", "Credited in full"),
        Change("Detention, stop 2", "75.00", "150.00"),
    )


def test_crediting_bills_what_is_known_now_once_somebody_approves_it(case, now) -> None:
    manager = somebody(Role.BILLING_MANAGER)

    outcome = apply(case, "credit", by=manager, at=now, version=case.version, reason="Late clock")
    Stop.objects.filter(load=case.load, sequence=2).update(
        departed_at=DELIVERED + timedelta(hours=3, minutes=15)
    )
    billing = evaluate_load(case.load_id or 0, by=RULE, at=now)
    waiting = billing.status
    again = issue_invoice(approve_to_bill(billing, by=manager, at=now), by=manager, at=now)

    assert outcome.summary == "CRN-000001 takes INV-118001 back."
    assert waiting == "REVIEW"
    assert again.total_amount == Decimal("1093.75")


def test_a_biller_cannot_credit(case, now) -> None:
    with pytest.raises(NotAllowed):
        apply(case, "credit", by=somebody(Role.BILLER), at=now, version=case.version, reason="Late")

    assert Invoice.objects.count() == 1


def test_what_is_credited_already_is_not_offered_again(case, now) -> None:
    credit_invoice(Invoice.objects.get(), reason="Wrong customer", by="user:1", at=now)

    assert [action.name for action in actions_for(case)] == ["keep"]
    assert LoadBilling.objects.get().status == "REVIEW"
