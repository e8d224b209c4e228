import pytest
from django.conf import settings
from django.db import connections

from journal.models import LegalMove
from journal.operations.provisioning import provision
from journal.queries.moves import declared_moves

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner"])


@pytest.fixture
def provisioned():
    """Leave the rights and moves as they should be, whatever the test did to them."""
    yield
    _provision()


def _provision() -> None:
    provision(owner="owner", role=settings.DATABASES["default"]["USER"])


def _written() -> set[tuple[str, str, str]]:
    return set(LegalMove.objects.values_list("table", "from_status", "to_status"))


def test_the_legal_moves_in_the_database_are_the_declared_ones():
    assert _written() == declared_moves()


def test_a_move_too_many_is_removed_and_a_missing_one_added(provisioned):
    moves = LegalMove.objects.using("owner")
    moves.create(table="dispatch_document", from_status="ACCEPTED", to_status="RECEIVED")
    moves.filter(table="exceptions_case").delete()
    _provision()
    assert _written() == declared_moves()


def test_the_application_may_write_rows_but_not_frozen_ones_nor_truncate(provisioned):
    _provision()
    with connections["default"].cursor() as cursor:
        cursor.execute("""
            SELECT has_table_privilege('accounts_customer', 'UPDATE'),
                   has_table_privilege('accounts_customer', 'TRUNCATE'),
                   has_table_privilege('journal_event', 'INSERT'),
                   has_table_privilege('journal_event', 'UPDATE'),
                   has_table_privilege('journal_event', 'DELETE'),
                   has_table_privilege('journal_legalmove', 'INSERT')""")
        assert cursor.fetchone() == (True, False, True, False, False, False)


def test_a_table_that_becomes_frozen_loses_its_rights_at_the_next_migration(provisioned):
    with connections["owner"].cursor() as cursor:
        cursor.execute(
            "CREATE TRIGGER accounts_membership_frozen BEFORE UPDATE ON accounts_membership"
            " FOR EACH ROW EXECUTE FUNCTION journal_refuse_change()"
        )
        _provision()
        cursor.execute(
            "SELECT has_table_privilege(%s, 'accounts_membership', 'UPDATE')",
            [settings.DATABASES["default"]["USER"]],
        )
        assert cursor.fetchone() == (False,)
        cursor.execute("DROP TRIGGER accounts_membership_frozen ON accounts_membership")
