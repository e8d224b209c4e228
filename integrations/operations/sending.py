"""Send documents to a target, each once: claimed, tried outside any transaction, settled."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from django.conf import settings
from django.db import connection, transaction

from billing.models import Invoice, InvoiceLineTax, InvoiceState
from billing.operations.posting import PostingConflict, record_posting
from integrations.events import OUTBOX_QUEUED, Answer, Deliver, Outcome, Outgoing
from integrations.models import OutboxMessage
from integrations.models.outbox import MAX_ATTEMPTS
from integrations.operations.breaking import is_open, note_answer
from integrations.operations.reporting import close_undelivered, report_undelivered
from integrations.rules.retries import backoff
from journal.operations.correlating import correlated
from journal.operations.recording import assert_in_transaction, entry_for, record_many

CLAIM = """
UPDATE integrations_outboxmessage
SET status = 'LEASED', attempts = attempts + 1, lease_until = %(until)s
WHERE id = (
    SELECT id FROM integrations_outboxmessage
    WHERE target = %(target)s AND next_try_at <= %(at)s AND attempts < %(most)s
      AND (status = 'WAITING' OR (status = 'LEASED' AND lease_until < %(at)s))
    ORDER BY next_try_at, id LIMIT 1
    FOR UPDATE SKIP LOCKED)
RETURNING id
"""
ERP = OutboxMessage.Target.ERP
WAITING, LEASED = OutboxMessage.Status.WAITING, OutboxMessage.Status.LEASED
SENT, DEAD = OutboxMessage.Status.SENT, OutboxMessage.Status.DEAD
POSTED, FAILED = InvoiceState.ErpStatus.POSTED, InvoiceState.ErpStatus.FAILED
CASE_KINDS = {Outcome.MISMATCH: "erp_mismatch", Outcome.REFUSED: "erp_rejected"}
NO_THREADS: Mapping[int, UUID] = {}
GIVEN_UP, LOST_LETTER = "outbox_dead", "mail_undelivered"


def queue_invoices(
    invoices: Sequence[Invoice],
    *,
    target: str,
    by: str,
    at: datetime,
    threads: Mapping[int, UUID] = NO_THREADS,
) -> list[OutboxMessage]:
    """Queue invoices for a target and record `outbox.queued`; one queued before stays as it is.

    `threads` gives the correlation id that an invoice was issued under, by the invoice's id.
    """
    assert_in_transaction()
    rows = [
        OutboxMessage(
            target=target,
            kind=OutboxMessage.Kind.INVOICE,
            subject_key=f"invoice:{invoice.uid}",
            invoice=invoice,
            idempotency_key=str(invoice.uid),
            body=invoice_body(invoice),
            correlation_id=threads.get(invoice.pk) or uuid4(),
            created_at=at,
            next_try_at=at,
        )
        for invoice in invoices
    ]
    return queue_messages(rows, target=target, by=by, at=at)


def queue_messages(
    rows: Sequence[OutboxMessage], *, target: str, by: str, at: datetime
) -> list[OutboxMessage]:
    """Write new messages and record `outbox.queued` for each that was not there before."""
    OutboxMessage.objects.bulk_create(rows, ignore_conflicts=True)
    queued = list(
        OutboxMessage.objects.filter(
            target=target, idempotency_key__in=[row.idempotency_key for row in rows], created_at=at
        ).order_by("id")
    )
    record_many(
        [
            entry_for(
                OUTBOX_QUEUED,
                subject=row,
                by=by,
                at=at,
                payload={"target": target},
                correlation_id=row.correlation_id,
            )
            for row in queued
        ]
    )
    return queued


def invoice_body(invoice: Invoice) -> dict[str, Any]:
    """Return an invoice in the ERP's dialect; amounts are texts."""
    return {
        "external_reference": str(invoice.uid),
        "number": invoice.number,
        "kind": invoice.kind,
        "customer": {"code": invoice.customer.code, "name": invoice.customer.name},
        "issued_on": invoice.issued_on.isoformat(),
        "due_on": invoice.due_on.isoformat(),
        "currency": invoice.currency,
        "net_amount": str(invoice.net_amount),
        "tax_amount": str(invoice.tax_amount),
        "total_amount": str(invoice.total_amount),
        "lines": [
            {
                "number": line.position,
                "code": line.code,
                "description": line.description,
                "amount": str(line.amount),
                "tax_category": line.tax_category,
                "tax_amount": str(line.tax_amount),
                "taxes": [_tax_body(tax) for tax in line.taxes.all()],
            }
            for line in sorted(invoice.lines.all(), key=lambda line: line.position)
        ],
    }


def _tax_body(tax: InvoiceLineTax) -> dict[str, str]:
    return {
        "name": tax.name,
        "jurisdiction": tax.jurisdiction,
        "category": tax.category,
        "rate": str(tax.rate),
        "base": str(tax.base_amount),
        "amount": str(tax.tax_amount),
    }


def send_due(
    target: str, *, deliver: Deliver, clock: Callable[[], datetime], most: int = 100
) -> int:
    """Send what is due for `target`, one after the other, and return how many were tried.

    Called outside a transaction. Stops when nothing is due or the breaker opens.
    """
    for tried in range(most):
        with transaction.atomic():
            message = claim(target, at=clock())
        if message is None:
            return tried
        answer = deliver(
            Outgoing(
                idempotency_key=message.idempotency_key,
                body=message.body,
                may_have_arrived=message.attempts > 1 or message.may_have_arrived,
                attempts=message.attempts,
            )
        )
        with transaction.atomic():
            settle(message, answer=answer, by=f"target:{target}", at=clock())
    return most


def claim(target: str, *, at: datetime) -> OutboxMessage | None:
    """Lease the message that has been due longest, counting the attempt before any work.

    None while the breaker is open, or when nothing is due.
    """
    if is_open(target):
        return None
    with connection.cursor() as cursor:
        cursor.execute(
            CLAIM,
            {
                "target": target,
                "at": at,
                "until": at + timedelta(seconds=settings.LEASE_SECONDS),
                "most": MAX_ATTEMPTS,
            },
        )
        found = cursor.fetchone()
    if found is None:
        return None
    return OutboxMessage.objects.select_related("invoice__customer").get(pk=found[0])


def settle(message: OutboxMessage, *, answer: Answer, by: str, at: datetime) -> OutboxMessage:
    """Write what the target said: an end, or when to try again. Tells the breaker, and billing.

    Another process may have taken the message over when the lease ran out; then what it wrote
    stands and this answer is dropped.
    """
    held = OutboxMessage.objects.select_for_update(of=("self",)).select_related(
        "invoice__customer"
    ).get(pk=message.pk)  # fmt: skip
    if (held.status, held.attempts) != (LEASED, message.attempts):
        return held
    held.verdict, held.lease_until = answer.note, None
    with correlated(held.correlation_id):
        match answer.outcome:
            case Outcome.POSTED:
                _end_sent(held, answer, by=by, at=at)
            case Outcome.MISMATCH | Outcome.REFUSED:
                _end_dead(held, kind=CASE_KINDS[answer.outcome], by=by, at=at)
            case Outcome.FAILED | Outcome.POSTPONED if held.attempts >= MAX_ATTEMPTS:
                _end_dead(held, kind=GIVEN_UP, by=by, at=at)
            case _:
                _try_again(held, answer, at=at)
    held.save()
    # The breaker's row is locked last, as every sender shares it.
    note_answer(held.target, outcome=answer.outcome, note=answer.note, at=at)
    return held


def _end_sent(message: OutboxMessage, answer: Answer, *, by: str, at: datetime) -> None:
    try:
        if message.invoice and message.target == ERP:
            record_posting(message.invoice, status=POSTED, reference=answer.reference, by=by, at=at)
    except PostingConflict as error:
        message.verdict = str(error)
        _end_dead(message, kind=CASE_KINDS[Outcome.MISMATCH], by=by, at=at)
        return
    message.status, message.settled_at = SENT, at
    message.external_reference = answer.reference
    _tell_letter(message, "invoice.letter_sent", by=by, at=at)
    close_undelivered(message, at=at)


def _end_dead(message: OutboxMessage, *, kind: str, by: str, at: datetime) -> None:
    message.status, message.settled_at = DEAD, at
    message.may_have_arrived = True
    if message.target == OutboxMessage.Target.MAIL:
        kind = LOST_LETTER
    report_undelivered(message, kind=kind, by=by, at=at)
    _tell_letter(message, "invoice.letter_failed", by=by, at=at)
    if message.invoice and message.target == ERP:
        record_posting(message.invoice, status=FAILED, note=message.verdict, by=by, at=at)


def _tell_letter(message: OutboxMessage, name: str, *, by: str, at: datetime) -> None:
    """Write into the life of an invoice what became of its letter."""
    if message.invoice and message.target == OutboxMessage.Target.MAIL:
        invoice = message.invoice
        told = entry_for(
            name, subject=invoice, by=by, at=at, customer_id=invoice.customer_id,
            payload={"note": message.verdict}, correlation_id=message.correlation_id,
        )  # fmt: skip
        record_many([told])


def _try_again(message: OutboxMessage, answer: Answer, *, at: datetime) -> None:
    pause = backoff(message.attempts)
    if answer.wait_seconds is not None:
        pause = timedelta(seconds=answer.wait_seconds)
    if answer.outcome == Outcome.UNREACHABLE:
        message.attempts -= 1
    message.status, message.next_try_at = WAITING, at + pause


def bury_crashed(*, at: datetime) -> int:
    """End messages whose sender died in the last attempt; return how many."""
    assert_in_transaction()
    lost = OutboxMessage.objects.filter(
        status=LEASED, lease_until__lt=at, attempts__gte=MAX_ATTEMPTS
    )
    messages = list(lost.select_for_update(of=("self",)).select_related("invoice__customer"))
    for message in messages:
        message.verdict = f"The sender died in the last of {message.attempts} attempts."
        message.lease_until = None
        _end_dead(message, kind=GIVEN_UP, by="system:sweeper", at=at)
        message.save()
    return len(messages)


def send_again(message: OutboxMessage, *, by: str, at: datetime) -> OutboxMessage:
    """Make a dead message due with all its attempts; it is looked up before it is sent."""
    assert_in_transaction()
    held = OutboxMessage.objects.select_for_update().get(pk=message.pk)
    if held.status != DEAD:
        return held
    held.status, held.attempts, held.next_try_at, held.settled_at = WAITING, 0, at, None
    held.save()
    record_many([entry_for("outbox.replayed", subject=held, by=by, at=at, old={"status": DEAD})])
    return held
