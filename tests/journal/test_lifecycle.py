from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction

from dispatch.models import Document
from journal.models import Event
from journal.operations.lifecycle import IllegalMove, advance
from journal.operations.recording import NoTransaction
from tests.factories import DocumentFactory

ACCEPTED, RECEIVED, REJECTED = Document.Status.ACCEPTED, Document.Status.RECEIVED, "REJECTED"


@pytest.mark.django_db
def test_a_legal_move_writes_status_and_fields_and_says_so(now):
    document = DocumentFactory()
    moved = advance(
        document, REJECTED, by="user:5", at=now, reason="page 2 is cut", payload={"page": 2},
        signed_by="J. Alvarez",
    )  # fmt: skip
    moved.refresh_from_db()
    assert (moved.status, moved.signed_by) == (REJECTED, "J. Alvarez")
    assert moved.reason == "page 2 is cut"
    event = Event.objects.get(name="document.rejected", subject_id=document.pk)
    assert (event.actor, event.recorded_at, event.reason) == ("user:5", now, "page 2 is cut")
    assert event.old == {"reason": "", "signed_by": "", "status": "RECEIVED"}
    assert event.new == {
        "reason": "page 2 is cut", "signed_by": "J. Alvarez", "status": "REJECTED"
    }  # fmt: skip
    assert (event.payload, event.customer_id) == ({"page": 2}, document.customer_id)


@pytest.mark.django_db
def test_the_reason_on_the_row_is_that_of_the_last_move(now):
    document = DocumentFactory()
    advance(document, REJECTED, by="user:5", at=now, reason="page 2 is cut")
    advance(document, ACCEPTED, by="user:6", at=now)
    assert Document.objects.get(pk=document.pk).reason == ""


@pytest.mark.django_db
def test_an_illegal_move_is_refused_and_nothing_is_written(now):
    document = DocumentFactory()
    with pytest.raises(IllegalMove, match="is RECEIVED and cannot become RECEIVED"):
        advance(document, RECEIVED, by="user:5", at=now)
    assert not Event.objects.filter(subject_id=document.pk).exists()


@pytest.mark.django_db
def test_a_stale_copy_cannot_skip_a_step(now):
    document = DocumentFactory()
    stale = Document.objects.get(pk=document.pk)
    advance(document, ACCEPTED, by="user:5", at=now)
    with pytest.raises(IllegalMove, match="is ACCEPTED and cannot become ACCEPTED"):
        advance(stale, ACCEPTED, by="user:6", at=now)
    assert stale.status == ACCEPTED


@pytest.mark.django_db(transaction=True)
def test_a_move_outside_a_transaction_is_refused(now):
    document = DocumentFactory()
    with pytest.raises(NoTransaction):
        advance(document, ACCEPTED, by="user:5", at=now)
    document.refresh_from_db()
    assert document.status == RECEIVED


@pytest.mark.django_db(transaction=True)
def test_there_and_back_in_one_transaction_leaves_both_moves_in_the_journal(now):
    document = DocumentFactory()
    with transaction.atomic():
        advance(document, ACCEPTED, by="user:5", at=now)
        advance(document, REJECTED, by="user:5", at=now + timedelta(seconds=1), reason="wrong")
    told = Event.objects.filter(subject_id=document.pk).order_by("id")
    assert [(e.old["status"], e.new["status"]) for e in told] == [
        ("RECEIVED", "ACCEPTED"),
        ("ACCEPTED", "REJECTED"),
    ]


# What the database does when somebody goes past the code


@pytest.mark.django_db
def test_the_database_refuses_an_illegal_move_by_sql():
    document = DocumentFactory(status=ACCEPTED)
    with pytest.raises(IntegrityError, match="ACCEPTED cannot become RECEIVED"):
        _set_status(document, RECEIVED)


@pytest.mark.django_db(transaction=True)
def test_the_database_refuses_to_commit_a_legal_move_that_no_event_tells_of():
    document = DocumentFactory()
    with pytest.raises(IntegrityError, match="became ACCEPTED but no event tells of it"):
        _set_status(document, ACCEPTED)
    document.refresh_from_db()
    assert document.status == RECEIVED


@pytest.mark.django_db(transaction=True)
def test_an_event_of_another_transaction_does_not_excuse_a_silent_move(now):
    document = DocumentFactory()
    with transaction.atomic():
        advance(document, ACCEPTED, by="user:5", at=now)
    with transaction.atomic():
        advance(document, REJECTED, by="user:5", at=now, reason="wrong load")
    with pytest.raises(IntegrityError, match="no event tells of it"):
        _set_status(document, ACCEPTED)


@pytest.mark.django_db(transaction=True)
def test_the_orm_is_no_way_around_either():
    document = DocumentFactory()
    with pytest.raises(IntegrityError, match="no event tells of it"):
        Document.objects.filter(pk=document.pk).update(status=ACCEPTED)


@pytest.mark.django_db(transaction=True)
def test_a_change_that_leaves_the_status_alone_needs_no_event():
    document = DocumentFactory()
    Document.objects.filter(pk=document.pk).update(status=RECEIVED, signed_by="J. Alvarez")
    document.refresh_from_db()
    assert document.signed_by == "J. Alvarez"


def _set_status(document: Document, status: str) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "UPDATE dispatch_document SET status = %s WHERE id = %s", [status, document.pk]
        )
