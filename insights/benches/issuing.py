"""Row 6: gapless invoices of twelve lines in runs, beside raw SQL a statement at a time."""

from collections.abc import Iterator, Sequence

from django.db import connection, connections, transaction

from billing.models import Invoice, LoadBilling
from billing.operations.invoicing import issue_invoices
from billing.operations.readiness import evaluate_loads
from dispatch.models import Load
from insights.benches import tariffs
from insights.benches.measuring import Goal, Side, compare
from insights.benches.processor import processor_clock
from insights.benches.reporting import Finding
from insights.benches.shop import BY, LANES, add_lines, open_shop, proven
from insights.benches.sizes import Sizes

RUN = 50
LINES = 12
TABLES = """
CREATE TABLE bench_series (code text PRIMARY KEY, last_number bigint);
CREATE TABLE bench_invoice (id bigserial PRIMARY KEY, number bigint UNIQUE, customer text,
    total numeric(14, 2), issued_at timestamptz);
CREATE TABLE bench_line (id bigserial PRIMARY KEY, invoice_id bigint REFERENCES bench_invoice,
    position int, code text, quantity numeric, rate numeric, amount numeric(14, 2),
    UNIQUE (invoice_id, position));
CREATE TABLE bench_outbox (id bigserial PRIMARY KEY, invoice_id bigint, told jsonb);
INSERT INTO bench_series VALUES ('INV', 0);
GRANT ALL ON bench_series, bench_invoice, bench_line, bench_outbox TO PUBLIC;
GRANT ALL ON SEQUENCE bench_invoice_id_seq, bench_line_id_seq, bench_outbox_id_seq TO PUBLIC
"""
NUMBER = "UPDATE bench_series SET last_number = last_number + 1 RETURNING last_number"
INVOICE = """
INSERT INTO bench_invoice (number, customer, total, issued_at) VALUES (%s, 'C', 1000, now())
RETURNING id
"""
LINE = """
INSERT INTO bench_line (invoice_id, position, code, quantity, rate, amount)
VALUES (%s, %s, 'LHS', 1, 10, 10)
"""
OUTBOX = "INSERT INTO bench_outbox (invoice_id, told) VALUES (%s, '{}')"


def measure_issuing(sizes: Sizes) -> Iterator[Finding]:
    """Issue a run of invoices both ways; ours judges every load again, claims, and journals."""
    shipper = open_shop()
    count = min(RUN, sizes.loads)
    runs = []
    for number in range(sizes.rounds + 1):
        loads = tariffs.delivered_loads(count, of=shipper, lane_count=LANES, prefix=f"R{number}-")
        runs.append(_ready(loads))
    with connections["owner"].cursor() as cursor:
        cursor.execute(TABLES)
    yield compare(
        f"6  gapless invoices of {LINES} lines",
        Side("by hand, a statement at a time", [_issue_by_hand] * count, count),
        Side(f"ours, runs of {count}", [lambda: _issue(runs.pop())], count),
        goal=Goal(2, is_most=False),
        rounds=sizes.rounds,
        clock=processor_clock([connection]),
    )


def _ready(loads: Sequence[Load]) -> list[list[LoadBilling]]:
    """Judge loads with all their papers and lines; one invoice each."""
    proven(loads)
    add_lines(loads, lines=LINES)
    with transaction.atomic():
        billings = evaluate_loads([load.pk for load in loads], by="rule:bench", at=tariffs.AT)
    return [[billing] for billing in billings]


def _issue(groups: Sequence[Sequence[LoadBilling]]) -> None:
    """Issue a run; raises whatever one of them is refused with."""
    with transaction.atomic():
        issued = issue_invoices(groups, by=BY, at=tariffs.AT)
    for each in issued:
        if not isinstance(each, Invoice):
            raise each


def _issue_by_hand() -> None:
    """Take a number, write the invoice, its lines and the message, and commit."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(NUMBER)
        cursor.execute(INVOICE, cursor.fetchone())
        (invoice_id,) = cursor.fetchone()
        for position in range(1, LINES + 1):
            cursor.execute(LINE, [invoice_id, position])
        cursor.execute(OUTBOX, [invoice_id])
