import pytest

from accounts.rules import BILLING_ROLES, STAFF_ROLES, Role
from billing.rules import mirrors
from billing.rules.readiness import MANDATORY, RULES
from dispatch import fold
from exceptions.models import Case
from exceptions.operations.following import KIND_OF_PROBLEM
from exceptions.rules.kinds import KINDS, UnknownKind, find_kind

WANTED = {
    "pod_missing", "stops_incomplete", "reference_missing", "rate_missing", "rating_problem",
    "accessorial_approval", "customer_not_billable", "late_change", "load_not_found",
    "message_unreadable", "message_conflict", "unknown_status_code", "time_order",
    "nonexistent_time", "ambiguous_time", "duplicate_interchange", "unknown_sender",
    "dead_letter", "erp_rejected", "erp_mismatch", "outbox_dead", "document_rejected",
    "possible_duplicate_load", "index_missing", "index_unreadable", "index_corrected",
}  # fmt: skip


def test_everything_that_can_go_wrong_so_far_has_its_kind():
    assert KINDS.keys() >= WANTED


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
def test_every_kind_has_a_staff_owner_a_clock_and_advice(kind):
    assert kind.owner in STAFF_ROLES
    assert 0 < kind.hours <= 72
    assert kind.severity in Case.Severity.values
    assert kind.advice.endswith(".")
    assert KINDS[kind.name] is kind


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
def test_a_title_reads_well_with_nothing_told(kind):
    title = kind.title_for({})
    assert title
    assert "{" not in title
    assert title[-1] not in " ,:"


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
def test_what_mirrors_a_blocker_blocks_and_is_decided_by_who_answers_for_it(kind):
    if kind.mirrors:
        assert kind.is_blocking
    assert kind.deciders == (BILLING_ROLES if kind.is_money else STAFF_ROLES)


def test_a_mirror_names_a_rule_that_readiness_knows():
    assert {kind.mirrors for kind in KINDS.values()} - {""} <= {rule.name for rule in RULES}


def test_every_kind_that_mirrors_a_rule_is_opened_for_it_and_none_is_forgotten():
    opened = {kind: rule for rule, (kind, _) in mirrors.KINDS.items()}
    opened[mirrors.NO_RATE[0]] = "rate_found"
    assert opened == {kind.name: kind.mirrors for kind in KINDS.values() if kind.mirrors}


def test_a_blocker_of_a_mandatory_rule_cannot_be_waived_and_every_other_case_can():
    for kind in KINDS.values():
        assert kind.is_waivable == (kind.mirrors not in MANDATORY), kind.name


def test_money_is_decided_by_billing_and_messages_by_administrators():
    assert {KINDS[name].owner for name in ("pod_missing", "late_change", "erp_rejected")} == {
        Role.BILLER
    }
    assert KINDS["accessorial_approval"].owner == Role.BILLING_MANAGER
    assert KINDS["message_unreadable"].owner == KINDS["dead_letter"].owner == Role.ADMINISTRATOR
    assert KINDS["time_order"].owner == Role.DISPATCHER


def test_a_title_tells_what_is_told():
    assert find_kind("unknown_status_code").title_for({"code": "ZZ"}) == "Unknown status code: ZZ"


def test_every_problem_that_the_fold_can_find_has_a_kind():
    codes = {*fold.MISPLACED, fold.DISPUTED.code, "time_order"}
    assert KIND_OF_PROBLEM.keys() == codes
    assert set(KIND_OF_PROBLEM.values()) <= KINDS.keys()


def test_an_unknown_kind_is_an_error():
    with pytest.raises(UnknownKind):
        find_kind("lost_wallet")
