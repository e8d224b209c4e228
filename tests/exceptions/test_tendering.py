"""A tender that ran out is a case until somebody answers, calls it off or gives it more time."""

from datetime import timedelta

import pytest

from accounts.models import Customer
from dispatch.models import Load
from dispatch.operations.answering import accept_tender
from dispatch.operations.expiring import expire_tenders
from dispatch.operations.planning import create_load
from exceptions.models import Case
from exceptions.operations.resolving import apply, propose
from exceptions.operations.tendering import close_answered
from tests.dispatch.plans import plan
from tests.factories import CustomerFactory, UserFactory

pytestmark = pytest.mark.django_db

HOUR = timedelta(hours=1)


@pytest.fixture
def late(now, drain) -> Load:
    """A tender whose time ran out an hour ago."""
    load = create_load(
        plan(respond_by=now - HOUR), customer=CustomerFactory(), by="source:tms", at=now - 2 * HOUR,
        source="tms", tendered_at=now - 2 * HOUR,
    )  # fmt: skip
    expire_tenders(at=now)
    drain()
    return load


def test_dispatchers_get_a_case_with_the_two_ways_out(late) -> None:
    case = Case.objects.get(kind="tender_unanswered")

    assert case.title == f"Tender not answered in time: load {late.number}"
    assert (case.owner_group, case.load) == ("dispatcher", late)
    assert [change.after for change in propose(case, "decline").changes] == ["Declined"]


def test_an_answer_on_the_case_answers_the_tender(late, now) -> None:
    case, by = Case.objects.get(), UserFactory(role="dispatcher").actor

    apply(case, "accept", by=by, at=now, version=case.version, reason="", values={})

    late.refresh_from_db()
    case.refresh_from_db()
    assert (late.status, case.status) == ("ACCEPTED", "CLOSED")


def test_an_answer_elsewhere_closes_the_case(late, now, drain) -> None:
    accept_tender(late, by="user:1", at=now)
    drain()

    assert Case.objects.get().close_reason == "The load is accepted."


def test_more_time_closes_it_with_the_next_look(late, now) -> None:
    Load.objects.update(respond_by=now + HOUR)

    assert close_answered(at=now) == 1
    assert Case.objects.get().close_reason == "The customer gave more time."
    assert close_answered(at=now) == 0


def test_what_the_clock_declined_is_told_and_stays_until_somebody_has_seen_it(now, drain) -> None:
    customer = CustomerFactory(unanswered_tenders=Customer.UnansweredTender.DECLINE)
    load = create_load(
        plan(respond_by=now - HOUR), customer=customer, by="source:tms", at=now - 2 * HOUR,
        source="tms", tendered_at=now - 2 * HOUR,
    )  # fmt: skip

    expire_tenders(at=now)
    drain()

    case = Case.objects.get()
    assert (case.kind, case.severity, case.status) == ("tender_lapsed", "INFO", "OPEN")
    assert case.title == f"Tender declined by the clock: load {load.number}"
