"""A tender that nobody answers in time is told of once, and never accepted by silence."""

from datetime import timedelta

import pytest

from accounts.models import Customer
from dispatch.models import Load, Milestone
from dispatch.operations.answering import accept_tender
from dispatch.operations.expiring import expire_tenders
from dispatch.operations.planning import create_load
from journal.models import Event
from tests.dispatch.plans import plan

pytestmark = pytest.mark.django_db

HOUR = timedelta(hours=1)


@pytest.fixture
def tender(customer, now) -> Load:
    """A load that a customer offered, to be answered within an hour."""
    return create_load(
        plan(respond_by=now + HOUR), customer=customer, by="source:tms", at=now, source="tms",
        tendered_at=now,
    )  # fmt: skip


def expired() -> list[Event]:
    return list(Event.objects.filter(name="tender.expired").order_by("pk"))


def test_before_its_time_a_tender_waits(tender, now) -> None:
    assert expire_tenders(at=now + HOUR - timedelta(seconds=1)) == 0
    assert expired() == []


def test_it_is_told_of_once_and_still_waits_for_a_person(tender, now) -> None:
    counts = [expire_tenders(at=now + HOUR * n) for n in (1, 2, 3)]

    (event,) = expired()
    tender.refresh_from_db()
    assert counts == [1, 0, 0]
    assert (event.occurred_at, event.payload) == (tender.respond_by, {"is_declined": False})
    assert tender.status == Load.Status.TENDERED


def test_with_more_time_it_runs_out_anew(tender, now) -> None:
    expire_tenders(at=now + HOUR)
    Load.objects.update(respond_by=now + 3 * HOUR)

    counts = [expire_tenders(at=now + HOUR * n) for n in (2, 3, 4)]

    assert counts == [0, 1, 0]
    assert len(expired()) == 2


def test_where_the_terms_say_so_the_customer_hears_a_no(tender, customer, now) -> None:
    Customer.objects.update(unanswered_tenders="DECLINE")

    expire_tenders(at=now + HOUR)

    tender.refresh_from_db()
    answered = Event.objects.get(name="tender.answered")
    assert tender.status == Load.Status.DECLINED
    assert (answered.actor, answered.new) == ("rule:tender-clock", {"answer": "DECLINED"})
    assert answered.reason.startswith("Not answered by 2026-11-19")
    assert Milestone.objects.get(kind="DECLINED").source == "clock"
    assert [event.payload for event in expired()] == [{"is_declined": True}]


def test_an_answered_tender_runs_out_no_more(tender, now) -> None:
    accept_tender(tender, by="user:1", at=now)

    assert expire_tenders(at=now + 2 * HOUR) == 0


def test_a_tender_without_a_deadline_never_runs_out(tender, now) -> None:
    Load.objects.update(respond_by=None)

    assert expire_tenders(at=now + 1000 * HOUR) == 0
