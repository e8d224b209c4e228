"""The readiness rules, each on plain facts."""

from dataclasses import replace
from decimal import Decimal

import pytest

from billing.rules.facts import (
    BillingFacts,
    CaseFact,
    ChargeFact,
    DocumentFact,
    ProblemFact,
    StopFact,
)
from billing.rules.policy import Enforcement, PolicyScope, Setting, most_precise
from billing.rules.readiness import MANDATORY, RULES, Blocker, find_blockers, verdict

LINEHAUL = ChargeFact(
    key="1", code="LHS", description="Linehaul", amount=Decimal("912.34"), currency="USD",
    status="APPROVED",
)  # fmt: skip
LUMPER = replace(LINEHAUL, key="2", code="LUM", description="Lumper, stop 2", stop_sequence=2)
POD = DocumentFact(kind="POD", status="ACCEPTED")
STOPS = (
    StopFact(sequence=1, name="Joliet DC", kind="PICKUP", is_over=True),
    StopFact(sequence=2, name="Columbus DC", kind="DELIVERY", is_over=True),
)
COMPLETE = BillingFacts(
    number="104882",
    status="DELIVERED",
    customer_name="Prairie Foods",
    origin="Joliet, IL",
    destination="Columbus, OH",
    stops=STOPS,
    documents=(POD,),
    charges=(LINEHAUL,),
)


def found(facts: BillingFacts = COMPLETE, **policy: Setting) -> list[Blocker]:
    return list(find_blockers(facts, policy))


def keys(facts: BillingFacts, **policy: Setting) -> list[tuple[str, str]]:
    return [blocker.key for blocker in found(facts, **policy)]


def status_of(facts: BillingFacts, *, asks=False, reviewed=False, **policy: Setting) -> str:
    return verdict(facts, found(facts, **policy), asks_person=asks, is_reviewed=reviewed)


def test_a_complete_load_lacks_nothing_and_is_ready() -> None:
    assert found() == []
    assert status_of(COMPLETE) == "READY"


@pytest.mark.parametrize("status", ["PLANNED", "DISPATCHED", "IN_TRANSIT", "AT_DELIVERY"])
def test_a_load_on_its_way_waits_for_delivery_and_for_nothing_that_cannot_be_there_yet(status):
    facts = replace(COMPLETE, status=status, documents=(), charges=(), stops=())

    assert keys(facts) == [("delivered", "")]
    assert status_of(facts) == "WAITING"


def test_references_are_asked_for_from_the_start() -> None:
    facts = replace(COMPLETE, status="PLANNED", reference_kinds=frozenset({"PO"}))

    missing = keys(facts, required_references=Setting(parameter="PO, bol"))

    assert ("required_references", "BOL") in missing
    assert ("required_references", "PO") not in missing


def test_each_stop_that_is_not_over_is_named() -> None:
    stops = tuple(replace(stop, is_over=False) for stop in STOPS)

    blockers = found(replace(COMPLETE, stops=stops))

    assert [blocker.subject_key for blocker in blockers] == ["stop:1", "stop:2"]
    assert blockers[1].message == "Stop 2, Columbus DC, is not complete."
    assert blockers[1].value == LINEHAUL.amount


@pytest.mark.parametrize(
    ("papers", "action"),
    [
        ((), "upload_pod"),
        ((replace(POD, status="REJECTED", reason="smudged"),), "upload_pod"),
        ((replace(POD, status="RECEIVED"),), "check_pod"),
        ((replace(POD, kind="BOL"),), "upload_pod"),
    ],
)
def test_a_proof_of_delivery_counts_only_when_somebody_accepted_it(papers, action) -> None:
    (blocker,) = found(replace(COMPLETE, documents=papers))

    assert (blocker.rule, blocker.action) == ("pod_accepted", action)


def test_one_accepted_proof_is_enough_beside_a_rejected_one() -> None:
    assert found(replace(COMPLETE, documents=(replace(POD, status="REJECTED"), POD))) == []


def test_a_rejected_proof_is_asked_for_again_with_the_reason() -> None:
    rejected = replace(POD, status="REJECTED", reason="page 2 is unreadable")

    (blocker,) = found(replace(COMPLETE, documents=(rejected,)))

    assert blocker.message == "The proof of delivery was rejected: page 2 is unreadable"


@pytest.mark.parametrize(
    ("code", "action", "owner"),
    [
        ("no_rate", "add_rate", "billing manager"),
        ("no_fuel_index", "add_fuel_price", "billing manager"),
        ("clock_reversed", "correct_clock", "dispatcher"),
        ("never_heard_of", "review_rating", "billing manager"),
    ],
)
def test_each_problem_of_rating_has_an_owner_and_a_next_step(code, action, owner) -> None:
    problem = ProblemFact(code=code, message="It cannot be told", subject_key="lane")

    (blocker,) = found(replace(COMPLETE, problems=(problem,)))

    assert (blocker.key, blocker.action, blocker.owner_group) == (
        ("rate_found", f"{code}:lane"), action, owner,
    )  # fmt: skip
    assert blocker.message == "It cannot be told."


def test_a_load_without_any_charge_is_not_billed_for_nothing() -> None:
    assert keys(replace(COMPLETE, charges=())) == [("rate_found", "charges")]


@pytest.mark.parametrize("status", ["HELD", "PROPOSED"])
def test_each_undecided_charge_blocks_with_its_own_amount(status) -> None:
    held = replace(LINEHAUL, key="9", status=status, description="Detention, stop 2",
                   amount=Decimal("112.50"), reason="over $100.00")  # fmt: skip

    (blocker,) = found(replace(COMPLETE, charges=(LINEHAUL, held)))

    assert blocker.key == ("accessorials_approved", "charge:9")
    assert blocker.value == Decimal("112.50")
    assert blocker.message == "Detention, stop 2, 112.50 USD, waits for approval: over $100.00."


def test_a_waived_charge_blocks_nothing_and_is_not_at_stake() -> None:
    facts = replace(COMPLETE, charges=(LINEHAUL, replace(LUMPER, status="WAIVED")))

    assert found(facts) == []
    assert facts.total == LINEHAUL.amount


@pytest.mark.parametrize(
    ("paper", "is_enough"),
    [
        (DocumentFact(kind="LUMPER_RECEIPT", status="RECEIVED", stop_sequence=2), True),
        (DocumentFact(kind="LUMPER_RECEIPT", status="ACCEPTED"), True),
        (DocumentFact(kind="LUMPER_RECEIPT", status="RECEIVED", stop_sequence=1), False),
        (DocumentFact(kind="LUMPER_RECEIPT", status="REJECTED", stop_sequence=2), False),
        (DocumentFact(kind="SCALE_TICKET", status="RECEIVED", stop_sequence=2), False),
    ],
)
def test_a_charge_at_cost_needs_its_receipt(paper, is_enough) -> None:
    facts = replace(COMPLETE, charges=(LINEHAUL, LUMPER), documents=(POD, paper))

    assert keys(facts) == ([] if is_enough else [("receipts", "charge:2")])


@pytest.mark.parametrize(("status", "word"), [("ON_HOLD", "on hold"), ("CLOSED", "closed")])
def test_a_customer_that_may_not_be_billed_blocks(status, word) -> None:
    (blocker,) = found(replace(COMPLETE, customer_status=status))

    assert blocker.rule == "customer_billable"
    assert blocker.message == f"Prairie Foods is {word}, so nothing may be billed."


def test_every_open_blocking_case_is_a_blocker_with_its_own_value() -> None:
    cases = (
        CaseFact(number="EX-20871", title="Possibly the same as load 104881"),
        CaseFact(number="EX-20872", title="Short delivery", value=Decimal("148.80")),
    )

    first, second = found(replace(COMPLETE, cases=cases))

    assert first.message == "EX-20871 is open: Possibly the same as load 104881."
    assert (first.value, second.value) == (LINEHAUL.amount, Decimal("148.80"))


def test_a_truck_sent_away_unused_is_billable_without_proof_or_completed_stops() -> None:
    tonu = replace(LINEHAUL, code="TONU")
    stops = tuple(replace(stop, is_over=False) for stop in STOPS)
    facts = replace(COMPLETE, status="TONU", documents=(), stops=stops, charges=(tonu,))

    assert found(facts) == []
    assert status_of(facts) == "READY"


@pytest.mark.parametrize("status", ["CANCELLED", "DECLINED"])
def test_a_load_called_off_lacks_nothing_and_owes_nothing(status) -> None:
    facts = replace(COMPLETE, status=status, documents=(), customer_status="ON_HOLD")

    assert found(facts) == []
    assert status_of(facts) == "NOT_BILLABLE"


def test_all_that_is_missing_shows_at_once() -> None:
    facts = replace(
        COMPLETE, documents=(), customer_status="ON_HOLD",
        charges=(replace(LINEHAUL, status="HELD"),),
        stops=(STOPS[0], replace(STOPS[1], is_over=False)),
    )  # fmt: skip

    rules = [blocker.rule for blocker in found(facts)]

    assert rules == [
        "all_stops_complete", "pod_accepted", "accessorials_approved", "customer_billable",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("enforcement", "expected"),
    [
        (Enforcement.IGNORE, (0, "READY")),
        (Enforcement.WARN, (1, "READY")),
        (Enforcement.REVIEW, (1, "REVIEW")),
        (Enforcement.BLOCK, (1, "BLOCKED")),
    ],
)
def test_a_policy_says_how_strictly_a_rule_counts(enforcement, expected) -> None:
    facts = replace(COMPLETE, documents=())
    policy = {"pod_accepted": Setting(enforcement)}

    assert (len(found(facts, **policy)), status_of(facts, **policy)) == expected


@pytest.mark.parametrize("rule", sorted(MANDATORY))
def test_no_policy_loosens_what_must_hold(rule) -> None:
    facts = replace(
        COMPLETE, status="DELIVERED" if rule != "delivered" else "IN_TRANSIT",
        customer_status="ON_HOLD", charges=(replace(LINEHAUL, status="HELD"),),
        problems=(ProblemFact(code="no_rate", message="No lane", subject_key="lane"),),
        tax_problems=(ProblemFact(code="no_tax_rate", message="No rate", subject_key="CA"),),
        hold_reason="Rate in dispute",
    )  # fmt: skip

    blockers = found(facts, **{rule: Setting(Enforcement.IGNORE)})

    assert Enforcement.BLOCK in [b.enforcement for b in blockers if b.rule == rule]


def test_a_review_ends_when_somebody_has_looked() -> None:
    assert status_of(COMPLETE, asks=True) == "REVIEW"
    assert status_of(COMPLETE, asks=True, reviewed=True) == "READY"


def test_a_reviewed_load_is_still_blocked_by_what_blocks() -> None:
    assert status_of(replace(COMPLETE, documents=()), asks=True, reviewed=True) == "BLOCKED"


def test_a_waived_blocker_is_shown_and_blocks_no_more() -> None:
    facts = replace(COMPLETE, documents=(), waived=frozenset({("pod_accepted", "")}))

    (blocker,) = found(facts)

    assert blocker.enforcement is Enforcement.WARN
    assert status_of(facts) == "READY"


def test_what_must_hold_cannot_be_waived() -> None:
    facts = replace(
        COMPLETE, customer_status="ON_HOLD", waived=frozenset({("customer_billable", "")})
    )

    assert status_of(facts) == "BLOCKED"


def test_the_most_precise_policy_counts() -> None:
    everybody, by_type = PolicyScope(1), PolicyScope(2, shipment_type="LTL")
    customer, both = PolicyScope(3, customer_id=7), PolicyScope(4, 7, "LTL")
    scopes = [everybody, by_type, customer, both, PolicyScope(5, customer_id=8)]

    def chosen(*among: PolicyScope) -> int | None:
        found = most_precise(among, customer_id=7, shipment_type="LTL")
        return found.policy_id if found else None

    assert chosen(*scopes) == 4
    assert chosen(everybody, by_type, customer) == 3
    assert chosen(everybody, by_type) == 2
    assert chosen(everybody) == 1
    assert chosen(PolicyScope(5, customer_id=8)) is None


def test_every_rule_has_a_name_of_its_own_and_a_title() -> None:
    names = [rule.name for rule in RULES]

    assert len(set(names)) == len(names)
    assert all(rule.title for rule in RULES)
