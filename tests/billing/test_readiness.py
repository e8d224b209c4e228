"""Evaluation: from the rows of a load to blockers, charges, cases and a verdict."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Customer
from billing.models import Blocker, Charge, LoadBilling, RatingRecord
from billing.operations.charging import approve_charge
from billing.operations.readiness import (
    NotForReview,
    approve_to_bill,
    evaluate_load,
    evaluate_loads,
)
from dispatch.models import Document, Load, Reference, Stop
from exceptions.models import Case
from exceptions.operations.closing import close_case
from exceptions.operations.opening import open_case
from journal.models import Event
from tests.factories import StopFactory
from tests.factories.billing import (
    a_customer,
    a_load,
    a_paper,
    delivered_load,
    found_carrier,
    give_lumper_receipt,
    publish_card,
    set_policy,
)

pytestmark = pytest.mark.django_db

RULE = "rule:readiness"


@pytest.fixture
def evaluate(now):
    """Evaluate a load as the handler does, a minute later each time."""
    minutes = iter(range(100))

    def evaluate_now(load: Load) -> LoadBilling:
        return evaluate_load(load.pk, by=RULE, at=now + timedelta(minutes=next(minutes)))

    return evaluate_now


@pytest.fixture
def card():
    """A price for everything, and somebody to bill."""
    found_carrier()
    return publish_card()


def open_blockers(load: Load) -> list[tuple[str, str]]:
    rows = Blocker.objects.filter(load=load, cleared_at=None).order_by("pk")
    return [row.key for row in rows]


def open_cases(load: Load) -> list[str]:
    cases = Case.objects.filter(load=load, status=Case.Status.OPEN).order_by("pk")
    return list(cases.values_list("kind", flat=True))


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


def test_a_received_proof_changes_what_to_do_not_the_clock(card, evaluate) -> None:
    load = delivered_load(pod="")
    evaluate(load)
    before = Blocker.objects.get(load=load)

    a_paper(load, status=Document.Status.RECEIVED)
    evaluate(load)

    after = Blocker.objects.get(load=load)
    assert (before.action, after.action) == ("upload_pod", "check_pod")
    assert (after.pk, after.opened_at, after.due_at) == (before.pk, before.opened_at, before.due_at)


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


def test_an_evaluation_of_an_unknown_load_says_so(now) -> None:
    with pytest.raises(Load.DoesNotExist, match="No load has the id 987654321"):
        evaluate_load(987654321, by=RULE, at=now)


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
