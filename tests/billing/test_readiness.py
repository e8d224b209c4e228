"""Evaluation: from the rows of a load to blockers, charges, cases and a verdict."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Customer
from billing.models import Blocker, Charge, RatingRecord
from billing.operations.readiness import (
    NotForReview,
    approve_to_bill,
    evaluate_load,
    evaluate_loads,
)
from dispatch.models import Document, Load, Reference, Stop
from journal.models import Event
from tests.billing.standing import open_blockers, open_cases
from tests.factories import StopFactory
from tests.factories.billing import (
    a_customer,
    a_load,
    a_paper,
    delivered_load,
    give_lumper_receipt,
    set_policy,
)

pytestmark = pytest.mark.django_db

RULE = "rule:readiness"


def test_a_complete_load_is_priced_approved_and_ready(card, evaluate) -> None:
    load = delivered_load()

    billing = evaluate(load)

    charge = Charge.objects.get(load=load)
    assert (billing.status, billing.total_amount) == ("READY", Decimal("1000.00"))
    assert (charge.code, charge.status, charge.decided_by) == (
        "LHS",
        "APPROVED",
        "rule:auto-approve",
    )
    assert open_blockers(load) == []
    assert billing.rating is not None
    assert billing.rating.version == card


def test_ready_is_told_once_with_its_cause_in_the_journal(card, evaluate) -> None:
    load = delivered_load()

    billing = evaluate(load)
    evaluate(load)

    ready = Event.objects.get(name="load.ready")
    assert (ready.subject_id, ready.actor) == (billing.pk, RULE)
    assert ready.new["status"] == "READY"
    assert ready.payload["load_id"] == load.pk


def test_an_evaluation_that_finds_nothing_new_writes_nothing(card, evaluate) -> None:
    blocked = delivered_load(pod="")
    ready, planned = delivered_load(), a_load()
    for load in (blocked, ready, planned):
        evaluate(load)

    with CaptureQueriesContext(connection) as queries:
        for load in (blocked, ready, planned):
            evaluate(load)

    writes = [q["sql"] for q in queries if not q["sql"].lstrip().startswith("SELECT")]
    assert writes == []


def test_a_block_costs_the_same_queries_whatever_its_size(card, now) -> None:
    few = [delivered_load().pk for _ in range(2)]
    many = [delivered_load().pk for _ in range(8)]
    evaluate_loads([*few, *many], by=RULE, at=now)

    with CaptureQueriesContext(connection) as for_few:
        evaluate_loads(few, by=RULE, at=now)
    with CaptureQueriesContext(connection) as for_many:
        evaluate_loads(many, by=RULE, at=now)

    per_load = (len(for_many) - len(for_few)) / 6
    # Only the lanes of each load are looked up one by one, by rating.
    assert per_load <= 2


def test_a_load_on_its_way_waits_and_is_not_priced(card, evaluate) -> None:
    load = a_load(status=Load.Status.IN_TRANSIT)

    billing = evaluate(load)

    assert billing.status == "WAITING"
    assert open_blockers(load) == [("delivered", "")]
    assert not RatingRecord.objects.exists()
    assert open_cases(load) == []


def test_a_received_proof_changes_what_to_do_not_the_clock(card, evaluate) -> None:
    load = delivered_load(pod="")
    evaluate(load)
    before = Blocker.objects.get(load=load)

    a_paper(load, status=Document.Status.RECEIVED)
    evaluate(load)

    after = Blocker.objects.get(load=load)
    assert (before.action, after.action) == ("upload_pod", "check_pod")
    assert (after.pk, after.opened_at, after.due_at) == (before.pk, before.opened_at, before.due_at)


def test_required_references_are_a_matter_of_policy(card, evaluate) -> None:
    load = delivered_load()
    set_policy(load.customer, required_references="BLOCK PO,BOL")

    blocked = evaluate(load)
    missing = open_blockers(load)
    for kind in ("PO", "BOL"):
        Reference.objects.create(
            load=load, customer=load.customer, kind=kind, value="4500870944", value_key="4500870944"
        )
    ready = evaluate(load)

    assert blocked.status == "BLOCKED"
    assert missing == [("required_references", "PO"), ("required_references", "BOL")]
    assert ready.status == "READY"


def test_a_policy_of_the_customer_goes_before_that_of_everybody(card, evaluate) -> None:
    load, other = delivered_load(pod=""), delivered_load(pod="")
    set_policy(pod_accepted="WARN")
    set_policy(load.customer, pod_accepted="BLOCK")

    assert evaluate(load).status == "BLOCKED"
    assert evaluate(other).status == "READY"


def test_a_warning_is_shown_and_asks_nobody(card, evaluate) -> None:
    load = delivered_load(pod="")
    set_policy(pod_accepted="WARN")

    billing = evaluate(load)

    assert (billing.status, billing.blocker_count) == ("READY", 0)
    assert open_blockers(load) == [("pod_accepted", "")]
    assert open_cases(load) == []


def test_a_rule_to_review_waits_for_a_person(card, evaluate, now) -> None:
    load = delivered_load(pod="")
    set_policy(pod_accepted="REVIEW")

    billing = evaluate(load)
    approve_to_bill(billing, by="user:7", at=now + timedelta(hours=1))

    assert billing.status == "REVIEW"
    assert evaluate_load(load.pk, by=RULE, at=now + timedelta(hours=2)).status == "READY"


def test_a_customer_with_review_has_each_load_approved_by_a_person(card, evaluate, now) -> None:
    customer = a_customer(billing_mode=Customer.BillingMode.REVIEW)
    load = delivered_load(customer)

    to_review = evaluate(load)
    ready = approve_to_bill(to_review, by="user:7", at=now + timedelta(hours=1))

    assert (to_review.status, ready.status) == ("REVIEW", "READY")
    assert ready.reviewed_by == "user:7"


def test_an_approval_to_bill_lapses_when_a_charge_changes_after_it(card, evaluate, now) -> None:
    load = delivered_load(a_customer(billing_mode=Customer.BillingMode.REVIEW))
    approve_to_bill(evaluate(load), by="user:7", at=now + timedelta(minutes=1))

    give_lumper_receipt(load)
    after = evaluate_load(load.pk, by=RULE, at=now + timedelta(hours=1))

    assert after.status == "REVIEW"


def test_only_a_load_that_waits_for_review_can_be_approved_to_bill(card, evaluate, now) -> None:
    billing = evaluate(delivered_load(pod=""))

    with pytest.raises(NotForReview, match="This load is blocked, not to review"):
        approve_to_bill(billing, by="user:7", at=now)


def test_a_truck_sent_away_unused_is_billed_without_proof(card, evaluate, now) -> None:
    load = a_load(status=Load.Status.TONU, ended_at=now)
    StopFactory(load=load, sequence=1)

    billing = evaluate(load)

    assert (billing.status, billing.total_amount) == ("READY", Decimal("250.00"))
    assert Charge.objects.get(load=load).code == "TONU"


def test_a_cancelled_load_owes_nothing_and_asks_nobody(card, evaluate) -> None:
    load = delivered_load(pod="")
    evaluate(load)

    load.status = Load.Status.CANCELLED
    load.save()
    billing = evaluate(load)

    assert (billing.status, billing.total_amount) == ("NOT_BILLABLE", Decimal(0))
    assert Charge.objects.get(load=load).status == "SUPERSEDED"
    assert (open_blockers(load), open_cases(load)) == ([], [])


def test_a_cancellation_taken_back_has_the_charges_made_again(card, evaluate) -> None:
    load = delivered_load()
    for status in (Load.Status.DELIVERED, Load.Status.CANCELLED, Load.Status.DELIVERED):
        load.status = status
        load.save()
        billing = evaluate(load)

    assert (billing.status, billing.total_amount) == ("READY", Decimal("1000.00"))


def test_a_stop_that_is_not_over_blocks(card, evaluate) -> None:
    load = delivered_load()
    load.stops.filter(sequence=2).update(status=Stop.Status.ARRIVED)

    assert evaluate(load).status == "BLOCKED"
    assert ("all_stops_complete", "stop:2") in open_blockers(load)
    assert "stops_incomplete" in open_cases(load)


def test_an_evaluation_of_an_unknown_load_says_so(now) -> None:
    with pytest.raises(Load.DoesNotExist, match="No load has the id 987654321"):
        evaluate_load(987654321, by=RULE, at=now)
