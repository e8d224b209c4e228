"""Blockers that need a person are cases in the queue, and end when their fact arrives."""

from datetime import timedelta
from decimal import Decimal

import pytest

from accounts.models import Customer
from billing.models import Blocker, Charge
from billing.operations.charging import approve_charge
from billing.operations.readiness import (
    evaluate_load,
)
from dispatch.models import Document, Load
from exceptions.models import Case
from exceptions.operations.closing import close_case
from exceptions.operations.opening import open_case
from tests.billing.standing import open_blockers, open_cases
from tests.factories.billing import (
    a_customer,
    a_load,
    a_paper,
    delivered_load,
    publish_card,
    set_policy,
)

pytestmark = pytest.mark.django_db

RULE = "rule:readiness"


def test_a_missing_proof_blocks_opens_a_case_and_both_end_when_it_is_accepted(card, evaluate):
    load = delivered_load(pod="")

    blocked = evaluate(load)
    case = Case.objects.get(load=load, kind="pod_missing")
    a_paper(load, status=Document.Status.ACCEPTED)
    ready = evaluate(load)

    case.refresh_from_db()
    assert (blocked.status, ready.status) == ("BLOCKED", "READY")
    assert (case.value_amount, case.subject_key) == (Decimal("1000.00"), f"load:{load.number}")
    assert (case.status, case.closed_by) == ("CLOSED", "rule:pod_accepted")
    blocker = Blocker.objects.get(load=load)
    assert blocker.cleared_at is not None


def test_no_rate_is_a_blocker_and_a_case_until_a_card_is_published(evaluate) -> None:
    load = delivered_load()

    blocked = evaluate(load)
    cases = open_cases(load)
    publish_card()
    ready = evaluate(load)

    assert blocked.status == "BLOCKED"
    assert cases == ["rate_missing"]
    assert Case.objects.get().title == "No rate found: Joliet, IL to Columbus, OH"
    assert (ready.status, open_cases(load)) == ("READY", [])


def test_a_charge_above_its_limit_is_held_with_its_evidence_until_approved(card, evaluate, now):
    load = delivered_load(wait_hours=4)

    blocked = evaluate(load)
    charge = Charge.objects.get(load=load, code="DET")
    case = Case.objects.get(load=load)
    held = (charge.status, charge.reason)
    approve_charge(charge, by="user:7", at=now)
    ready = evaluate(load)

    case.refresh_from_db()
    assert (blocked.status, held) == ("BLOCKED", ("HELD", "over $100.00"))
    assert (case.kind, case.subject_key) == ("accessorial_approval", f"charge:{charge.pk}")
    assert case.title == "Approval needed: Detention, stop 2"
    assert [fact["fact"] for fact in case.evidence][:2] == ["Clock", "Clock"]
    assert (ready.status, case.status) == ("READY", "CLOSED")


def test_a_customer_on_hold_has_one_case_however_many_loads_wait(card, evaluate) -> None:
    customer = a_customer(status=Customer.Status.ON_HOLD)
    loads = [delivered_load(customer) for _ in range(3)]

    statuses = {evaluate(load).status for load in loads}

    case = Case.objects.get(kind="customer_not_billable")
    assert statuses == {"BLOCKED"}
    assert (case.load, case.customer) == (None, customer)


def test_the_case_of_a_customer_on_hold_outlives_loads_still_on_their_way(card, evaluate) -> None:
    customer = a_customer(status=Customer.Status.ON_HOLD)
    evaluate(delivered_load(customer))

    evaluate(a_load(customer=customer, status=Load.Status.IN_TRANSIT))
    still_open = Case.objects.filter(status=Case.Status.OPEN).count()
    Customer.objects.update(status=Customer.Status.ACTIVE)
    evaluate(delivered_load(Customer.objects.get()))

    assert still_open == 1
    assert not Case.objects.filter(status=Case.Status.OPEN).exists()


def test_a_blocking_case_blocks_until_it_is_closed(card, evaluate, now) -> None:
    load = delivered_load()
    case = open_case(
        "possible_duplicate_load", subject_key=f"load:{load.number}", by="rule:x", at=now,
        load=load, detail={"other": "104881"},
    )  # fmt: skip

    blocked = evaluate(load)
    keys = open_blockers(load)
    close_case(case, by="user:7", at=now, resolution="kept", reason="Two real shipments")
    ready = evaluate(load)

    assert (blocked.status, ready.status) == ("BLOCKED", "READY")
    assert keys == [("no_open_blocking_case", f"case:{case.number}")]


def test_a_case_that_mirrors_a_blocker_does_not_block_a_second_time(card, evaluate) -> None:
    load = delivered_load(pod="")

    evaluate(load)
    evaluate(load)

    assert open_blockers(load) == [("pod_accepted", "")]


def waive(case: Case, *, at) -> None:
    close_case(case, by="user:7", at=at, resolution="waived", reason="The consignee confirmed it")


def test_a_waived_case_lets_the_load_go_on_and_keeps_who_and_why(card, evaluate, now) -> None:
    load = delivered_load(pod="")
    evaluate(load)

    waive(Case.objects.get(load=load), at=now + timedelta(minutes=1))
    billing = evaluate(load)

    blocker = Blocker.objects.get(load=load)
    assert billing.status == "READY"
    assert (blocker.waived_by, blocker.waive_reason) == ("user:7", "The consignee confirmed it")
    assert (blocker.cleared_at, blocker.enforcement) == (None, "WARN")
    assert open_cases(load) == []


def test_a_waiver_counts_for_the_blocker_it_was_made_for_and_for_no_later_one(card, evaluate, now):
    load = delivered_load(pod="")
    evaluate(load)
    waive(Case.objects.get(load=load), at=now + timedelta(minutes=1))
    evaluate(load)

    proof = a_paper(load, status=Document.Status.ACCEPTED)
    evaluate(load)
    proof.delete()
    billing = evaluate(load)

    assert billing.status == "BLOCKED"
    assert open_cases(load) == ["pod_missing"]


def test_a_case_closed_without_its_fact_and_without_a_waiver_opens_again(card, evaluate, now):
    load = delivered_load(pod="")
    evaluate(load)

    close_case(Case.objects.get(), by="user:7", at=now, resolution="done", reason="I think it came")
    billing = evaluate(load)

    assert billing.status == "BLOCKED"
    assert open_cases(load) == ["pod_missing"]


def test_a_price_cannot_be_waived(evaluate, now) -> None:
    load = delivered_load()
    evaluate(load)

    waive(Case.objects.get(load=load), at=now)
    billing = evaluate(load)

    assert billing.status == "BLOCKED"
    assert open_cases(load) == ["rate_missing"]


def test_a_proof_that_may_still_come_asks_nobody_until_patience_ends(card, now) -> None:
    load = delivered_load(pod="")
    set_policy(pod_accepted="BLOCK 15")

    blocked = evaluate_load(load.pk, by=RULE, at=now)
    before = open_cases(load)
    evaluate_load(load.pk, by=RULE, at=now + timedelta(minutes=14))
    still = open_cases(load)
    evaluate_load(load.pk, by=RULE, at=now + timedelta(minutes=15))

    assert blocked.status == "BLOCKED"
    assert (before, still, open_cases(load)) == ([], [], ["pod_missing"])


def test_there_is_no_patience_with_a_proof_that_was_rejected(card, evaluate) -> None:
    load = delivered_load(pod="REJECTED")
    set_policy(pod_accepted="BLOCK 15")

    evaluate(load)

    assert open_cases(load) == ["pod_missing"]
