"""What must always hold of messages in and out."""

from integrations.models.outbox import MAX_ATTEMPTS
from journal.queries.invariants import Invariant, Walk

INVARIANTS: tuple[Invariant | Walk, ...] = (
    Invariant(
        "I5",
        "Every message was understood, ignored for a reason, or waits no longer than 15 minutes.",
        """
        SELECT count(*) FROM integrations_inboxmessage
        WHERE (status = 'RECEIVED' AND received_at < now() - interval '15 minutes')
           OR (status NOT IN ('RECEIVED', 'PROCESSED') AND reason = '')
           OR (status IN ('PROCESSED', 'IGNORED', 'FAILED')) <> (settled_at IS NOT NULL)
        """,
    ),
    Invariant(
        "I5",
        "Every message that nobody could understand was put before a person.",
        """
        SELECT count(*) FROM integrations_inboxmessage m
        WHERE m.status = 'FAILED' AND strpos(m.external_id, '#other/') = 0
          AND NOT EXISTS (SELECT 1 FROM exceptions_case c
                          WHERE c.subject_key = 'message:' || m.id)
        """,
    ),
    Invariant(
        "I5",
        "Every message that has waited half an hour for its load was put before a person.",
        """
        SELECT count(*) FROM integrations_inboxmessage m
        WHERE m.status = 'PARKED' AND m.parked_at < now() - interval '30 minutes'
          AND NOT EXISTS (SELECT 1 FROM exceptions_case c
                          WHERE c.kind = 'load_not_found' AND c.subject_key = 'message:' || m.id)
        """,
    ),
    Invariant(
        "I6",
        "No partner's id was kept twice.",
        """
        SELECT count(*) FROM (
            SELECT 1 FROM integrations_inboxmessage
            GROUP BY source_id, external_id HAVING count(*) > 1) AS doubled
        """,
    ),
    Invariant(
        "I7",
        "Every raw message is, to the last byte, the one that came.",
        """
        SELECT count(*) FROM integrations_inboxmessage
        WHERE encode(sha256(body), 'hex') <> body_sha256
        """,
    ),
    Invariant(
        "I7",
        "Every id that came again with another body was put before a person.",
        """
        SELECT count(*) FROM integrations_inboxmessage other
        WHERE strpos(other.external_id, '#other/') > 0 AND NOT EXISTS (
            SELECT 1 FROM integrations_inboxmessage m
            JOIN exceptions_case c ON c.subject_key = 'message:' || m.id
                AND c.kind IN ('message_conflict', 'duplicate_interchange')
            WHERE m.source_id = other.source_id
              AND starts_with(m.external_id, split_part(other.external_id, '#other/', 1)))
        """,
    ),
    Invariant(
        "I12",
        "No target was sent one document twice.",
        """
        SELECT count(*) FROM (
            SELECT 1 FROM integrations_outboxmessage
            GROUP BY target, CASE WHEN target = 'erp' THEN coalesce(invoice_id::text, subject_key)
                                  ELSE subject_key END
            HAVING count(*) > 1
            UNION ALL
            SELECT 1 FROM integrations_outboxmessage WHERE status = 'SENT'
            GROUP BY target, external_reference HAVING count(*) > 1) AS doubled
        """,
    ),
    Invariant(
        "I12",
        "What the ERP holds is told to the invoice, in the amount that was billed.",
        """
        SELECT count(*) FROM integrations_outboxmessage o
        JOIN billing_invoice i ON i.id = o.invoice_id
        JOIN billing_invoicestate s ON s.invoice_id = i.id
        WHERE o.target = 'erp' AND o.status = 'SENT'
          AND (s.erp_status <> 'POSTED' OR s.erp_reference <> o.external_reference
               OR (o.body ->> 'total_amount')::numeric <> i.total_amount
               OR o.body ->> 'currency' <> i.currency)
        """,
    ),
    Invariant(
        "I13",
        "Every message that was queued has the event that tells of it.",
        """
        SELECT count(*) FROM integrations_outboxmessage o
        WHERE NOT EXISTS (SELECT 1 FROM journal_event e
                          WHERE e.subject_table = 'integrations_outboxmessage'
                            AND e.subject_id = o.id AND e.name = 'outbox.queued')
        """,
    ),
    Invariant(
        "I20",
        f"No message was tried more than {MAX_ATTEMPTS} times, nor given up without a person told.",
        """
        SELECT count(*) FROM integrations_outboxmessage o
        WHERE o.attempts > %s
           OR (o.status = 'DEAD' AND NOT EXISTS (
                   SELECT 1 FROM exceptions_case c WHERE c.subject_key = 'outbox:' || o.id))
        """,
        (MAX_ATTEMPTS,),
    ),
)
