"""Before a policy is approved it says what it would change, and then changes just that."""

from collections.abc import Callable

import pytest

from billing.models import LoadBilling
from billing.operations.policymaking import (
    PassedOver,
    activate_policy,
    draft_policy,
    withdraw_policy,
)
from billing.operations.readiness import approve_to_bill, evaluate_load
from billing.queries.policy_previews import preview_policy
from billing.rules.policy import Enforcement, Setting
from journal.models import Event
from journal.operations.lifecycle import IllegalMove
from tests.factories.billing import (
    a_customer,
    delivered_load,
    found_carrier,
    publish_card,
    set_policy,
)

pytestmark = pytest.mark.django_db

DRAFTER, COLLEAGUE = "user:7", "user:8"
STRICT = {"pod_accepted": Setting(Enforcement.BLOCK)}
LENIENT = {"pod_accepted": Setting(Enforcement.WARN)}
CURIOUS = {"pod_accepted": Setting(Enforcement.REVIEW)}


@pytest.fixture
def waiting(now) -> Callable[..., LoadBilling]:
    """Evaluate a delivered load without a proof, under the policies of the moment."""
    found_carrier()
    publish_card()

    def wait(customer=None, **more) -> LoadBilling:
        load = delivered_load(customer, pod="", **more)
        return evaluate_load(load.pk, by="rule:readiness", at=now)

    return wait


def test_a_tighter_rule_names_the_loads_it_would_block(waiting, now) -> None:
    customer = a_customer(billing_mode="REVIEW")
    set_policy(customer, pod_accepted="WARN")
    billing = waiting(customer, number="104882")
    draft = draft_policy(STRICT, customer=customer, by=DRAFTER, at=now)

    preview = preview_policy(draft, at=now)

    (move,) = preview.moves
    assert (move.number, move.before, move.after) == ("104882", "REVIEW", "BLOCKED")
    assert move.missing == ("No proof of delivery is on file.",)
    assert move.amount == billing.total_amount
    assert (preview.looked_at, preview.is_all) == (1, True)
    assert preview.steps == [("REVIEW", "BLOCKED", 1)]


@pytest.mark.parametrize(
    ("before", "after"),
    [("WARN", STRICT), ("BLOCK", LENIENT), ("BLOCK", CURIOUS), ("WARN", CURIOUS),
     ("REVIEW", LENIENT), ("IGNORE", STRICT), ("BLOCK", STRICT)],
)  # fmt: skip
def test_what_it_says_is_what_happens(waiting, drain, now, before, after) -> None:
    customer = a_customer(invoice_grouping="TOGETHER")
    set_policy(customer, pod_accepted=before)
    billing = waiting(customer)
    draft = draft_policy(after, customer=customer, by=DRAFTER, at=now)
    told = {move.number: move.after for move in preview_policy(draft, at=now).moves}

    activate_policy(draft, by=COLLEAGUE, at=now)
    drain()

    billing.refresh_from_db()
    assert told.get(billing.load.number, billing.status) == billing.status


def test_what_somebody_has_looked_at_stays_so_unless_a_new_doubt_comes(waiting, now) -> None:
    customer = a_customer(billing_mode="REVIEW", invoice_grouping="TOGETHER")
    set_policy(customer, pod_accepted="IGNORE")
    billing = waiting(customer)
    approve_to_bill(billing, by=COLLEAGUE, at=now)
    draft = draft_policy(CURIOUS, customer=customer, by=DRAFTER, at=now)
    harmless = draft_policy({**LENIENT}, customer=customer, by=DRAFTER, at=now)

    later = now.replace(hour=22)

    assert [m.after for m in preview_policy(draft, at=later).moves] == ["REVIEW"]
    assert preview_policy(harmless, at=later).moves == ()


def test_everybodys_policy_leaves_customers_alone_that_have_their_own(waiting, now) -> None:
    own = a_customer()
    set_policy(own, pod_accepted="WARN")
    set_policy(pod_accepted="WARN")
    waiting(own, number="1")
    waiting(a_customer(invoice_grouping="TOGETHER"), number="2")
    draft = draft_policy(STRICT, by=DRAFTER, at=now)

    preview = preview_policy(draft, at=now)

    assert ([move.number for move in preview.moves], preview.looked_at) == (["2"], 1)


def test_a_policy_of_a_shipment_type_is_about_its_loads_alone(waiting, now) -> None:
    waiting(number="1", shipment_type="LTL")
    waiting(number="2", shipment_type="TRUCKLOAD")
    draft = draft_policy(LENIENT, shipment_type="LTL", by=DRAFTER, at=now)

    assert [move.number for move in preview_policy(draft, at=now).moves] == ["1"]


def test_a_preview_asks_as_often_for_one_load_as_for_three(
    waiting, now, django_assert_max_num_queries
) -> None:
    customer = a_customer()
    draft = draft_policy(LENIENT, customer=customer, by=DRAFTER, at=now)
    waiting(customer)
    with django_assert_max_num_queries(60) as one:
        preview_policy(draft, at=now)
    for _ in range(2):
        waiting(customer)

    with django_assert_max_num_queries(60) as three:
        assert preview_policy(draft, at=now).looked_at == 3

    assert len(one) == len(three)


def test_a_preview_stops_somewhere_and_says_so(waiting, now, monkeypatch) -> None:
    monkeypatch.setattr("billing.queries.policy_previews.MOST_LOADS", 1)
    customer = a_customer()
    for _ in range(2):
        waiting(customer)
    draft = draft_policy(LENIENT, customer=customer, by=DRAFTER, at=now)

    preview = preview_policy(draft, at=now)

    assert (preview.looked_at, preview.is_all) == (1, False)


def test_an_earlier_draft_cannot_follow_a_later_version(now) -> None:
    early = draft_policy(LENIENT, by=DRAFTER, at=now)
    late = draft_policy(STRICT, by=DRAFTER, at=now)
    activate_policy(late, by=COLLEAGUE, at=now)

    with pytest.raises(PassedOver, match="Version 2 is in force"):
        activate_policy(early, by=COLLEAGUE, at=now)


def test_a_withdrawn_draft_counts_for_nobody_and_stays_so(now) -> None:
    draft = draft_policy(LENIENT, by=DRAFTER, at=now)

    withdraw_policy(draft, by=DRAFTER, at=now, reason="Typed for the wrong customer.")

    assert Event.objects.get(name="policy.withdrawn").reason == "Typed for the wrong customer."
    with pytest.raises(IllegalMove):
        activate_policy(draft, by=COLLEAGUE, at=now)


def test_a_draft_is_told_of_with_what_it_would_replace(now) -> None:
    activate_policy(draft_policy(LENIENT, by=DRAFTER, at=now), by=COLLEAGUE, at=now)

    draft_policy(STRICT, by=DRAFTER, at=now)

    told = Event.objects.filter(name="policy.drafted").latest("pk")
    assert told.old == {"pod_accepted": "WARN"}
    assert told.new == {"version": 2, "pod_accepted": "BLOCK"}
