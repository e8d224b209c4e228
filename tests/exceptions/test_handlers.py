"""What the queue does by itself, through the deliveries that the map routes to it."""

from datetime import timedelta

import pytest
from django.db import transaction
from django.utils import timezone

from dispatch.models import Document
from dispatch.operations.filing import accept_document, reject_document
from exceptions.handlers import follow_milestones
from exceptions.models import Case
from exceptions.operations.resolving import actions_for, apply, propose
from journal.events import MAX_ATTEMPTS, Done
from journal.models import Delivery, Event
from journal.operations.recording import record
from journal.operations.working import work
from tests.factories import DocumentFactory, LoadFactory, MilestoneFactory, StopFactory

pytestmark = pytest.mark.django_db(transaction=True)

POISON = "tests.journal.handlers.obey"


@pytest.fixture
def poison(now) -> Delivery:
    """A delivery that breaks its handler each time."""
    load = LoadFactory()
    with transaction.atomic():
        event_id = record(
            "load.noted", subject=load, by="user:1", at=now, payload={"verdict": "poison"}
        )
        return Delivery.objects.create(
            event_id=event_id, subscriber=POISON, queue="billing", next_try_at=now
        )


def wear_out(delivery: Delivery) -> None:
    """Work until the delivery is given up, and on until the queue has heard of it."""
    for _ in range(MAX_ATTEMPTS):
        Delivery.objects.filter(pk=delivery.pk).update(next_try_at=timezone.now())
        work("billing")
    work("housekeeping")


def test_a_poison_becomes_a_case_after_eight_attempts(poison):
    wear_out(poison)
    case = Case.objects.get()
    assert (case.kind, case.subject_key) == ("dead_letter", f"delivery:{poison.pk}")
    assert case.title == "Work given up: load.noted, obey"
    assert case.load_id == poison.event.subject_id
    assert case.correlation_id == poison.event.correlation_id
    told = {fact["fact"]: fact["value"] for fact in case.evidence}
    assert told == {
        "Event": "load.noted",
        "Subscriber": POISON,
        "Attempts": "8",
        "Last error": f"Poisoned: event {poison.event_id}",
    }
    opened = Event.objects.get(name="case.opened")
    assert opened.cause is not None
    assert opened.cause.name == "delivery.dead"


def test_replaying_from_the_case_makes_the_work_due_and_closes_the_case(poison, administrator, now):
    wear_out(poison)
    case = Case.objects.get()
    assert [action.name for action in actions_for(case)] == ["replay"]
    assert [(c.before, c.after) for c in propose(case, "replay").changes] == [
        ("DEAD", "PENDING"),
        ("8", "0"),
    ]

    with transaction.atomic():
        apply(case, "replay", by=administrator.actor, at=now, version=1)

    poison.refresh_from_db()
    case.refresh_from_db()
    assert (poison.status, poison.attempts) == ("PENDING", 0)
    assert (case.status, case.closed_by) == ("CLOSED", administrator.actor)
    work("housekeeping")
    assert Case.objects.get().closed_by == administrator.actor


def test_work_that_dies_again_after_its_replay_is_a_new_case(poison, administrator, now):
    wear_out(poison)
    with transaction.atomic():
        apply(Case.objects.get(), "replay", by=administrator.actor, at=now, version=1)
    wear_out(poison)
    assert list(Case.objects.order_by("id").values_list("status", flat=True)) == [
        "CLOSED",
        "OPEN",
    ]


def test_a_receipt_refused_and_then_accepted_opens_and_closes_its_case(now):
    with transaction.atomic():
        receipt: Document = DocumentFactory(kind=Document.Kind.LUMPER_RECEIPT)
        reject_document(receipt, by="user:1", at=now, reason="No amount.")
    work("billing")
    assert Case.objects.get(kind="document_rejected").status == "OPEN"
    with transaction.atomic():
        accept_document(receipt, by="user:1", at=now)
    work("billing")
    assert Case.objects.get(kind="document_rejected").closed_by == "rule:document"


def test_a_block_of_deliveries_about_one_load_reads_it_once_and_settles_all(now):
    load = LoadFactory(number="104882")
    StopFactory(load=load, sequence=1)
    for kind, hours in (("ARRIVED", 0), ("DEPARTED", -1)):
        MilestoneFactory(
            load=load, kind=kind, stop_sequence=1, occurred_at=now + timedelta(hours=hours)
        )
    with transaction.atomic():
        events = [record("load.tracked", subject=load, by="source:tms", at=now) for _ in range(3)]
    deliveries = list(
        Delivery.objects.filter(
            event_id__in=events, subscriber="exceptions.handlers.follow_milestones"
        )
        .select_related("event")
        .order_by("event_id")
    )
    with transaction.atomic():
        assert follow_milestones(deliveries) == [Done()] * 3
    case = Case.objects.get()
    assert case.subject_key == "load:104882:stop:1"
    assert Event.objects.get(name="case.opened").cause_id == events[-1]
