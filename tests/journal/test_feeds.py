"""A mark loses nothing, in whatever order transactions commit."""

import threading
from typing import Any

import pytest
from django.db import connection, transaction

from journal.operations.recording import record
from journal.queries import feeds
from journal.queries.feeds import current_mark, told_since
from tests.factories import CustomerFactory, LoadFactory


def tell(row: Any, name: str, **payload: object) -> None:
    record(name, subject=row, by="user:1", at=row.created_at, payload=payload)


def subjects(mark: int) -> set[int]:
    return {told.subject_id for told in told_since(mark) or []}


@pytest.mark.django_db
def test_what_was_told_before_the_mark_and_had_ended_is_not_told_again() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_current_xact_id()::text")
        ours = int(cursor.fetchone()[0])

    assert current_mark() <= ours
    assert told_since(ours + 1) == []


@pytest.mark.django_db
def test_an_event_names_its_subject_and_its_load() -> None:
    load, mark = LoadFactory(), current_mark()

    tell(load, "load.changed")
    tell(CustomerFactory(), "customer.changed", load_id=load.pk)

    told = told_since(mark) or []
    assert {(each.table, each.load_id) for each in told} == {
        ("dispatch_load", None), ("accounts_customer", load.pk),
    }  # fmt: skip


@pytest.mark.django_db
def test_too_much_is_said_to_be_too_much(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(feeds, "MOST_SUBJECTS", 2)
    mark = current_mark()
    for _ in range(3):
        tell(LoadFactory(), "load.changed")

    assert told_since(mark) is None


@pytest.mark.faults
@pytest.mark.django_db(transaction=True)
def test_a_transaction_that_commits_after_a_later_one_was_read_is_not_lost() -> None:
    early, late = LoadFactory(), LoadFactory()
    has_written, may_commit = threading.Event(), threading.Event()

    def write_slowly() -> None:
        with transaction.atomic():
            tell(early, "load.changed")
            has_written.set()
            may_commit.wait(10)
        connection.close()

    slow = threading.Thread(target=write_slowly)
    start = current_mark()
    slow.start()
    has_written.wait(10)
    with transaction.atomic():
        tell(late, "load.changed")
    mark = current_mark()
    first = subjects(start)
    may_commit.set()
    slow.join()

    assert first == {late.pk}
    assert early.pk in subjects(mark)
