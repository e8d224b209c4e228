"""Each invariant of messages counts what happens when its guarantee is taken away."""

import json
from datetime import datetime, timedelta

import pytest
from django.db import connections, transaction

from accounts.models import Customer
from billing.operations.invoicing import issue_invoice
from billing.operations.readiness import evaluate_load
from integrations.adapters import read_message
from integrations.events import Answer, Outcome
from integrations.models import InboxMessage, Source
from integrations.operations.receiving import receive
from integrations.operations.sending import queue_invoices, send_due
from integrations.operations.understanding import age_parked, understand
from integrations.queries.invariants import INVARIANTS
from tests.factories.billing import delivered_load, found_carrier, publish_card
from tests.integrations.conftest import tell, tell_load

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner"])

ENDED = "Every message was understood, ignored for a reason, or waits no longer than 15 minutes."
CONFLICT = "Every id that came again with another body was put before a person."
ONCE = "No target was sent one document twice."
HELD = "What the ERP holds is told to the invoice, in the amount that was billed."
TRIED = "No message was tried more than 8 times, nor given up without a person told."
OLD = "now() - interval '16 minutes'"
BREACHES: list[tuple[str, ...]] = [
    (
        ENDED,
        f"UPDATE integrations_inboxmessage SET status = 'RECEIVED', settled_at = NULL,"
        f" received_at = {OLD} WHERE status = 'PROCESSED'",
    ),
    (
        ENDED,
        "ALTER TABLE integrations_inboxmessage DROP CONSTRAINT inbox_says_why",
        "UPDATE integrations_inboxmessage SET reason = '' WHERE status = 'FAILED'",
    ),
    (
        "Every message that nobody could understand was put before a person.",
        "DELETE FROM exceptions_case WHERE kind = 'message_unreadable'",
    ),
    (
        "Every message that has waited half an hour for its load was put before a person.",
        "UPDATE exceptions_case SET kind = 'time_order' WHERE kind = 'load_not_found'",
    ),
    (
        "No partner's id was kept twice.",
        "ALTER TABLE integrations_inboxmessage DROP CONSTRAINT inbox_once_for_ever",
        "UPDATE integrations_inboxmessage SET external_id = 'evt-0'"
        " WHERE status IN ('PROCESSED', 'PARKED')",
    ),
    (
        "Every raw message is, to the last byte, the one that came.",
        "UPDATE integrations_inboxmessage SET body = body || 'x'::bytea WHERE status = 'PARKED'",
    ),
    (CONFLICT, "UPDATE exceptions_case SET kind = 'time_order' WHERE kind = 'message_conflict'"),
    (
        ONCE,
        "ALTER TABLE integrations_outboxmessage DROP CONSTRAINT outbox_once_per_target",
        "UPDATE integrations_outboxmessage SET subject_key = 'invoice:1', invoice_id = NULL",
    ),
    (
        ONCE,
        "UPDATE integrations_outboxmessage SET external_reference = 'ERP-1'",
        "UPDATE billing_invoicestate SET erp_reference = 'ERP-1'",
    ),
    (HELD, "UPDATE billing_invoicestate SET erp_status = 'QUEUED'"),
    (HELD, 'UPDATE integrations_outboxmessage SET body = body || \'{"total_amount": "1.00"}\''),
    (
        "Every message that was queued has the event that tells of it.",
        "UPDATE journal_event SET name = 'outbox.lost' WHERE name = 'outbox.queued'",
    ),
    (
        TRIED,
        "ALTER TABLE integrations_outboxmessage DROP CONSTRAINT outbox_attempts_end",
        "UPDATE integrations_outboxmessage SET attempts = 9",
    ),
    (TRIED, "UPDATE integrations_outboxmessage SET status = 'DEAD'"),
]


@pytest.fixture
def traffic(tms: Source, customer: Customer, now: datetime) -> None:
    """A tender, one that cannot be read, one that waits, a conflict, and two posted invoices."""

    def keep(message_id: str, body: bytes) -> InboxMessage:
        with transaction.atomic():
            return receive(
                tms, external_id=message_id, body=body, content_type="application/json",
                headers={}, at=now,
            ).message  # fmt: skip

    lost = tell("stop.arrived", "evt-9", stop={"sequence": 1})
    lost["load"]["references"][0]["value"] = "S-1"
    kept = [
        keep("evt-0", json.dumps(tell_load("evt-0")).encode()),
        keep("evt-8", b"{"),
        keep("evt-9", json.dumps(lost).encode()),
    ]
    keep("evt-0", b"{}")
    with transaction.atomic():
        understand(kept, read=read_message, at=now)
        age_parked(read=read_message, at=now + timedelta(minutes=16))
    _post_two_invoices(now)


def _post_two_invoices(now: datetime) -> None:
    with transaction.atomic():
        found_carrier()
        publish_card()
        for _ in range(2):
            load = delivered_load()
            evaluate_load(load.pk, by="rule:readiness", at=now)
            invoice = issue_invoice(load.billing, by="user:1", at=now)
            queue_invoices([invoice], target="erp", by="rule:posting", at=now)
    send_due(
        "erp",
        deliver=lambda out: Answer(Outcome.POSTED, "Kept.", f"ERP-{out.idempotency_key[:8]}"),
        clock=lambda: now,
    )


def broken() -> set[str]:
    with connections["owner"].cursor() as cursor:
        return {each.sentence for each in INVARIANTS if each.count(cursor)}


def test_the_traffic_of_a_day_breaks_nothing(traffic: None) -> None:
    assert set(InboxMessage.objects.values_list("status", flat=True)) == {
        "PROCESSED",
        "FAILED",
        "PARKED",
    }
    assert broken() == set()


def test_each_guarantee_taken_away_is_counted(traffic: None) -> None:
    for sentence, *statements in BREACHES:
        assert broken_by(statements) == {sentence}, statements


def broken_by(statements: list[str]) -> set[str]:
    """Break rows as the owner, count, and undo it."""
    with transaction.atomic(using="owner"), connections["owner"].cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        for statement in statements:
            cursor.execute(statement)
        found = broken()
        transaction.set_rollback(True, using="owner")
    return found


def test_every_invariant_is_put_to_the_test() -> None:
    assert {each.sentence for each in INVARIANTS} == {sentence for sentence, *_ in BREACHES}
