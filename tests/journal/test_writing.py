"""Rows written in one statement are the rows that the ORM would have written."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from billing.models import LoadBilling
from exceptions.models import Case, CaseEntry
from journal.operations.writing import insert_missing, insert_rows, update_rows
from tests.factories import CustomerFactory, LoadFactory
from tests.factories.exceptions import CaseFactory

pytestmark = pytest.mark.django_db

AT = datetime(2026, 11, 19, 20, 20, 1, 123456, tzinfo=UTC)
PLAIN = {"näme": ['"quoted"', "a\\b", "{x,y}", None, True, 3, ""], "empty": {}}


def a_case(number: str, *, key: str, **more: object) -> Case:
    return Case(
        number=number, kind="time_order", subject_key=key, title="It’s “so”", severity="BAD",
        owner_group="BILLER", correlation_id="0d3c1a52-7f0e-4d8f-9a37-3f1f6a0f6c11", opened_at=AT,
        due_at=AT + timedelta(hours=3), **more,
    )  # fmt: skip


def values_of(case: Case) -> dict[str, object]:
    return dict(Case.objects.filter(pk=case.pk).values().get()) | {"id": 0, "number": ""}


def test_inserted_rows_are_those_of_the_orm() -> None:
    more = {
        "detail": PLAIN, "evidence": [PLAIN], "value_amount": Decimal("12.30"),
        "load": LoadFactory(), "customer": CustomerFactory(), "is_blocking": True,
    }  # fmt: skip
    ours, theirs = a_case("EX-1", key="a", **more), a_case("EX-2", key="b", **more)

    insert_rows([ours])
    Case.objects.bulk_create([theirs])

    assert values_of(ours) | {"subject_key": "b"} == values_of(theirs)
    assert not ours._state.adding


def test_keys_are_given_in_the_order_of_the_rows() -> None:
    case = CaseFactory()
    entries = [CaseEntry(case=case, at=AT, by="user:1", action=f"step {n}") for n in range(30)]

    insert_rows(entries)

    stored = CaseEntry.objects.in_bulk([entry.pk for entry in entries])
    assert [stored[entry.pk].action for entry in entries] == [f"step {n}" for n in range(30)]


def test_a_key_that_was_reserved_is_kept() -> None:
    insert_rows([a_case("EX-1", key="a", id=990_001)])
    assert Case.objects.get().pk == 990_001


def test_a_constraint_refuses_the_whole_block() -> None:
    with pytest.raises(IntegrityError, match="case_one_open"), transaction.atomic():
        insert_rows([a_case("EX-1", key="a"), a_case("EX-2", key="b"), a_case("EX-3", key="a")])
    assert not Case.objects.exists()


def test_what_is_refused_is_left_out_where_that_is_asked_for() -> None:
    insert_rows([a_case("EX-1", key="a")])
    again, other = a_case("EX-2", key="a"), a_case("EX-3", key="b")

    assert insert_missing([again, other], named_by="number") == [other]

    assert Case.objects.get(number="EX-3").pk == other.pk
    assert again.pk is None


def test_named_fields_are_written_and_no_others() -> None:
    loads = [LoadFactory(), LoadFactory()]
    rows = [LoadBilling(load=load, customer=load.customer) for load in loads]
    insert_rows(rows)
    for n, row in enumerate(rows):
        row.total_amount, row.evaluated_at, row.hold_reason = Decimal(n), AT, "not written"

    update_rows(rows, ["total_amount", "evaluated_at", "rating"])

    stored = LoadBilling.objects.order_by("load_id")
    assert [(row.total_amount, row.evaluated_at) for row in stored] == [
        (Decimal("0.00"), AT), (Decimal("1.00"), AT)
    ]  # fmt: skip
    assert {row.hold_reason for row in stored} == {""}


@pytest.mark.parametrize("write", [insert_rows, lambda rows: update_rows(rows, ["status"])])
def test_nothing_to_write_asks_the_database_nothing(write, django_assert_num_queries) -> None:
    with django_assert_num_queries(0):
        write([])
