"""Both lines of isolation: what `for_user` asks for, and what the database gives."""

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import DatabaseError, connection, transaction

from accounts.models import Customer
from accounts.operations.scoping import (
    enter_scope,
    enter_staff_scope,
    own_scope,
    staff_transaction,
)
from accounts.queries.invariants import scoped_tables
from accounts.rules import Role
from dispatch.models import Document, Load
from exceptions.models import Case, CaseEntry
from tests.factories import (
    CustomerFactory,
    DocumentFactory,
    LoadFactory,
    MilestoneFactory,
    StopFactory,
    UserFactory,
)
from tests.factories.exceptions import CaseFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def own():
    return _load_with_everything()


@pytest.fixture
def foreign():
    return _load_with_everything()


def _load_with_everything() -> Load:
    load = LoadFactory()
    StopFactory(load=load)
    MilestoneFactory(load=load)
    DocumentFactory(load=load)
    CaseFactory(load=load)
    return load


@pytest.fixture
def person(own):
    return UserFactory(role=Role.CUSTOMER, customers=[own.customer])


def rows(sql: str) -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return cursor.fetchall()


# First line


def test_for_user_gives_a_customer_its_own_and_staff_everything(own, foreign, person):
    assert list(Load.objects.for_user(person)) == [own]
    assert set(Document.objects.for_user(UserFactory())) == set(Document.objects.all())
    assert Customer.objects.for_user(person).get() == own.customer


@pytest.mark.parametrize("stranger", [AnonymousUser(), None, object()])
def test_for_user_gives_a_stranger_nothing(own, stranger):
    assert not Load.objects.for_user(stranger).exists()
    assert not Case.objects.for_user(stranger).exists()


# Second line: plain SQL as the application's role


def test_sql_with_the_portals_setting_sees_only_its_customers_rows(own, foreign, person):
    enter_scope(person)
    for table in scoped_tables():
        column = "id" if table == "accounts_customer" else "customer_id"
        seen = {customer for (customer,) in rows(f"SELECT DISTINCT {column} FROM {table}")}
        assert seen <= {own.customer_id}, table
    assert rows("SELECT id FROM dispatch_load") == [(own.pk,)]
    assert rows("SELECT count(*) FROM dispatch_document") == [(1,)]
    assert rows(f"SELECT 1 FROM dispatch_stop WHERE load_id = {foreign.pk}") == []


def test_the_trail_of_a_case_is_seen_with_its_case_only(own, foreign, person):
    enter_scope(person)
    assert CaseEntry.objects.count() == 1
    assert CaseEntry.objects.get().case.load_id == own.pk


def test_a_case_of_no_customer_is_not_for_customers(own, person):
    CaseFactory(kind="unknown_sender", subject_key="message:1")
    enter_scope(person)
    assert rows("SELECT count(*) FROM exceptions_case WHERE customer_id IS NULL") == [(0,)]


def test_without_any_setting_nothing_is_seen(own):
    enter_scope(None)
    for table in scoped_tables():
        assert rows(f"SELECT count(*) FROM {table}") == [(0,)], table


def test_a_customers_transaction_cannot_write_into_anothers_rows(own, foreign, person):
    enter_scope(person)
    sql = f"UPDATE dispatch_load SET trailer = 'X' WHERE id = {foreign.pk} RETURNING id"
    assert rows(sql) == []
    moved = f"UPDATE dispatch_load SET customer_id = {foreign.customer_id} WHERE id = {own.pk}"
    with pytest.raises(DatabaseError, match="row-level security"), transaction.atomic():
        rows(moved)


def test_a_customers_transaction_cannot_make_rows_of_another(own, foreign, person):
    enter_scope(person)
    with pytest.raises(DatabaseError, match="row-level security"), transaction.atomic():
        DocumentFactory(load=own, customer=foreign.customer)


def test_staff_see_everything_again(own, foreign, person):
    enter_scope(person)
    enter_staff_scope()
    assert rows("SELECT count(*) FROM dispatch_load") == [(2,)]
    enter_scope(UserFactory())
    assert rows("SELECT count(*) FROM dispatch_load") == [(2,)]


def test_a_person_of_two_customers_sees_both(own, foreign):
    both = UserFactory(role=Role.CUSTOMER, customers=[own.customer, foreign.customer])
    LoadFactory()
    enter_scope(both)
    assert rows("SELECT count(*) FROM dispatch_load") == [(2,)]


@pytest.mark.parametrize("setting", ["1,2); DROP TABLE x; --", "*,*", "1;2", "one"])
def test_a_setting_that_is_no_list_of_numbers_shows_nothing(own, setting):
    with transaction.atomic():
        rows("SELECT 1")
        with connection.cursor() as cursor:
            cursor.execute("SELECT set_config('lading.customers', %s, true)", [setting])
        with pytest.raises(DatabaseError), transaction.atomic():
            rows("SELECT count(*) FROM dispatch_load")
        transaction.set_rollback(True)


@pytest.mark.django_db(transaction=True)
def test_the_setting_ends_with_its_transaction():
    customer = CustomerFactory()
    with transaction.atomic():
        enter_scope(UserFactory(role=Role.CUSTOMER, customers=[customer]))
        assert rows("SELECT current_setting('lading.customers')") == [(str(customer.pk),)]
    assert rows("SELECT current_setting('lading.customers')") == [("*",)]


@pytest.mark.django_db(transaction=True)
def test_a_staff_transaction_is_one():
    with staff_transaction():
        assert connection.in_atomic_block
        assert rows("SELECT current_setting('lading.customers')") == [("*",)]
    assert not connection.in_atomic_block


def test_work_for_the_carrier_that_fails_leaves_nobody_with_its_eyes(person):
    with transaction.atomic():
        enter_scope(person)
        with pytest.raises(RuntimeError), own_scope():
            raise RuntimeError

        seen = rows("SELECT current_setting('lading.customers')")

    assert seen == [(str(min(person.customer_ids)),)]


def test_what_broke_the_transaction_is_told_and_not_what_followed():
    def fail() -> None:
        with transaction.atomic(), own_scope():
            rows("SELECT 1 / 0")

    with pytest.raises(DatabaseError, match="division by zero"):
        fail()
