"""What waits now: loads by stage, blockers by rule and cases by age, each with its very rows."""

from datetime import datetime, timedelta
from decimal import Decimal

import pytest

from billing.models import Blocker, LoadBilling
from dispatch.models import Load
from exceptions.operations.closing import close_case, reopen_case
from exceptions.operations.snoozing import snooze_case
from insights.queries.figures.trends import ageing_of
from tests.factories import UserFactory
from tests.factories.billing import a_customer, a_load
from tests.factories.exceptions import CaseFactory
from tests.insights.cast import HOUR, found, november, told, value

pytestmark = pytest.mark.django_db

READY, BLOCKED, REVIEW = (
    LoadBilling.Status.READY, LoadBilling.Status.BLOCKED, LoadBilling.Status.REVIEW,
)  # fmt: skip


def a_waiting(now, hours, *, status=READY, amount="100.00", currency="USD", **fields) -> Load:
    """A load that was over `hours` ago."""
    load = a_load(status=Load.Status.DELIVERED, delivered_at=now - hours * HOUR, **fields)
    LoadBilling.objects.create(
        load=load, customer=load.customer, status=status, total_amount=Decimal(amount),
        currency=currency,
    )  # fmt: skip
    return load


def a_blocker(load, rule, opened, **fields) -> Blocker:
    told_of_it = {"enforcement": "BLOCK", "message": rule, "action": rule, "owner_group": "biller"}
    return Blocker.objects.create(
        load=load, customer=load.customer, rule=rule, opened_at=opened, **told_of_it | fields
    )


def test_waiting_loads_are_told_by_stage_with_their_median_and_their_money(now) -> None:
    for hours in (1, 2, 3, 4, 5):
        a_waiting(now, hours)
    papers = a_waiting(now, 30, status=BLOCKED, amount="250.00", currency="CAD")
    a_blocker(papers, "pod_accepted", now - 3 * HOUR)
    a_waiting(now, 50, status=REVIEW)

    answer = told("waiting", november(now))

    assert (found(answer).n, value(answer)) == (7, Decimal("4.00"))
    assert (found(answer, "ready").n, value(answer, "ready")) == (5, Decimal("3.00"))
    assert (found(answer, "papers").n, value(answer, "papers")) == (1, None)
    assert found(answer, "approval").n == 1
    assert (found(answer, "USD").n, value(answer, "USD")) == (6, Decimal("600.00"))
    assert (found(answer, "CAD").n, value(answer, "CAD")) == (1, Decimal("250.00"))


@pytest.mark.parametrize("status", ["WAITING", "INVOICED", "NOT_BILLABLE"])
def test_loads_on_the_road_invoiced_or_called_off_do_not_wait(status, now) -> None:
    a_waiting(now, 5, status=status)

    assert [each.n for each in told("waiting", november(now)).readings] == [0]


def test_waiting_is_narrowed_by_customer_and_lane(now) -> None:
    customer = a_customer()
    a_waiting(now, 5, customer=customer, origin_state="IL", destination_state="OH")
    a_waiting(now, 5, customer=customer)
    a_waiting(now, 5)

    assert found(told("waiting", november(now, customer_id=customer.pk))).n == 2
    assert found(told("waiting", november(now, customer_id=customer.pk, lane="IL-OH"))).n == 1


def test_what_blocks_longest_comes_first_and_is_told_with_its_rows(now) -> None:
    for hours in (10, 20, 30, 40, 50):
        load = a_waiting(now, 60, status=BLOCKED)
        a_blocker(load, "pod_accepted", now - hours * HOUR)
        a_blocker(load, "required_references", now - timedelta(days=9), subject_key="PO")
    a_blocker(a_waiting(now, 99, status=BLOCKED), "rate_found", now - timedelta(days=90))

    answer = told("blocked", november(now))

    assert [(each.part, each.n, each.value) for each in answer.readings] == [
        ("", 11, Decimal("216.00")),
        ("required_references", 5, Decimal("216.00")),
        ("pod_accepted", 5, Decimal("30.00")),
        ("rate_found", 1, None),
    ]


def test_cleared_waived_and_warning_blockers_block_nothing(now) -> None:
    for rule, fields in (
        ("pod_accepted", {"cleared_at": now}),
        ("receipts", {"waived_at": now, "waived_by": "user:1", "waive_reason": "agreed"}),
        ("required_references", {"enforcement": "WARN"}),
    ):
        a_blocker(a_waiting(now, 5, status=BLOCKED), rule, now - HOUR, **fields)
    a_blocker(a_waiting(now, 5, status=READY), "pod_accepted", now - HOUR)

    assert found(told("blocked", november(now))).n == 0


def test_cases_are_told_by_age_lateness_and_kind(now) -> None:
    for hours in (1, 3.9, 4, 23, 24, 71, 72, 500):
        CaseFactory(at=now - hours * HOUR)
    CaseFactory(kind="ended_and_delivered", at=now - 2 * HOUR)

    answer = told("open-cases", november(now))

    ages = [found(answer, f"age-{place}").n for place in range(4)]
    assert ages == [3, 2, 2, 2]
    assert (found(answer).n, found(answer, "time_order").n) == (9, 8)
    assert found(answer, "late").n == 5  # time_order is due after eight hours: 23, 24, 71 ...
    assert found(answer, "ended_and_delivered").more == {
        "Under 4 h": 1, "4 to 24 h": 0, "1 to 3 d": 0, "Over 3 d": 0, "Past SLA": 0,
    }  # fmt: skip


def test_a_snoozed_case_is_open_and_counted_beside_a_closed_one_is_not(now) -> None:
    person = UserFactory()
    snoozed, closed, reopened = (CaseFactory(at=now - 5 * HOUR) for _ in range(3))
    snooze_case(snoozed, until=now + timedelta(days=1), reason="asked", by=person.actor, at=now)
    for case in (closed, reopened):
        close_case(case, by=person.actor, at=now, resolution="corrected", reason="done")
    reopen_case(reopened, by=person.actor, at=now, reason="not yet")

    answer = told("open-cases", november(now))

    assert (found(answer).n, found(answer, "snoozed").n) == (2, 1)


def test_cases_of_a_lane_are_those_of_its_loads(now) -> None:
    load = a_load(origin_state="IL", destination_state="OH")
    CaseFactory(load=load)
    CaseFactory()

    assert found(told("open-cases", november(now, lane="IL-OH"))).n == 1
    assert found(told("open-cases", november(now, customer_id=load.customer_id))).n == 1


def test_cases_open_at_the_ends_of_weeks_are_told_by_their_age_then(now) -> None:
    person = UserFactory()
    monday = datetime.fromisoformat("2026-11-16T00:00:00-06:00")
    closed = CaseFactory(at=monday - 30 * HOUR)
    close_case(closed, by=person.actor, at=monday + HOUR, resolution="done", reason="done")
    CaseFactory(at=monday - HOUR)
    CaseFactory(at=now - 2 * HOUR)

    weeks = ageing_of(november(now))

    assert [(each.on.isoformat(), each.counts) for each in weeks[-3:]] == [
        ("2026-11-08", (0, 0, 0, 0)),
        ("2026-11-15", (1, 0, 1, 0)),
        ("2026-11-19", (1, 0, 0, 1)),
    ]
    assert (len(weeks), weeks[-2].total) == (7, 2)
