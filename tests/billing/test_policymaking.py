"""Policies are versions: drafted by one, put in force by another, never below the law."""

import pytest
from django.db import IntegrityError, transaction

from billing.models import PolicyRule, ReadinessPolicy
from billing.operations.policymaking import (
    PolicyRefused,
    SamePerson,
    activate_policy,
    draft_policy,
)
from billing.queries.policies import read_policies
from billing.rules.policy import Enforcement, Setting
from tests.factories.billing import a_customer

pytestmark = pytest.mark.django_db

DRAFTER, COLLEAGUE = "user:7", "user:8"
LENIENT = {"pod_accepted": Setting(Enforcement.WARN)}


def test_a_draft_counts_for_nobody_until_it_is_in_force(now) -> None:
    customer = a_customer()
    policy = draft_policy(LENIENT, customer=customer, by=DRAFTER, at=now)
    before = read_policies().for_load(customer_id=customer.pk, shipment_type="TRUCKLOAD")

    activate_policy(policy, by=COLLEAGUE, at=now)

    after = read_policies().for_load(customer_id=customer.pk, shipment_type="TRUCKLOAD")
    assert (before, after) == ({}, LENIENT)


def test_who_drafted_a_policy_cannot_put_it_in_force(now) -> None:
    policy = draft_policy(LENIENT, by=DRAFTER, at=now)

    with pytest.raises(SamePerson):
        activate_policy(policy, by=DRAFTER, at=now)


def test_the_next_version_retires_the_one_before(now) -> None:
    first, second = (draft_policy(LENIENT, by=DRAFTER, at=now) for _ in range(2))
    for policy in (first, second):
        activate_policy(policy, by=COLLEAGUE, at=now)

    first.refresh_from_db()
    assert (first.version, second.version) == (1, 2)
    assert (first.status, second.status) == ("RETIRED", "ACTIVE")


@pytest.mark.parametrize(
    ("name", "message"),
    [("pod_recieved", "no rule called 'pod_recieved'"), ("rate_found", "blocks whatever")],
)
def test_a_policy_names_real_rules_and_keeps_the_law(name, message, now) -> None:
    with pytest.raises(PolicyRefused, match=message):
        draft_policy({name: Setting(Enforcement.WARN)}, by=DRAFTER, at=now)

    assert not ReadinessPolicy.objects.exists()


def test_the_database_itself_keeps_the_law(now) -> None:
    policy = draft_policy({}, by=DRAFTER, at=now)

    with pytest.raises(IntegrityError, match="policy_cannot_loosen_the_law"), transaction.atomic():
        PolicyRule.objects.create(policy=policy, rule="rate_found", enforcement="IGNORE")


@pytest.mark.parametrize(
    ("name", "parameter", "message"),
    [
        ("pod_accepted", "soon", "'soon' is not a number of minutes"),
        ("required_references", "PO,PRINT", "No reference is called PRINT"),
        ("receipts", "LUM", "takes no parameter"),
    ],
)
def test_a_parameter_is_one_that_its_rule_reads(name, parameter, message, now) -> None:
    with pytest.raises(PolicyRefused, match=message):
        draft_policy({name: Setting(parameter=parameter)}, by=DRAFTER, at=now)
