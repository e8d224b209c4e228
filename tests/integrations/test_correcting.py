"""A message that nobody could understand is mended beside the one that came."""

import json

import pytest

from dispatch.models import Load
from exceptions.models import Case
from integrations.models import InboxMessage
from integrations.operations.correcting import (
    NotCorrectable,
    correct_message,
    settle_ignored,
)
from journal.models import Event
from tests.integrations.conftest import tell_load

pytestmark = pytest.mark.django_db

WRONG = tell_load(load={**tell_load()["load"], "customer": "NOBODY-1"})
RIGHT = json.dumps(tell_load()).encode()


@pytest.fixture
def failed(push, drain, customer) -> InboxMessage:
    """A tender for a customer that we do not have."""
    push(WRONG)
    drain()
    message = InboxMessage.objects.get()
    assert message.status == "FAILED"
    return message


def correct(message: InboxMessage, body: bytes, now) -> InboxMessage:
    return correct_message(message, body=body, by="user:5", at=now, reason="They moved.")


def test_the_copy_is_read_and_makes_the_load(failed, drain, now) -> None:
    copy = correct(failed, RIGHT, now)
    drain()

    copy.refresh_from_db()
    assert (copy.status, copy.external_id) == ("PROCESSED", "evt-0#edited/1")
    assert copy.load == Load.objects.get()


def test_what_came_stays_to_the_last_byte_and_says_what_replaced_it(failed, drain, now) -> None:
    before = bytes(failed.body)

    correct(failed, RIGHT, now)

    failed.refresh_from_db()
    assert bytes(failed.body) == before
    assert (failed.status, failed.reason) == (
        "IGNORED", "Corrected as evt-0#edited/1: They moved.",
    )  # fmt: skip
    assert not Case.objects.filter(status="OPEN").exists()


def test_both_stand_in_one_thread_with_the_person_who_did_it(failed, drain, now) -> None:
    copy = correct(failed, RIGHT, now)
    drain()

    thread = Event.objects.filter(correlation_id=failed.correlation_id)
    assert copy.correlation_id == failed.correlation_id
    assert thread.filter(name="message.received", actor="user:5", reason="They moved.").exists()
    assert thread.filter(name="load.created").exists()


def test_a_copy_that_fails_is_corrected_in_its_turn(failed, drain, now) -> None:
    second = correct(failed, b'{"id": "evt-0"}', now)
    drain()
    second.refresh_from_db()
    assert second.status == "FAILED"

    third = correct(second, RIGHT, now)
    drain()

    third.refresh_from_db()
    assert (third.external_id, third.status) == ("evt-0#edited/2", "PROCESSED")


def test_a_message_that_was_understood_is_not_corrected(failed, drain, now) -> None:
    correct(failed, RIGHT, now)

    with pytest.raises(NotCorrectable, match="verdict"):
        correct(failed, RIGHT + b" ", now)


def test_the_same_bytes_are_no_correction(failed, now) -> None:
    with pytest.raises(NotCorrectable, match="letter by letter"):
        correct(failed, bytes(failed.body), now)


def test_what_got_its_verdict_while_somebody_looked_is_not_called_ignored(failed, now) -> None:
    InboxMessage.objects.filter(pk=failed.pk).update(status="PROCESSED", reason="")

    with pytest.raises(NotCorrectable, match="has its verdict"):
        settle_ignored(failed, by="user:5", at=now, reason="Not ours")
