"""Each promise about dispatch's rows, and that breaking it is counted."""

from collections.abc import Iterator
from datetime import datetime

import pytest
from django.db import connection

from dispatch.models import Load, Reference, Stop
from dispatch.operations.planning import create_load
from dispatch.operations.tracking import add_milestones
from dispatch.queries.invariants import INVARIANTS
from tests.dispatch.plans import SEVEN, plan
from tests.factories import CustomerFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def load(db, now: datetime) -> Load:
    load = create_load(
        plan(), customer=CustomerFactory.create(), by="source:tms", at=now, source="tms"
    )
    add_milestones(load, facts=SEVEN, source="tms", by="source:tms", at=now)
    return load


def broken() -> Iterator[str]:
    """Yield the sentences of the promises that do not hold."""
    with connection.cursor() as cursor:
        for invariant in INVARIANTS:
            if invariant.count(cursor):
                yield invariant.sentence


def test_all_promises_hold_of_a_load_that_was_made_through_the_operations(load):
    assert list(broken()) == []


@pytest.mark.parametrize(
    ("fields", "sentences"),
    [
        (
            {"delivered_at": None},
            {
                "A load is delivered, called off or neither, and says when.",
                "Every load and stop stands as its facts fold, in whatever order they came.",
            },
        ),
        (
            {"picked_up_at": None},
            {"Every load and stop stands as its facts fold, in whatever order they came."},
        ),
    ],
)
def test_a_load_that_was_written_past_the_fold_is_counted(load, fields, sentences):
    Load.objects.filter(pk=load.pk).update(**fields)

    assert set(broken()) == sentences


def test_a_status_that_no_event_tells_of_is_counted(load):
    Load.objects.filter(pk=load.pk).update(status="IN_TRANSIT", delivered_at=None)

    assert set(broken()) == {
        "Every load stands in the status that was told of last.",
        "Every load and stop stands as its facts fold, in whatever order they came.",
    }


def test_a_stop_whose_status_contradicts_its_clock_is_counted(load):
    Stop.objects.filter(load=load, sequence=2).update(status="ARRIVED")

    assert set(broken()) == {
        "A stop was reached or left exactly when its status says so.",
        "Every load and stop stands as its facts fold, in whatever order they came.",
    }


def test_a_row_of_another_customer_is_counted(load):
    Reference.objects.filter(load=load).update(customer=CustomerFactory.create())

    assert set(broken()) == {"What belongs to a load belongs to the load's customer."}


def test_a_stop_without_a_real_zone_is_counted(load):
    Stop.objects.filter(load=load, sequence=1).update(timezone="Central")

    assert set(broken()) == {"Every stop keeps a time zone that exists."}
