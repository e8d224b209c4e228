"""Two people at the same card at the same time."""

from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from datetime import date
from threading import Event

import pytest
from django.db import DatabaseError, connection, transaction

from rating.models import Lane, RateCardVersion
from rating.operations.carding import draft_next
from rating.operations.publishing import PeriodsOverlap, publish_version
from tests.rating.making import DRAFTER, MANAGER, NOW, approve, drafted

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.faults]


@contextmanager
def another_person() -> Iterator[Callable[[Callable[[], object]], Future[object]]]:
    """Run things on a connection of their own, while this one holds its locks."""

    def alone(work: Callable[[], object]) -> object:
        try:
            with transaction.atomic():
                return work()
        finally:
            connection.close()

    with ThreadPoolExecutor(max_workers=1) as pool:
        yield lambda work: pool.submit(alone, work)


def test_of_two_versions_published_at_once_for_one_day_one_is_refused():
    with transaction.atomic():
        first = approve(drafted())
        second = approve(draft_next(first, effective_from=first.effective_from, by=DRAFTER, at=NOW))
    started = Event()

    def publish_second() -> object:
        started.set()
        return publish_version(second, by=MANAGER, at=NOW)

    with another_person() as ask:
        with transaction.atomic():
            publish_version(first, by=MANAGER, at=NOW)
            asked = ask(publish_second)
            started.wait(5)
        with pytest.raises(PeriodsOverlap):
            asked.result(10)

    assert RateCardVersion.objects.filter(status="PUBLISHED").count() == 1


def test_a_lane_written_while_its_version_is_approved_is_refused():
    with transaction.atomic():
        version = drafted(lanes=())
    started = Event()

    def slip_in() -> object:
        started.set()
        return Lane.objects.create(
            version=version, row=1, origin_kind="ANY", destination_kind="ANY", basis="FLAT"
        )

    with another_person() as ask:
        with transaction.atomic():
            approve(version)
            asked = ask(slip_in)
            started.wait(5)
        with pytest.raises(DatabaseError, match="APPROVED and its rows are frozen"):
            asked.result(10)

    assert not Lane.objects.exists()


def test_two_drafts_begun_at_once_have_two_numbers():
    with transaction.atomic():
        first = drafted()
    started = Event()

    def draft_another() -> object:
        started.set()
        return draft_next(first, effective_from=date(2027, 1, 1), by=DRAFTER, at=NOW)

    with another_person() as ask:
        with transaction.atomic():
            mine = draft_next(first, effective_from=date(2026, 12, 1), by=DRAFTER, at=NOW)
            asked = ask(draft_another)
            started.wait(5)
        theirs = asked.result(10)

    assert isinstance(theirs, RateCardVersion)
    assert {mine.number, theirs.number} == {2, 3}
