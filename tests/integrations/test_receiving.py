"""A message is kept once, for ever, whatever door it comes through and how often."""

import json
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import IntegrityError, connection, transaction

from exceptions.models import Case
from integrations.events import Parcel, Problem
from integrations.models import InboxMessage, Source
from integrations.operations.receiving import Receipt, receive, receive_many
from journal.models import Event
from journal.operations.recording import NoTransaction
from tests.integrations.conftest import LONG_AGO, tell

HEADERS = {"door": "test"}


def parcel(external_id, body=b"{}", *problems):
    return Parcel(
        external_id=external_id, body=body, content_type="application/json",
        problems=tuple(problems),
    )  # fmt: skip


@pytest.mark.django_db
def test_a_batch_keeps_the_new_and_answers_in_order(tms, now):
    receive_many(tms, parcels=[parcel("b", b"1"), parcel("d", b"1")], headers=HEADERS, at=now)

    answers = receive_many(
        tms,
        parcels=[parcel("e"), parcel("d", b"2"), parcel("c"), parcel("b", b"1"), parcel("c")],
        headers=HEADERS,
        at=now,
    )

    assert [answer.status for answer in answers] == [
        Receipt.ACCEPTED, Receipt.CONFLICT, Receipt.ACCEPTED, Receipt.DUPLICATE,
        Receipt.DUPLICATE,
    ]  # fmt: skip
    assert [answer.message.external_id for answer in answers] == ["e", "d", "c", "b", "c"]


@pytest.mark.django_db
def test_each_new_message_is_told_of_once_and_no_other(tms, now):
    parcels = [parcel("a"), parcel("b"), parcel("a"), parcel("c", b"?", Problem("x", "No."))]

    receive_many(tms, parcels=parcels, headers=HEADERS, at=now)

    told = Event.objects.filter(name="message.received").order_by("id")
    assert [event.payload["external_id"] for event in told] == ["a", "b"]


@pytest.mark.django_db
def test_a_refused_message_is_kept_with_its_reason_and_a_case_that_shows_it(tms, now):
    problem = Problem("count_mismatch", "SE01 says 7, but there are 6 segments.", position=8)

    (answer,) = receive_many(
        tms, parcels=[parcel("x", b"ISA*...", problem)], headers=HEADERS, at=now
    )

    assert answer.status == Receipt.REFUSED
    message = InboxMessage.objects.get()
    assert (message.status, message.reason) == (
        "FAILED", "Segment 8: SE01 says 7, but there are 6 segments.",
    )  # fmt: skip
    case = Case.objects.get()
    assert case.kind == "message_unreadable"
    assert case.detail["problems"] == [message.reason]
    assert case.evidence[0]["value"] == "ISA*..."


@pytest.mark.django_db
def test_the_same_id_of_another_source_is_another_message(tms, now):
    other = Source.objects.create(
        slug="wms", name="WMS", dialect="tms", owner="x", created_at=LONG_AGO
    )
    for source in (tms, other):
        answer = receive(
            source, external_id="1", body=b"{}", content_type="", headers=HEADERS, at=now
        )
        assert answer.status == Receipt.ACCEPTED

    assert InboxMessage.objects.count() == 2


@pytest.mark.django_db(transaction=True)
def test_outside_a_transaction_nothing_is_kept_untold(tms, now):
    with pytest.raises(NoTransaction):
        receive(tms, external_id="1", body=b"{}", content_type="", headers=HEADERS, at=now)


@pytest.mark.django_db
def test_any_bytes_are_kept_as_they_came(tms, now):
    body = bytes(range(256))

    receive(tms, external_id="1", body=body, content_type="", headers=HEADERS, at=now)

    assert bytes(InboxMessage.objects.get().body) == body


@pytest.mark.django_db
@pytest.mark.parametrize(
    "change",
    [{"body": b"other"}, {"external_id": "2"}, {"body_sha256": "0" * 64}],
    ids=lambda change: next(iter(change)),
)
def test_the_database_lets_nobody_change_what_came_in(tms, now, change):
    receive(tms, external_id="1", body=b"{}", content_type="", headers=HEADERS, at=now)

    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        InboxMessage.objects.update(**change)


@pytest.mark.django_db
def test_the_database_lets_nobody_delete_what_came_in(tms, now):
    receive(tms, external_id="1", body=b"{}", content_type="", headers=HEADERS, at=now)

    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        InboxMessage.objects.all().delete()


@pytest.mark.django_db
@pytest.mark.parametrize("status", ["IGNORED", "FAILED", "PARKED"])
def test_the_database_wants_a_reason_for_every_message_not_applied(tms, now, status):
    receive(tms, external_id="1", body=b"{}", content_type="", headers=HEADERS, at=now)

    with pytest.raises(IntegrityError, match="inbox_says_why"), transaction.atomic():
        InboxMessage.objects.update(status=status, parked_keys=["PRO:1"], parked_at=now)


@pytest.mark.django_db(transaction=True)
@pytest.mark.faults
def test_fifty_at_once_under_one_id_are_one_row(tms, now):
    body = json.dumps(tell("load.accepted")).encode()
    together = threading.Barrier(10, timeout=20)

    def send(_):
        together.wait()
        with transaction.atomic():
            answer = receive(
                tms, external_id="evt-1", body=body, content_type="", headers=HEADERS, at=now
            )
        connection.close()
        return answer.status

    with ThreadPoolExecutor(10) as pool:
        answers = list(pool.map(send, range(50)))

    assert answers.count(Receipt.ACCEPTED) == 1
    assert answers.count(Receipt.DUPLICATE) == 49
    assert InboxMessage.objects.count() == 1
    assert Event.objects.filter(name="message.received").count() == 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.faults
def test_fifty_bodies_at_once_under_one_id_are_one_message_and_one_case(tms, now):
    together = threading.Barrier(10, timeout=20)

    def send(number):
        together.wait()
        with transaction.atomic():
            answer = receive(
                tms, external_id="evt-1", body=b"%d" % number, content_type="", headers=HEADERS,
                at=now,
            )  # fmt: skip
        connection.close()
        return answer.status

    with ThreadPoolExecutor(10) as pool:
        answers = list(pool.map(send, range(50)))

    assert answers.count(Receipt.ACCEPTED) == 1
    assert answers.count(Receipt.CONFLICT) == 49
    assert InboxMessage.objects.filter(status="RECEIVED").count() == 1
    assert InboxMessage.objects.filter(status="FAILED").count() == 49
    assert Case.objects.filter(kind="message_conflict").count() == 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.faults
def test_batches_in_opposite_orders_do_not_deadlock(tms, now):
    names = [f"evt-{number:03}" for number in range(200)]
    together = threading.Barrier(4, timeout=20)

    def send(turn):
        parcels = [parcel(name) for name in (names if turn % 2 else reversed(names))]
        together.wait()
        with transaction.atomic():
            answers = receive_many(tms, parcels=parcels, headers=HEADERS, at=now)
        connection.close()
        return sum(answer.status == Receipt.ACCEPTED for answer in answers)

    with ThreadPoolExecutor(4) as pool:
        accepted = list(pool.map(send, range(8)))

    assert sum(accepted) == len(names) == InboxMessage.objects.count()
