"""A story is believable: in order, complete, and the same each time it is told."""

from datetime import UTC, datetime, timedelta
from io import BytesIO

import pikepdf
import pytest

from demo.plan import Behaviour
from demo.world.lanes import LANES
from demo.world.stories import tell

PICKUP = datetime(2026, 9, 14, 12, 30, tzinfo=UTC)


@pytest.mark.parametrize("lane", LANES, ids=lambda lane: f"{lane.origin}-{lane.destination}")
def test_things_happen_in_order_from_tender_to_delivery(lane):
    story = tell(7, lane, pickup_at=PICKUP, behaviour=Behaviour.FAITHFUL)

    instants = [fact.occurred_at for fact in story.happenings]
    assert instants == sorted(instants)
    assert story.happenings[0].kind == "TENDERED"
    assert story.happenings[-1].kind == "DELIVERED"
    assert [stop.sequence for stop in story.facts.stops] == list(
        range(1, len(story.facts.stops) + 1)
    )


def test_the_same_number_tells_the_same_story():
    first, again = (
        tell(99, LANES[0], pickup_at=PICKUP, behaviour=Behaviour.DETAINED) for _ in range(2)
    )

    assert first == again


def test_a_detained_truck_leaves_the_last_stop_after_its_free_time():
    story = tell(3, LANES[1], pickup_at=PICKUP, behaviour=Behaviour.DETAINED)

    appointment = story.facts.stops[-1].appointment_from
    assert appointment is not None
    assert story.ended_at - appointment > timedelta(hours=2, minutes=30)


def test_a_load_without_pod_has_no_pod():
    story = tell(3, LANES[1], pickup_at=PICKUP, behaviour=Behaviour.WITHOUT_POD)

    assert "POD" not in {paper.kind for paper in story.papers}


def test_a_correction_supersedes_the_last_departure():
    story = tell(3, LANES[1], pickup_at=PICKUP, behaviour=Behaviour.CORRECTED)

    (correction,) = story.corrections
    left = next(f for f in reversed(story.happenings) if f.kind == "DEPARTED")
    assert correction.supersedes_reference == left.source_reference
    assert correction.occurred_at > left.occurred_at


def test_its_papers_are_readable_pdfs():
    story = tell(3, LANES[1], pickup_at=PICKUP, behaviour=Behaviour.FAITHFUL)

    for paper in story.papers:
        with pikepdf.open(BytesIO(paper.content)) as pdf:
            assert len(pdf.pages) == 1
