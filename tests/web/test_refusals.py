"""A refusal leaves nothing behind and is said in one sentence; a fault is not hidden."""

import pytest

from accounts.models import Customer
from journal.operations.lifecycle import IllegalMove
from tests.factories import CustomerFactory, DocumentFactory
from web.errors import server_error
from web.refusals import Refusal, attempt

pytestmark = pytest.mark.django_db


class Refused(Exception):
    status = 403
    field = "reason"


def test_what_was_done_before_a_refusal_is_undone() -> None:
    def operation() -> None:
        CustomerFactory()
        raise Refused("Not you.")

    result = attempt(operation)

    assert result == Refusal("Not you.", 403, "reason")
    assert not Customer.objects.exists()


def test_an_illegal_move_is_a_conflict() -> None:
    document = DocumentFactory()

    def operation() -> None:
        raise IllegalMove(document, "ACCEPTED")

    result = attempt(operation)

    assert isinstance(result, Refusal)
    assert result.is_conflict


def test_what_was_done_is_returned() -> None:
    assert attempt(lambda: "done") == "done"


def test_a_fault_of_ours_goes_on_to_the_error_page() -> None:
    with pytest.raises(ZeroDivisionError):
        attempt(lambda: 1 / 0)


def test_a_fault_of_ours_is_told_to_a_program_as_it_reads(rf) -> None:
    answer = server_error(rf.get("/api/v1/loads/"))

    assert (answer.status_code, answer["Content-Type"]) == (500, "application/problem+json")
