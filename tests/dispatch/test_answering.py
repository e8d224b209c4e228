"""A tender is answered once, and whoever tells the partner hears of it."""

from datetime import timedelta

import pytest

from dispatch.models import Load, Milestone, Watch
from dispatch.operations.answering import (
    NotOffered,
    WordMissing,
    accept_tender,
    decline_tender,
)
from journal.models import Event
from tests.web import board

pytestmark = pytest.mark.django_db


@pytest.fixture
def offered(now) -> Load:
    return board.tell(board.planned(now), "TENDERED", now - timedelta(hours=1))


def test_an_accepted_tender_is_a_load_to_plan(offered: Load, now) -> None:
    load = accept_tender(offered, by="user:1", at=now)

    event = Event.objects.get(name="tender.answered")
    assert load.status == Load.Status.ACCEPTED
    assert Watch.objects.get(load=load).phase == "BEFORE"
    assert (event.new, event.payload) == (
        {"answer": "ACCEPTED"}, {"source": "desk", "is_late": False},
    )  # fmt: skip


def test_a_declined_tender_keeps_the_reason_and_leaves_the_board(offered: Load, now) -> None:
    load = decline_tender(offered, reason=" No truck there ", by="user:1", at=now)

    assert load.status == Load.Status.DECLINED
    assert Milestone.objects.get(kind="DECLINED").detail == {"note": "No truck there"}
    assert Event.objects.get(name="tender.answered").reason == "No truck there"
    assert not Watch.objects.filter(load=load).exists()


def test_nobody_declines_without_a_word(offered: Load, now) -> None:
    with pytest.raises(WordMissing, match="Say why"):
        decline_tender(offered, reason="  ", by="user:1", at=now)


def test_a_second_answer_is_refused(offered: Load, now) -> None:
    accept_tender(offered, by="user:1", at=now)

    with pytest.raises(NotOffered, match="it is accepted"):
        decline_tender(offered, reason="No truck", by="user:2", at=now)


def test_an_answer_after_the_deadline_is_told_as_late(offered: Load, now) -> None:
    Load.objects.filter(pk=offered.pk).update(respond_by=now - timedelta(minutes=1))

    accept_tender(offered, by="user:1", at=now)

    assert Event.objects.get(name="tender.answered").payload["is_late"] is True
