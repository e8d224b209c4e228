"""What must always hold of charges, invoices, numbers and claims.

Stated on the documents themselves, not on the rows that guard them, so that a guard which was
taken away shows. A live document is an invoice that has not been credited in full.
"""

from collections.abc import Mapping, Sequence
from hashlib import sha256
from itertools import islice
from typing import Any

from billing.models import Invoice, InvoiceDocument, RatingRecord, TaxRecord
from billing.rules.snapshot import SnapshotError, from_data, to_json
from dispatch.queries.blobs import BlobMissing, open_blob
from journal.queries.invariants import Invariant, Walk, frozen, guarded
from rating.engine.storing import Unreadable, from_plain, to_plain
from rating.engine.tax import tax_load
from rating.engine.tax_facts import TaxFacts
from rating.operations.quoting import rerate_block

LIVE = """
    SELECT i.* FROM billing_invoice i JOIN billing_invoicestate s ON s.invoice_id = i.id
    WHERE i.kind = 'INVOICE' AND s.status <> 'CREDITED'
"""
CHUNK = 500
MONEY = (
    "code", "stop_sequence", "occurrence", "basis", "quantity", "unit", "rate", "amount",
    "currency", "rule",
)  # fmt: skip


def changed_snapshots() -> int:
    """Count documents whose snapshot is not, to the last byte, the one that was issued."""
    return sum(
        1
        for invoice in Invoice.objects.order_by("pk").iterator(CHUNK)
        if _digest(invoice) != invoice.snapshot_sha256
    )


def _digest(invoice: Invoice) -> str:
    try:
        return sha256(to_json(from_data(invoice.snapshot))).hexdigest()
    except SnapshotError:
        return ""


def changed_documents() -> int:
    """Count PDFs whose stored bytes are missing, or not those that were drawn."""
    documents = InvoiceDocument.objects.order_by("pk")
    return sum(1 for document in documents.iterator(CHUNK) if not _is_stored(document))


def _is_stored(document: InvoiceDocument) -> bool:
    try:
        with open_blob(document.sha256) as blob:
            return sha256(blob.read()).hexdigest() == document.sha256
    except BlobMissing:
        return False


def unrepeatable_ratings() -> int:
    """Count ratings whose stored facts and version do not give the same cents again."""
    rated = RatingRecord.objects.exclude(version=None).order_by("pk").iterator(CHUNK)
    return sum(_changed(block) for block in iter(lambda: list(islice(rated, CHUNK)), []))


def _changed(block: Sequence[RatingRecord]) -> int:
    """Rate a block at once; where one cannot be read, each alone, so that it alone counts."""
    try:
        quotes = rerate_block([(record.facts, record.version_id or 0) for record in block])
    except Unreadable:
        return 1 if len(block) == 1 else sum(_changed([record]) for record in block)
    again = [[_money(each) for each in to_plain(quote.lines)] for quote in quotes]
    return sum(
        lines != [_money(each) for each in record.lines]
        for lines, record in zip(again, block, strict=True)
    )


def _money(line: Mapping[str, Any]) -> tuple[Any, ...]:
    """What a line charges, and for what; its words may be put better some day."""
    return tuple(line.get(name) for name in MONEY)


def unrepeatable_taxes() -> int:
    """Count documents whose stored facts do not give their taxes again."""
    records = TaxRecord.objects.order_by("pk")
    return sum(1 for record in records.iterator(CHUNK) if not _taxes_repeat(record))


def _taxes_repeat(record: TaxRecord) -> bool:
    again = tax_load(from_plain(TaxFacts, record.facts))
    return bool(to_plain(again.lines) == record.lines)


INVARIANTS: tuple[Invariant | Walk, ...] = (
    Invariant(
        "I1",
        "No charge is on two live documents.",
        f"""
        SELECT count(*) FROM (
            SELECT l.charge_id FROM billing_invoiceline l JOIN ({LIVE}) i ON i.id = l.invoice_id
            GROUP BY l.charge_id HAVING count(*) > 1) AS doubled
        """,  # noqa: S608
    ),
    Invariant(
        "I1",
        "No load has two live invoices, but for supplemental ones.",
        f"""
        SELECT count(*) FROM (
            SELECT l.load_id FROM billing_invoiceline l JOIN ({LIVE}) i ON i.id = l.invoice_id
            WHERE NOT EXISTS (SELECT 1 FROM billing_loadclaim c
                              WHERE c.load_id = l.load_id AND c.invoice_id = i.id
                                AND c.kind = 'SUPPLEMENTAL')
            GROUP BY l.load_id HAVING count(DISTINCT i.id) > 1) AS doubled
        """,  # noqa: S608
    ),
    Invariant(
        "I1",
        "Claims stand for exactly what live documents bill.",
        f"""
        SELECT (SELECT count(*) FROM billing_invoiceline l JOIN ({LIVE}) i ON i.id = l.invoice_id
                WHERE NOT EXISTS (SELECT 1 FROM billing_billingclaim c
                                  WHERE c.charge_id = l.charge_id AND c.invoice_id = i.id))
             + (SELECT count(*) FROM billing_billingclaim c
                WHERE NOT EXISTS (SELECT 1 FROM billing_invoiceline l JOIN ({LIVE}) i
                                  ON i.id = l.invoice_id
                                  WHERE l.charge_id = c.charge_id AND i.id = c.invoice_id))
        """,  # noqa: S608
    ),
    Invariant(
        "I1",
        "A load counts as invoiced exactly while a live invoice bills it.",
        f"""
        SELECT count(*) FROM billing_loadbilling b
        WHERE (b.status = 'INVOICED') <> EXISTS (
            SELECT 1 FROM billing_invoiceline l JOIN ({LIVE}) i ON i.id = l.invoice_id
            WHERE l.load_id = b.load_id)
        """,  # noqa: S608
    ),
    guarded(
        "I1",
        "The database itself keeps claims until their document is credited in full.",
        ("billing_billingclaim", "billing_loadclaim"),
        guards=("stays", "not_emptied", "released_by_credit"),
    ),
    Invariant(
        "I2",
        "Every document is the sum of its lines, and its snapshot says so too.",
        """
        SELECT count(*) FROM billing_invoice i
        LEFT JOIN (SELECT invoice_id, sum(amount) AS net, sum(tax_amount) AS tax
                   FROM billing_invoiceline GROUP BY invoice_id) l ON l.invoice_id = i.id
        WHERE (l.net, l.tax) IS DISTINCT FROM (i.net_amount, i.tax_amount)
           OR i.total_amount <> i.net_amount + i.tax_amount
           OR (i.snapshot -> 'totals' ->> 'total')::numeric <> i.total_amount
           OR i.snapshot ->> 'number' <> i.number
        """,
    ),
    Invariant(
        "I2",
        "Every line is its quantity times its rate, rounded, and its charge's amount.",
        """
        SELECT count(*) FROM billing_invoiceline l
        JOIN billing_invoice i ON i.id = l.invoice_id JOIN billing_charge c ON c.id = l.charge_id
        WHERE abs(l.quantity * l.rate - l.amount) > 0.01
           OR (i.kind = 'INVOICE' AND c.amount <> l.amount
               AND EXISTS (SELECT 1 FROM billing_billingclaim b
                           WHERE b.charge_id = c.id AND b.invoice_id = i.id))
        """,
    ),
    Invariant(
        "I2",
        "Every tax is its rate of its base, rounded once; a line's taxes add up to the line's.",
        """
        SELECT (SELECT count(*) FROM billing_invoicelinetax
                WHERE abs(tax_amount - base_amount * rate / 100) > 0.005)
             + (SELECT count(*) FROM billing_invoiceline l
                LEFT JOIN (SELECT line_id, sum(tax_amount) AS tax FROM billing_invoicelinetax
                           GROUP BY line_id) t ON t.line_id = l.id
                WHERE l.tax_amount <> coalesce(t.tax, 0))
             + (SELECT count(*) FROM billing_invoiceline l
                JOIN (SELECT line_id, sum(base_amount) AS base
                      FROM (SELECT DISTINCT line_id, jurisdiction, category, base_amount
                            FROM billing_invoicelinetax) AS supply
                      GROUP BY line_id) t ON t.line_id = l.id
                WHERE l.amount <> t.base)
        """,
    ),
    Invariant(
        "I3",
        "Numbers run without a gap up to the last one their series gave.",
        """
        SELECT count(*) FROM billing_series s JOIN LATERAL (
            SELECT count(*) AS given, count(DISTINCT i.sequence) AS different,
                   min(i.sequence) AS first, max(i.sequence) AS last
            FROM billing_invoice i WHERE i.series_id = s.id) n ON n.given > 0
        WHERE n.given <> n.different OR n.last - n.first + 1 <> n.given
           OR n.last <> s.last_number
        """,
    ),
    Invariant(
        "I3",
        "No document is dated before the one with the number before.",
        """
        SELECT count(*) FROM (
            SELECT issued_on, lag(issued_on) OVER (PARTITION BY series_id ORDER BY sequence) before
            FROM billing_invoice) AS dates
        WHERE issued_on < before
        """,
    ),
    Invariant(
        "I3",
        "Every printed number is the series' prefix and the number it gave.",
        """
        SELECT count(*) FROM billing_invoice i JOIN billing_series s ON s.id = i.series_id
        WHERE i.number <> s.prefix
            || lpad(i.sequence::text, greatest(6, length(i.sequence::text)), '0')
        """,
    ),
    frozen(
        "I4",
        "Documents, their lines, PDFs and ratings cannot be changed.",
        "billing_invoice",
        "billing_invoiceline",
        "billing_invoicedocument",
        "billing_invoicelinetax",
        "billing_ratingrecord",
        "billing_taxrecord",
    ),
    guarded(
        "I4",
        "No line joins an issued document, and none is issued that does not add up.",
        ("billing_invoice",),
        guards=("adds_up",),
    ),
    guarded(
        "I4",
        "An issued document takes no more lines.",
        ("billing_invoiceline",),
        guards=("in_time",),
    ),
    guarded("I4", "A billed charge cannot change.", ("billing_charge",), guards=("billed",)),
    Walk("I4", "Every snapshot is, to the last byte, the one that was issued.", changed_snapshots),
    Walk("I4", "Every stored PDF is, to the last byte, the one that was drawn.", changed_documents),
    Walk("I15", "Stored facts rate to the same cents again.", unrepeatable_ratings),
    Walk("I15", "Stored facts are taxed to the same cents again.", unrepeatable_taxes),
    Invariant(
        "I14",
        "What is left of a document is what it billed less what was credited and paid of it.",
        """
        SELECT count(*) FROM billing_invoice i
        JOIN billing_invoicestate s ON s.invoice_id = i.id
        CROSS JOIN LATERAL (SELECT coalesce(sum(a.amount), 0) AS paid
                            FROM billing_paymentapplication a WHERE a.invoice_id = i.id) AS cash
        CROSS JOIN LATERAL (SELECT coalesce(sum(c.total_amount), 0) AS returned
                            FROM billing_invoice c WHERE c.corrects_id = i.id
                              AND c.kind = 'CREDIT_NOTE') AS notes
        WHERE paid < 0 OR s.balance_amount < 0
           OR s.balance_amount
              <> CASE i.kind WHEN 'INVOICE' THEN i.total_amount + returned ELSE 0 END - paid
        """,
    ),
    Invariant(
        "I14",
        "No payment is set against invoices beyond what came in, or of others.",
        """
        SELECT (SELECT count(*) FROM billing_payment p
                LEFT JOIN billing_payment v ON v.voids_id = p.id
                CROSS JOIN LATERAL (SELECT coalesce(sum(a.amount), 0) AS applied
                    FROM billing_paymentapplication a WHERE a.payment_id = p.id) AS cash
                WHERE applied < 0 OR applied > CASE p.kind WHEN 'RECEIVED'
                      THEN p.amount + coalesce(v.amount, 0) ELSE 0 END)
             + (SELECT count(*) FROM billing_paymentapplication a
                JOIN billing_payment p ON p.id = a.payment_id
                JOIN billing_invoice i ON i.id = a.invoice_id
                WHERE p.customer_id <> i.customer_id OR p.currency <> i.currency
                   OR a.currency <> i.currency)
             + (SELECT count(*) FROM billing_payment v
                JOIN billing_payment p ON p.id = v.voids_id
                WHERE v.amount <> -p.amount OR v.currency <> p.currency
                   OR v.customer_id <> p.customer_id)
        """,
    ),
    Invariant(
        "I16",
        "Nothing that blocks was open when a load was billed.",
        """
        SELECT count(*) FROM billing_loadclaim c JOIN billing_invoice i ON i.id = c.invoice_id
        JOIN billing_blocker b ON b.load_id = c.load_id
        WHERE c.kind = 'PRIMARY' AND b.enforcement = 'BLOCK' AND b.opened_at <= i.issued_at
          AND (b.cleared_at IS NULL OR b.cleared_at > i.issued_at)
        """,
    ),
    Invariant(
        "I16",
        "No delivered load was billed without an accepted proof, where one was asked for.",
        """
        SELECT count(*) FROM billing_loadclaim c JOIN billing_invoice i ON i.id = c.invoice_id
        WHERE c.kind = 'PRIMARY' AND c.gates ->> 'pod_accepted' = 'BLOCK'
          AND NOT EXISTS (SELECT 1 FROM billing_charge t
                          WHERE t.load_id = c.load_id AND t.code = 'TONU')
          AND NOT EXISTS (SELECT 1 FROM dispatch_document d JOIN journal_event e
                          ON e.subject_table = 'dispatch_document' AND e.subject_id = d.id
                          AND e.name = 'document.accepted' AND e.recorded_at <= i.issued_at
                          WHERE d.load_id = c.load_id AND d.kind = 'POD')
        """,
    ),
    Invariant(
        "I16",
        "Every billed charge was priced by a rating or added by a person.",
        """
        SELECT count(*) FROM billing_billingclaim b JOIN billing_charge c ON c.id = b.charge_id
        WHERE c.status <> 'APPROVED' OR (c.origin = 'RATED' AND c.rating_record_id IS NULL)
           OR (c.origin = 'MANUAL' AND c.made_by NOT LIKE 'user:%')
        """,
    ),
    Invariant(
        "I22",
        "A document, its lines and its balance are in one currency.",
        """
        SELECT count(*) FROM billing_invoice i
        WHERE EXISTS (SELECT 1 FROM billing_invoiceline l
                      WHERE l.invoice_id = i.id AND l.currency <> i.currency)
           OR EXISTS (SELECT 1 FROM billing_invoicestate s
                      WHERE s.invoice_id = i.id AND s.currency <> i.currency)
           OR i.snapshot ->> 'currency' <> i.currency
        """,
    ),
    Invariant(
        "I22",
        "The state of a document repeats when it was issued and when it is due.",
        """
        SELECT count(*) FROM billing_invoice i JOIN billing_invoicestate s ON s.invoice_id = i.id
        WHERE s.issued_at <> i.issued_at
           OR s.due_on IS DISTINCT FROM CASE WHEN i.kind = 'INVOICE' THEN i.due_on END
        """,
    ),
    Invariant(
        "I23",
        "No invoice is credited beyond what it billed, and every credit names its invoice.",
        """
        SELECT count(*) FROM billing_invoice c
        LEFT JOIN billing_invoice i ON i.id = c.corrects_id
        WHERE c.kind = 'CREDIT_NOTE'
          AND (i.id IS NULL OR i.customer_id <> c.customer_id OR i.currency <> c.currency
               OR i.total_amount + (SELECT sum(n.total_amount) FROM billing_invoice n
                                    WHERE n.corrects_id = i.id) < 0)
        """,
    ),
    Invariant(
        "I23",
        "No charge is credited beyond what was billed of it, on its invoice or on its load.",
        """
        SELECT count(*) FROM (
            SELECT 1 FROM billing_invoiceline l
            JOIN billing_invoice i ON i.id = l.invoice_id
            JOIN billing_charge c ON c.id = l.charge_id
            GROUP BY GROUPING SETS (
                (l.load_id, c.code, c.stop_id, c.occurrence),
                (l.load_id, c.code, c.stop_id, c.occurrence, coalesce(i.corrects_id, i.id)))
            HAVING sum(l.amount)
                < least(0, sum(l.amount) FILTER (WHERE i.kind = 'INVOICE'))) AS returned
        """,
    ),
    Invariant(
        "I24",
        "Nobody approved a charge of their own, or a policy.",
        """
        SELECT (SELECT count(*) FROM billing_charge
                WHERE origin = 'MANUAL' AND status IN ('APPROVED', 'WAIVED')
                  AND made_by = decided_by)
             + (SELECT count(*) FROM billing_readinesspolicy
                WHERE status <> 'DRAFT' AND drafted_by = activated_by)
        """,
    ),
)
