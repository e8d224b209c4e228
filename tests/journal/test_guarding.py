"""Frozen rows stay frozen for the application's role and for the owner."""

import pytest
from django.db import DatabaseError, connections, transaction

from exceptions.models import CaseEntry
from exceptions.operations.opening import open_case
from journal.models import Event, Seal
from journal.operations.recording import record
from journal.operations.sealing import seal_events
from tests.factories import CustomerFactory, MilestoneFactory
from tests.journal.waiting import wait_for_older_transactions

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner"])

FROZEN = ["journal_event", "journal_seal", "dispatch_milestone", "exceptions_caseentry"]
ATTACKS = ["UPDATE {} SET id = id", "DELETE FROM {}", "TRUNCATE {} CASCADE"]


@pytest.fixture
def rows(now):
    """A row in each frozen table."""
    with transaction.atomic():
        record("customer.noted", subject=CustomerFactory(), by="user:1", at=now)
        open_case("dead_letter", subject_key="delivery:1", by="rule:dead_letter", at=now)
        milestone = MilestoneFactory()
    wait_for_older_transactions()
    with transaction.atomic():
        assert seal_events(at=now)
    return milestone


def _attack(alias: str, statement: str, table: str) -> None:
    key = "position = position" if table == "journal_seal" else "id = id"
    with transaction.atomic(using=alias), connections[alias].cursor() as cursor:
        cursor.execute(statement.format(table).replace("id = id", key))


@pytest.mark.parametrize("alias", ["default", "owner"])
@pytest.mark.parametrize("statement", ATTACKS)
@pytest.mark.parametrize("table", FROZEN)
def test_a_frozen_row_is_changed_by_nobody(rows, alias, statement, table):
    with pytest.raises(DatabaseError, match=r"permission denied|append-only"):
        _attack(alias, statement, table)


@pytest.mark.parametrize(
    "attack",
    [
        lambda: Event.objects.update(actor="user:2"),
        lambda: Event.objects.all()._raw_delete("default"),
        lambda: Event.objects.bulk_update([Event(pk=e.pk) for e in Event.objects.all()], ["name"]),
        lambda: Event.objects.get(name="case.opened").save(),
        lambda: Seal.objects.all()._raw_delete("default"),
        lambda: CaseEntry.objects.all().delete(),
    ],
)
def test_the_orm_has_no_way_around(rows, attack):
    with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
        attack()


def test_a_milestone_cannot_be_edited_or_deleted_through_its_model(rows):
    rows.kind = "DELIVERED"
    with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
        rows.save()
    with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
        rows.delete()


@pytest.mark.parametrize(
    "statement",
    [
        "ALTER TABLE journal_event DISABLE TRIGGER ALL",
        "DROP TRIGGER journal_event_frozen ON journal_event",
        "SET session_replication_role = replica",
        "TRUNCATE accounts_customer CASCADE",
        "ALTER TABLE dispatch_load DISABLE ROW LEVEL SECURITY",
        "DROP POLICY dispatch_load_by_customer ON dispatch_load",
        "INSERT INTO journal_legalmove (\"table\", from_status, to_status) VALUES ('a', 'b', 'c')",
        "CREATE TABLE mine (id int)",
    ],
)
def test_the_applications_role_cannot_take_a_guarantee_away(statement):
    with (
        pytest.raises(DatabaseError, match=r"permission denied|must be owner"),
        transaction.atomic(),
        connections["default"].cursor() as cursor,
    ):
        cursor.execute(statement)


def test_the_applications_role_owns_nothing():
    with connections["default"].cursor() as cursor:
        cursor.execute(
            "SELECT relname FROM pg_class WHERE relowner = current_user::regrole"
            " UNION ALL SELECT proname FROM pg_proc WHERE proowner = current_user::regrole"
        )
        assert cursor.fetchall() == []
