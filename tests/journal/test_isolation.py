"""By SQL, as the application's role with a customer's setting, others' history is not there."""

import pytest
from django.db import ProgrammingError, connection, transaction

from accounts.operations.scoping import enter_scope
from integrations.models import InboxMessage, OutboxMessage
from journal.models import Event
from journal.operations.recording import record
from tests.factories import CustomerFactory, UserFactory

pytestmark = pytest.mark.django_db

KEPT_BY_THE_CARRIER = [InboxMessage, OutboxMessage]


@pytest.fixture
def alma(now):
    """A customer's person, with a word told of her company, of another, and of nobody."""
    own, other = CustomerFactory(), CustomerFactory()
    for customer in (own, other):
        record("customer.changed", subject=customer, customer_id=customer.pk, by="user:1", at=now)
    record("person.created", subject=UserFactory(), by="user:1", at=now)
    return UserFactory(role="customer", customers=[own])


def count(table):
    with connection.cursor() as cursor:
        cursor.execute(f'SELECT count(*) FROM "{table}"')
        return cursor.fetchone()[0]


def test_a_customer_sees_the_events_of_its_own_alone(alma):
    with transaction.atomic():
        enter_scope(alma)

        assert count(Event._meta.db_table) == 1
        assert set(Event.objects.values_list("customer_id", flat=True)) == alma.customer_ids


def test_a_customer_tells_nothing_about_another(alma, now):
    other = CustomerFactory()

    def tell():
        with transaction.atomic():
            enter_scope(alma)
            record("customer.changed", subject=other, customer_id=other.pk, by="user:9", at=now)

    with pytest.raises(ProgrammingError, match="row-level security"):
        tell()


@pytest.mark.parametrize("model", KEPT_BY_THE_CARRIER)
def test_partners_messages_are_the_carriers_alone(alma, model):
    with transaction.atomic(), connection.cursor() as cursor:
        enter_scope(alma)
        cursor.execute(
            "SELECT pg_get_expr(polqual, polrelid) FROM pg_policy WHERE polrelid = %s::regclass",
            [model._meta.db_table],
        )

        assert cursor.fetchall() == [("journal_may_see(NULL::bigint)",)]
        assert count(model._meta.db_table) == 0
