"""Which loads an event concerns."""

from collections.abc import Callable
from decimal import Decimal

import pytest
from django.db.models import Model

from billing.models import Invoice
from billing.operations.charging import add_charge
from billing.operations.crediting import credit_invoice
from billing.operations.invoicing import issue_invoice
from billing.operations.policymaking import draft_policy
from billing.operations.readiness import evaluate_load, evaluate_loads
from billing.queries.subjects import loads_behind
from exceptions.models import Case
from journal.models import Event
from journal.operations.recording import record
from rating.operations.indexing import create_series
from tests.factories.billing import (
    a_customer,
    a_load,
    a_paper,
    delivered_load,
    found_carrier,
    publish_card,
)

pytestmark = pytest.mark.django_db

RULE = "rule:readiness"


@pytest.fixture
def behind(now) -> Callable[[Model], tuple[int, ...]]:
    """Return the loads behind an event about a row."""

    def loads_of(subject: Model) -> tuple[int, ...]:
        pk = record("something.happened", subject=subject, by="user:7", at=now)
        return loads_behind([Event.objects.get(pk=pk)]).get(pk, ())

    return loads_of


def test_a_load_its_papers_and_its_charges_concern_the_load(behind, now) -> None:
    load = a_load()
    charge = add_charge(
        load, code="RCL", description="Redelivery", quantity=Decimal(1), rate=Decimal(99),
        reason="Refused",
        by="user:7", at=now,
    )  # fmt: skip

    assert behind(load) == behind(a_paper(load)) == behind(charge) == (load.pk,)


def test_an_invoice_concerns_its_loads_also_when_it_is_credited(behind, now) -> None:
    publish_card()
    found_carrier()
    customer = a_customer()
    loads = [delivered_load(customer).pk for _ in range(2)]
    invoice = issue_invoice(*evaluate_loads(loads, by=RULE, at=now), by="user:7", at=now)
    credit_invoice(invoice, reason="Wrong customer", by="user:7", at=now)

    assert [behind(each) for each in Invoice.objects.all()] == [tuple(sorted(loads))] * 2


def test_a_case_of_a_customer_concerns_the_loads_that_wait_for_the_customer(behind, now) -> None:
    publish_card()
    customer = a_customer(status="ON_HOLD")
    waiting = [delivered_load(customer).pk for _ in range(2)]
    evaluate_loads([*waiting, delivered_load().pk], by=RULE, at=now)

    assert behind(Case.objects.get(kind="customer_not_billable")) == tuple(sorted(waiting))


def test_a_customer_and_its_policy_concern_the_loads_not_yet_billed(behind, now) -> None:
    publish_card()
    found_carrier()
    customer = a_customer()
    billed, blocked = delivered_load(customer), delivered_load(customer, pod="")
    for load in (billed, blocked, delivered_load()):
        evaluate_load(load.pk, by=RULE, at=now)
    issue_invoice(billed.billing, by="user:7", at=now)

    assert behind(customer) == (blocked.pk,)
    assert behind(draft_policy({}, customer=customer, by="user:7", at=now)) == (blocked.pk,)


def test_a_policy_of_a_shipment_type_concerns_loads_of_that_type(behind, now) -> None:
    publish_card()
    ltl, truckload = delivered_load(pod="", shipment_type="LTL"), delivered_load(pod="")
    evaluate_loads([ltl.pk, truckload.pk], by=RULE, at=now)

    policy = draft_policy({}, shipment_type="LTL", by="user:7", at=now)

    assert behind(policy) == (ltl.pk,)
    assert behind(draft_policy({}, by="user:7", at=now)) == (ltl.pk, truckload.pk)


def test_a_card_concerns_the_loads_of_its_customer_that_wait_for_a_price(behind, now) -> None:
    customer = a_customer()
    mine, other = delivered_load(customer), delivered_load()
    evaluate_loads([mine.pk, other.pk], by=RULE, at=now)

    own = publish_card(name="Theirs", customer=customer)

    assert behind(own) == (mine.pk,)
    assert behind(publish_card(name="Everybody's")) == (mine.pk, other.pk)


def test_a_price_of_fuel_concerns_the_loads_that_wait_for_one(behind, now) -> None:
    publish_card()
    load, other = delivered_load(pod=""), delivered_load(pod="")
    evaluate_loads([load.pk, other.pk], by=RULE, at=now)
    load.blockers.create(
        customer=load.customer, rule="rate_found", subject_key="no_fuel_index:index:EIA-US",
        enforcement="BLOCK", message="x", action="add_fuel_price", owner_group="biller",
        opened_at=now,
    )  # fmt: skip

    assert behind(create_series(code="EIA-US", name="EIA US")) == (load.pk,)


def test_what_has_nothing_to_do_with_loads_concerns_none(behind) -> None:
    assert behind(found_carrier()) == ()


def test_one_query_for_each_kind_of_subject(now, django_assert_num_queries) -> None:
    papers = [a_paper(a_load()) for _ in range(3)]
    ids = [record("x.y", subject=paper, by="user:7", at=now) for paper in papers]
    events = list(Event.objects.filter(pk__in=ids))

    with django_assert_num_queries(1):
        found = loads_behind(events)

    assert [found[pk] for pk in ids] == [(paper.load_id,) for paper in papers]
