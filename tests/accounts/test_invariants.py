"""Each invariant of who may see what counts what happens when its guarantee is taken away."""

from collections.abc import Callable, Iterator

import pytest
from django.db import connections, transaction

from accounts.operations.keying import create_key
from accounts.queries.invariants import INVARIANTS, scoped_tables
from accounts.rules import Role, Scope
from tests.factories import CustomerFactory, UserFactory

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner"])

ROWS = "Every table of a customer's rows shows them to that customer alone."
KEYS = "Every key is kept as a hash and nothing else, and speaks for scopes it was given."
BREACHES = [
    (ROWS, "ALTER TABLE dispatch_load DISABLE ROW LEVEL SECURITY"),
    (ROWS, "DROP POLICY billing_invoice_by_customer ON billing_invoice"),
    (ROWS, "ALTER POLICY dispatch_document_by_customer ON dispatch_document USING (true)"),
    (
        "No customer's person works on the desk as well.",
        "UPDATE auth_group SET name = 'biller' WHERE name = 'customer'",
    ),
    (KEYS, "UPDATE accounts_apikey SET hash = 'lk_in_the_clear'"),
    (KEYS, "UPDATE accounts_apikey SET scopes = '{}'"),
]


@pytest.fixture
def as_owner() -> Iterator[Callable[[str], None]]:
    """Run statements as the owner and undo them."""
    with transaction.atomic(using="owner"), connections["owner"].cursor() as cursor:
        yield cursor.execute
        transaction.set_rollback(True, using="owner")


@pytest.fixture
def people(now) -> None:
    """A customer's person and a partner's key."""
    UserFactory(role=Role.CUSTOMER, customers=[CustomerFactory()])
    with transaction.atomic():
        create_key("TMS", scopes=[Scope.EVENTS_WRITE], by="user:1", at=now)


def broken() -> set[str]:
    with connections["owner"].cursor() as cursor:
        return {each.sentence for each in INVARIANTS if each.count(cursor)}


@pytest.mark.parametrize(("sentence", "statement"), BREACHES)
def test_a_guarantee_taken_away_is_counted(people, as_owner, sentence, statement):
    assert broken() == set()

    as_owner(statement)

    assert broken() == {sentence}


def test_every_invariant_is_put_to_the_test():
    assert {each.sentence for each in INVARIANTS} == {sentence for sentence, _ in BREACHES}


def test_every_table_that_a_customer_may_look_into_is_among_the_guarded():
    assert {
        "accounts_customer", "billing_invoice", "billing_invoiceline", "billing_invoicedocument",
        "dispatch_load", "dispatch_stop", "dispatch_milestone", "dispatch_document",
        "dispatch_reference", "exceptions_case", "accounts_historicaltaxprofile",
        "rating_historicalratecard", "integrations_edipartner",
    } <= set(scoped_tables())  # fmt: skip
