"""One command counts all that must always hold; after a day's work every count is 0."""

from collections.abc import Callable
from datetime import datetime, timedelta
from importlib import import_module
from io import StringIO
from pathlib import Path

import pytest
import time_machine
from django.apps import apps
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import connection, connections, transaction

from billing.models import Invoice
from exceptions.models import Case
from insights.queries.invariants import all_invariants
from journal.operations.sealing import seal_events
from tests.factories import LoadFactory, stories
from tests.factories.carrier import open_carrier
from tests.factories.doors import push_all
from tests.journal.waiting import wait_for_older_transactions

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner"])

# One way to break each code; the apps' own tests break each sentence.
BREACHES = {
    "I1": "DELETE FROM billing_billingclaim",
    "I2": """ALTER TABLE billing_invoiceline DROP CONSTRAINT line_amount_is_quantity_times_rate;
             UPDATE billing_invoiceline SET amount = amount + 1""",
    "I3": "UPDATE billing_series SET last_number = last_number + 1 WHERE code = 'INV'",
    "I4": "DROP TRIGGER journal_event_frozen ON journal_event",
    "I5": "UPDATE journal_delivery SET status = 'LEASED', lease_until = now() - interval '1 hour'",
    "I6": """ALTER TABLE integrations_inboxmessage DROP CONSTRAINT inbox_once_for_ever;
             UPDATE integrations_inboxmessage SET external_id = 'x'""",
    "I7": "UPDATE integrations_inboxmessage SET body = body || 'x'::bytea",
    "I8": "UPDATE dispatch_load SET delivered_at = NULL",
    "I9": "UPDATE billing_charge SET status = 'LOST'",
    "I10": "UPDATE dispatch_document SET status = 'REJECTED', reason = 'x'",
    "I11": "UPDATE journal_anchor SET hash = 'x'",
    "I13": """DELETE FROM journal_delivery WHERE event_id = (
              SELECT max(id) FROM journal_event WHERE name = 'message.received')""",
    "I14": "UPDATE billing_invoicestate SET balance_amount = balance_amount - 1",
    "I15": "DROP TRIGGER rating_fuelindexvalue_frozen ON rating_fuelindexvalue",
    "I16": "UPDATE billing_charge SET rating_record_id = NULL",
    "I17": "UPDATE exceptions_case SET closed_by = 'user:0' WHERE status = 'CLOSED'",
    "I19": "ALTER TABLE billing_invoice DISABLE ROW LEVEL SECURITY",
    "I20": "UPDATE journal_delivery SET attempts = 9",
    "I21": "UPDATE dispatch_stop SET timezone = 'Mars/Olympus'",
    "I22": "UPDATE billing_invoiceline SET currency = 'CAD'",
    "I24": """ALTER TABLE rating_ratecardversion DROP CONSTRAINT version_two_people;
              ALTER TABLE rating_ratecardversion DROP CONSTRAINT version_approver_wrote_nothing;
              UPDATE rating_ratecardversion SET approved_by = drafted_by""",
}
# What no row of this day can break: there is no ERP and no credit. Their apps' tests do.
ELSEWHERE = {"I12", "I23"}


@pytest.fixture
def a_day(now: datetime, drain: Callable[[], int], settings) -> None:
    """The load of the pictures, its proof late: from messages over a case to its invoice."""
    settings.ERP_URL = ""
    with time_machine.travel(now):
        cast = open_carrier(at=now)
        pickup_at = (now - timedelta(hours=31)).replace(minute=0)
        told = stories.messages(stories.tell_story(104882, pickup_at=pickup_at))
        for chapter in (stories.without(told, "POD"), stories.only(told, "POD")):
            push_all(cast.tms, chapter)
            drain()
    wait_for_older_transactions()
    with transaction.atomic():
        seal_events(at=now)


def count_after(breach: str, code: str) -> int:
    """Break rows as the owner, past every trigger, count under `code`, and undo it."""
    mine = [each for each in all_invariants() if each.code == code and not each.is_deep]
    with transaction.atomic(using="owner"), connections["owner"].cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute(breach)
        found = sum(each.count(cursor) for each in mine)
        transaction.set_rollback(True, using="owner")
    return found


def check(*codes: str, deep: bool = False) -> list[str]:
    """Return what the command prints."""
    out = StringIO()
    call_command("check_invariants", *codes, deep=deep, stdout=out, no_color=True)
    return out.getvalue().splitlines()


def test_after_a_days_work_nothing_is_broken(a_day) -> None:
    assert Invoice.objects.count() == 1
    assert Case.objects.get(kind="pod_missing").status == "CLOSED"

    *lines, verdict = check(deep=True)

    assert verdict == f"{len(all_invariants())} checked, 0 broken."
    assert [line.split()[0] for line in lines] == [each.code for each in all_invariants()]
    assert {line.split()[1] for line in lines} == {"0"}


def test_each_line_is_code_count_and_sentence() -> None:
    (first, *_) = check("I20")
    assert first == "I20        0  No delivery was tried more than 8 times."


def test_without_deep_nothing_is_walked() -> None:
    walked = {each.sentence for each in all_invariants() if each.is_deep}
    assert walked
    assert not [line for line in check() if line[14:] in walked]


def test_one_broken_promise_of_each_code_is_counted_under_it(a_day) -> None:
    unnoticed = {code for code, breach in BREACHES.items() if not count_after(breach, code)}
    assert unnoticed == set()
    assert check(deep=True)[-1].endswith(" 0 broken.")


def test_every_code_has_its_breach() -> None:
    assert {each.code for each in all_invariants()} - ELSEWHERE == BREACHES.keys()


def test_a_broken_promise_makes_the_command_fail_and_names_itself() -> None:
    LoadFactory(status="DELIVERED", delivered_at=None)
    out = StringIO()
    with pytest.raises(CommandError, match=r"^\d+ checked, 1 broken\.$"):
        call_command("check_invariants", "I8", stdout=out, no_color=True)
    assert "I8         1  A load is delivered, called off or neither, and says when." in (
        out.getvalue().splitlines()
    )


def test_a_code_of_nobody_is_an_error() -> None:
    with pytest.raises(CommandError, match="No invariant is called I99"):
        check("I99")


def test_every_customers_rows_are_counted_whatever_the_connection_may_see() -> None:
    """A command started as the web would see no customer, and all promises would seem kept."""
    LoadFactory(status="DELIVERED", delivered_at=None)
    with connection.cursor() as cursor:
        cursor.execute("SET lading.customers = ''")
    try:
        with pytest.raises(CommandError):
            check("I8")
    finally:
        connection.close()


def test_every_app_that_states_promises_is_asked() -> None:
    root = Path(settings.BASE_DIR)
    stated = [
        import_module(f"{config.name}.queries.invariants").INVARIANTS
        for config in apps.get_app_configs()
        if config.name != "insights" and (root / config.name / "queries" / "invariants.py").exists()
    ]
    assert {each.sentence for found in stated for each in found} == {
        each.sentence for each in all_invariants()
    }


def test_no_two_promises_are_the_same_sentence() -> None:
    sentences = [each.sentence for each in all_invariants()]
    assert len(sentences) == len(set(sentences))
    assert all(sentence.endswith(".") for sentence in sentences)
