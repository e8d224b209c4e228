"""The passage of a load: each instant from the app that knows it, and never out of date."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import transaction

from billing.models import Charge, LoadBilling
from billing.operations.charging import add_charge, approve_charge
from billing.operations.crediting import credit_and_rebill, credit_invoice
from billing.operations.invoicing import issue_invoice
from billing.operations.readiness import evaluate_load
from dispatch.events import MilestoneFacts
from dispatch.models import Document, Load
from dispatch.operations.costing import record_cost
from dispatch.operations.filing import accept_document, reject_document
from dispatch.operations.tracking import add_milestones
from insights.models import Passage
from insights.operations.keeping import keep_passages
from insights.queries.passages import read_passages
from insights.tasks import follow_loads
from journal.operations.recording import record
from tests.factories import LoadFactory
from tests.factories.billing import a_paper, delivered_load, found_carrier, publish_card
from tests.factories.dispatch import PICKUP, MilestoneFactory
from tests.factories.exceptions import CaseFactory

pytestmark = pytest.mark.django_db

RULE, PERSON, BOSS = "rule:straight-through", "user:7", "user:8"


@pytest.fixture(autouse=True)
def prices(db) -> None:
    found_carrier()
    publish_card()


def quiet_load() -> Load:
    """A delivered load whose proof the driver's app brought, for nobody to touch."""
    load = delivered_load(pod="")
    accept_document(a_paper(load), by="source:pod-app", at=PICKUP + timedelta(days=1))
    return load


def passage_of(load: Load) -> Passage:
    (passage,) = read_passages([load.pk])
    return passage


def bill(load: Load, *, by: str = RULE, at):
    billing = evaluate_load(load.pk, by="rule:readiness", at=at - timedelta(hours=1))
    return issue_invoice(billing, by=by, at=at)


def test_a_passage_holds_each_instant_as_its_app_knows_it(now) -> None:
    load = quiet_load()
    invoice = bill(load, at=now)

    passage = passage_of(load)

    assert (passage.delivered_at, passage.lane) == (load.delivered_at, "IL-OH")
    assert passage.pod_at == load.documents.get().received_at
    assert passage.ready_at == now - timedelta(hours=1)
    assert (passage.invoice_id, passage.issued_at) == (invoice.pk, now)
    assert (passage.billed_amount, passage.currency) == (Decimal("1000.00"), "USD")
    assert (passage.touch, passage.posted_at, passage.cost_amount) == ("", None, None)


@pytest.mark.parametrize("status", ["CANCELLED", "DECLINED", "TONU", "IN_TRANSIT"])
def test_a_load_that_is_not_delivered_or_was_called_off_has_none(status) -> None:
    load = delivered_load(status=status)

    assert read_passages([load.pk]) == []


def test_a_credit_in_full_leaves_the_first_invoice_and_takes_the_money(now) -> None:
    load = delivered_load()
    invoice = bill(load, at=now)
    credit_invoice(invoice, reason="Wrong customer", by=PERSON, at=now + timedelta(days=1))

    passage = passage_of(load)

    assert (passage.invoice_id, passage.issued_at) == (invoice.pk, now)
    assert passage.billed_amount == 0


def test_a_load_billed_again_counts_from_its_first_invoice(now) -> None:
    load = quiet_load()
    invoice = bill(load, at=now)
    later = now + timedelta(days=2)
    credit_and_rebill(invoice, reason="Wrong address", by=PERSON, at=later)

    passage = passage_of(load)

    assert passage.issued_at == now
    assert passage.billed_amount == Decimal("1000.00")
    assert passage.touch == ""


def test_the_proof_is_the_first_that_nobody_rejected(now) -> None:
    load = delivered_load(pod="RECEIVED")
    smudged = load.documents.get()
    clear = a_paper(load, received_at=smudged.received_at + timedelta(hours=9))

    assert passage_of(load).pod_at == smudged.received_at
    reject_document(smudged, reason="smudged", by=PERSON, at=now)
    assert passage_of(load).pod_at == clear.received_at


def test_a_dispatch_that_was_corrected_or_withdrawn_does_not_count() -> None:
    load = delivered_load()
    told = {"load": load, "kind": "DISPATCHED"}
    MilestoneFactory(**told, fact_key="early", occurred_at=PICKUP - timedelta(hours=9))
    MilestoneFactory(
        **told, fact_key="right", occurred_at=PICKUP - timedelta(hours=5),
        supersedes_reference="early",
    )  # fmt: skip
    assert passage_of(load).dispatched_at == PICKUP - timedelta(hours=5)

    MilestoneFactory(
        **told, fact_key="off", is_retraction=True, supersedes_reference="right",
        occurred_at=PICKUP,
    )  # fmt: skip
    assert passage_of(load).dispatched_at == PICKUP - timedelta(hours=9)


def test_costs_count_in_the_currency_of_the_invoice_only(now) -> None:
    load = delivered_load()
    bill(load, at=now)
    told = {"source": "desk", "by": BOSS, "at": now}
    record_cost(load, kind="CARRIER_PAY", amount=Decimal("700.00"), currency="USD", **told)
    record_cost(load, kind="CARRIER_PAY", amount=Decimal("650.00"), currency="USD", **told)
    record_cost(load, kind="OWN_COST", amount=Decimal("40.00"), currency="USD", **told)
    assert passage_of(load).cost_amount == Decimal("690.00")

    record_cost(load, kind="OWN_COST", amount=Decimal("40.00"), currency="CAD", **told)
    assert passage_of(load).cost_amount is None


def test_who_issues_by_hand_has_touched_it(now) -> None:
    load = quiet_load()
    bill(load, by=PERSON, at=now)

    assert passage_of(load).touch == Passage.Touch.ISSUE


def test_a_case_before_the_invoice_is_a_touch_and_one_after_is_not(now) -> None:
    early, late = quiet_load(), quiet_load()
    CaseFactory(load=early, at=now - timedelta(hours=5))
    bill(early, at=now)
    bill(late, at=now)
    CaseFactory(load=late, at=now + timedelta(hours=5))

    assert passage_of(early).touch == Passage.Touch.CASE
    assert passage_of(late).touch == ""


def test_a_charge_by_hand_is_a_touch(now) -> None:
    load = delivered_load()
    evaluate_load(load.pk, by="rule:readiness", at=now - timedelta(hours=3))
    charge = add_charge(
        load, code="LAY", description="Layover", quantity=Decimal(1), rate=Decimal("150.00"),
        reason="Agreed on the phone", by=PERSON, at=now - timedelta(hours=2),
    )  # fmt: skip
    approve_charge(charge, by=BOSS, at=now - timedelta(hours=2))
    bill(load, at=now)

    assert passage_of(load).touch == Passage.Touch.CHARGE


def test_a_paper_accepted_by_hand_is_a_touch_and_one_accepted_by_a_rule_is_not(now) -> None:
    by_hand, by_rule = delivered_load(pod=""), delivered_load(pod="")
    for load, actor in ((by_hand, PERSON), (by_rule, "source:pod-app")):
        accept_document(a_paper(load), by=actor, at=now - timedelta(hours=2))
        bill(load, at=now)

    assert passage_of(by_hand).touch == Passage.Touch.PAPER
    assert passage_of(by_rule).touch == ""


def test_the_statements_do_not_grow_with_the_loads(now, django_assert_num_queries) -> None:
    one, two = [bill_one(now)], [bill_one(now), bill_one(now)]

    with django_assert_num_queries(13):
        read_passages([load.pk for load in one])
    with django_assert_num_queries(13):
        read_passages([load.pk for load in two])


def bill_one(now) -> Load:
    load = delivered_load()
    bill(load, at=now)
    return load


def stored() -> dict[int, Any]:
    return {row["load_id"]: row for row in Passage.objects.values()}


def due() -> dict[int, Any]:
    with transaction.atomic():
        savepoint = transaction.savepoint()
        Passage.objects.all().delete()
        keep_passages(list(Load.objects.values_list("pk", flat=True)))
        anew = stored()
        transaction.savepoint_rollback(savepoint)
    return anew


def test_following_the_journal_gives_the_rows_that_writing_all_anew_gives(now) -> None:
    day = timedelta(days=1)
    load, other = delivered_load(), delivered_load(pod="RECEIVED")
    for each in (load, other):
        record("load.created", subject=each, by="source:tms", at=now)
    invoice = bill(load, at=now)
    follow_loads()
    assert stored() == due()
    assert set(stored()) == {load.pk, other.pk}

    steps = (
        lambda: record_cost(
            load, kind="OWN_COST", amount=Decimal(5), currency="USD", source="desk", by=BOSS, at=now
        ),
        lambda: reject_document(other.documents.get(), reason="torn", by=PERSON, at=now),
        lambda: credit_invoice(invoice, reason="Wrong", by=PERSON, at=now + day),
        lambda: CaseFactory(load=other, at=now),
        lambda: accept_document(
            a_paper(other, kind=Document.Kind.POD), by=PERSON, at=now + day
        ),
        lambda: bill(other, at=now + 2 * day),
        lambda: add_milestones(
            other, facts=[MilestoneFacts(kind="CANCELLED", occurred_at=PICKUP)],
            source="tms", by="source:tms", at=now + 3 * day,
        ),
    )  # fmt: skip
    for step in steps:
        step()
        follow_loads()
        assert stored() == due()
    assert other.pk not in stored()


def test_what_has_not_changed_is_not_written_again(now) -> None:
    load = delivered_load()
    bill(load, at=now)

    assert keep_passages([load.pk]) == 1
    assert keep_passages([load.pk]) == 0


def test_a_load_that_is_no_longer_delivered_loses_its_passage(now) -> None:
    load = delivered_load()
    keep_passages([load.pk])

    Load.objects.filter(pk=load.pk).update(status=Load.Status.IN_TRANSIT, delivered_at=None)
    record("load.tracked", subject=load, by="source:tms", at=now)
    follow_loads()

    assert not Passage.objects.exists()


def test_ready_counts_up_to_the_first_invoice(now) -> None:
    load = LoadFactory(status="DELIVERED", delivered_at=PICKUP)
    billing = LoadBilling.objects.create(load=load, customer=load.customer)
    for hours in (1, 2):
        record("load.ready", subject=billing, by="rule:readiness", at=now + timedelta(hours=hours))

    assert passage_of(load).ready_at == now + timedelta(hours=2)
    assert not Charge.objects.exists()
