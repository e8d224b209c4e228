"""A charge that waits for approval is decided from its case, with what follows shown before."""

from datetime import timedelta
from decimal import Decimal

import pytest

from accounts.rules import Role
from billing.models import Charge
from billing.operations.charging import approve_charge, waive_charge
from billing.operations.holding import AmountChanged
from billing.operations.readiness import evaluate_load
from dispatch.operations.filing import reject_document
from exceptions.models import Case
from exceptions.operations.authorising import NotAllowed
from exceptions.operations.closing import ReasonMissing
from exceptions.operations.resolving import actions_for, apply, propose
from journal.models import Event
from tests.factories import UserFactory
from tests.factories.billing import delivered_load, found_carrier, publish_card

pytestmark = pytest.mark.django_db


@pytest.fixture
def case(now) -> Case:
    """Three hours of detention, held because they cost more than 100."""
    publish_card()
    found_carrier()
    load = delivered_load(wait_hours=5)
    evaluate_load(load.pk, by="rule:readiness", at=now)
    return Case.objects.get(kind="accessorial_approval")


@pytest.fixture
def charge(case) -> Charge:
    return Charge.objects.get(status="HELD")


@pytest.fixture
def manager():
    return UserFactory(role=Role.BILLING_MANAGER)


def test_a_held_charge_can_be_approved_or_waived(case) -> None:
    assert [action.name for action in actions_for(case)] == ["approve", "waive_charge"]
    assert all(action.needs_reason for action in actions_for(case))


def test_the_proposal_shows_the_charge_and_the_blockers_before_and_after(case, charge) -> None:
    proposal = propose(case, "approve")

    assert proposal.summary == (
        f"Bill {charge.description} at 225.00 USD on load {charge.load.number}."
    )
    assert [(c.before, c.after) for c in proposal.changes] == [
        ("Held for approval 225.00 USD", "Approved 225.00 USD"),
        ("1", "0"),
    ]


def test_blockers_that_remain_are_named(case, charge, now) -> None:
    reject_document(charge.load.documents.get(), by="user:1", at=now, reason="Page 2 is cut.")
    evaluate_load(charge.load_id, by="rule:readiness", at=now)

    change = propose(case, "approve").changes[1]

    assert change.before == "2"
    assert change.after == "1: The proof of delivery was rejected: Page 2 is cut."


def test_an_amount_that_the_case_does_not_show_yet_is_not_decided(
    case, charge, manager, now
) -> None:
    Charge.objects.filter(pk=charge.pk).update(quantity=1, rate="900.00", amount="900.00")

    with pytest.raises(AmountChanged, match=r"came to 225.00 USD .* comes to 900.00 now"):
        apply(case, "approve", by=manager.actor, at=now, version=1, reason="Dock confirmed.")


def test_approving_closes_the_case_and_the_load_goes_on(case, charge, manager, now) -> None:
    apply(case, "approve", by=manager.actor, at=now, version=1, reason="Dock confirmed by mail.")

    charge.refresh_from_db()
    case.refresh_from_db()
    assert (charge.status, charge.decided_by) == ("APPROVED", manager.actor)
    assert (case.status, case.closed_by, case.resolution) == ("CLOSED", manager.actor, "approve")
    billing = evaluate_load(charge.load_id, by="rule:readiness", at=now + timedelta(minutes=1))
    assert (billing.status, billing.total_amount) == ("READY", Decimal("1225.00"))
    assert not Case.objects.filter(status="OPEN").exists()


def test_waiving_lets_the_money_go_for_a_reason(case, charge, manager, now) -> None:
    apply(case, "waive_charge", by=manager.actor, at=now, version=1, reason="Our driver was late.")

    charge.refresh_from_db()
    assert (charge.status, charge.reason) == ("WAIVED", "Our driver was late.")
    billing = evaluate_load(charge.load_id, by="rule:readiness", at=now + timedelta(minutes=1))
    assert (billing.status, billing.total_amount) == ("READY", Decimal("1000.00"))


@pytest.mark.parametrize("action", ["approve", "waive_charge"])
def test_no_money_moves_without_a_reason(case, charge, manager, now, action) -> None:
    with pytest.raises(ReasonMissing):
        apply(case, action, by=manager.actor, at=now, version=1)
    assert not Event.objects.filter(name__in=["charge.approved", "case.closed"]).filter(
        subject_id__in=[charge.pk, case.pk]
    )


@pytest.mark.parametrize("role", [Role.DISPATCHER, Role.BILLER])
def test_below_the_manager_nobody_approves(case, charge, now, role) -> None:
    with pytest.raises(NotAllowed):
        apply(case, "approve", by=UserFactory(role=role).actor, at=now, version=1, reason="Fine.")
    charge.refresh_from_db()
    assert charge.status == "HELD"


@pytest.mark.parametrize("decide", [approve_charge, waive_charge])
def test_a_charge_decided_elsewhere_offers_nothing_more(case, charge, manager, now, decide):
    decide(charge, by=manager.actor, at=now, reason="From the load's page.")
    assert actions_for(case) == ()


def test_a_case_that_names_no_charge_offers_nothing(case) -> None:
    for key in ("charge:", "charge:x", "charge:0", "load:1"):
        case.subject_key = key
        assert actions_for(case) == ()
