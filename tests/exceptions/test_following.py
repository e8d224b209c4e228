from datetime import timedelta

import pytest

from dispatch.models import Document
from exceptions.models import Case
from exceptions.operations.following import (
    find_concerned,
    follow_document,
    follow_milestones,
    lock_problems,
)
from journal.models import Event
from tests.factories import DocumentFactory, LoadFactory, MilestoneFactory, StopFactory
from tests.factories.exceptions import CaseFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def load(db):
    load = LoadFactory(number="104882")
    StopFactory(load=load, sequence=1)
    StopFactory(load=load, sequence=2, kind="DELIVERY", city="Columbus", state="OH")
    return load


def tell(load, kind, at, **told):
    return MilestoneFactory(load=load, kind=kind, occurred_at=at, **told)


def follow(load, at):
    ((locked, problems),) = lock_problems([load.pk])
    follow_milestones(locked, problems, at=at)


def open_cases():
    return {(case.kind, case.subject_key): case for case in Case.objects.filter(status="OPEN")}


def test_a_departure_before_its_arrival_is_a_case_of_its_stop(load, now):
    tell(load, "ARRIVED", now, stop_sequence=1)
    tell(load, "DEPARTED", now - timedelta(hours=1), stop_sequence=1)
    follow(load, now)
    case = open_cases()["time_order", "load:104882:stop:1"]
    assert (case.load, case.customer) == (load, load.customer)
    assert case.title == "Times out of order, stop 1"
    assert "left at 2026-11-19 19:20 UTC, before it was reached" in case.evidence[0]["value"]


def test_the_case_ends_when_a_later_fact_puts_the_clocks_right(load, now):
    tell(load, "ARRIVED", now, stop_sequence=1)
    tell(load, "DEPARTED", now - timedelta(hours=1), stop_sequence=1)
    follow(load, now)
    tell(load, "DEPARTED", now + timedelta(hours=1), stop_sequence=1)
    follow(load, now + timedelta(hours=2))
    case = Case.objects.get()
    assert (case.status, case.closed_by) == ("CLOSED", "rule:milestones")


def tracked(load, problems=()):
    return Event(name="load.tracked", subject_id=load.pk, payload={"problems": list(problems)})


def test_facts_that_agree_concern_no_case(load):
    assert find_concerned([tracked(load)]) == set()


def test_facts_that_contradict_each_other_are_looked_at(load):
    assert find_concerned([tracked(load, ["time_order"]), tracked(load)]) == {load.pk}


def test_facts_that_agree_again_are_looked_at_while_a_case_is_open(load, now):
    CaseFactory(kind="time_order", load=load)
    assert find_concerned([tracked(load)]) == {load.pk}


def test_another_plan_may_contradict_what_was_told(load):
    assert find_concerned([Event(name="load.changed", subject_id=load.pk)]) == {load.pk}


def test_following_twice_is_following_once(load, now):
    tell(load, "ARRIVED", now, stop_sequence=1)
    tell(load, "DEPARTED", now - timedelta(hours=1), stop_sequence=1)
    follow(load, now)
    follow(load, now)
    assert Case.objects.get().entries.count() == 1


def test_two_stops_with_reversed_clocks_are_two_cases(load, now):
    for sequence in (1, 2):
        tell(load, "ARRIVED", now, stop_sequence=sequence)
        tell(load, "DEPARTED", now - timedelta(hours=1), stop_sequence=sequence)
    follow(load, now)
    assert set(open_cases()) == {
        ("time_order", "load:104882:stop:1"),
        ("time_order", "load:104882:stop:2"),
    }


def test_milestones_that_fit_no_stop_are_one_case_with_all_of_them_as_evidence(load, now):
    tell(load, "ARRIVED", now, city="Nowhere", state="ZZ")
    tell(load, "DEPARTED", now, city="Nowhere", state="ZZ")
    follow(load, now)
    case = open_cases()["stop_not_found", "load:104882"]
    assert [fact["value"].split(" ")[0] for fact in case.evidence] == ["Arrived", "Departed"]


def test_a_load_called_off_and_yet_delivered_blocks_its_invoice(load, now):
    tell(load, "CANCELLED", now - timedelta(hours=5))
    tell(load, "DELIVERED", now)
    follow(load, now)
    case = open_cases()["ended_and_delivered", "load:104882"]
    assert case.is_blocking


def test_a_load_in_order_opens_nothing(load, now):
    tell(load, "ARRIVED", now, stop_sequence=1)
    tell(load, "DEPARTED", now + timedelta(hours=1), stop_sequence=1)
    follow(load, now)
    assert not Case.objects.exists()


def test_cases_of_other_kinds_are_left_alone(load, now):
    CaseFactory(kind="pod_missing", subject_key="load:104882", load=load)
    follow(load, now)
    assert set(open_cases()) == {("pod_missing", "load:104882")}


def test_a_refused_receipt_is_asked_for_until_one_of_its_kind_is_accepted(load, now):
    bad = DocumentFactory(
        load=load, kind=Document.Kind.LUMPER_RECEIPT, filename="lumper.jpg", status="REJECTED",
        reason="No amount to be seen.",
    )  # fmt: skip
    follow_document(bad, at=now)
    case = open_cases()["document_rejected", f"document:{bad.pk}"]
    assert case.title == "Document rejected: lumper.jpg"
    assert case.evidence[0]["value"] == "No amount to be seen."

    bol = DocumentFactory(load=load, kind=Document.Kind.BOL, status="ACCEPTED")
    follow_document(bol, at=now)
    assert len(open_cases()) == 1

    better = DocumentFactory(
        load=load, kind=Document.Kind.LUMPER_RECEIPT, filename="lumper.pdf", status="ACCEPTED"
    )
    follow_document(better, at=now)
    case.refresh_from_db()
    assert (case.status, case.close_reason) == ("CLOSED", "lumper.pdf was accepted.")


def test_a_refused_proof_of_delivery_is_readiness_own_to_ask_for(load, now):
    follow_document(DocumentFactory(load=load, status="REJECTED", reason="Blurred."), at=now)
    assert not Case.objects.exists()


def test_a_document_accepted_meanwhile_opens_nothing(load, now):
    paper = DocumentFactory(load=load, kind=Document.Kind.BOL, status="ACCEPTED")
    follow_document(paper, at=now)
    assert not Case.objects.exists()
