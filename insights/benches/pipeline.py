"""Row 2: from a delivery to the invoice, its PDF and ERP message, beside bare WeasyPrint."""

import gc
from collections.abc import Iterator
from functools import partial

from django.conf import settings
from django.db import connection
from django.utils import timezone

from billing.models import Invoice
from billing.operations.rendering import lay_out
from billing.rules.snapshot import InvoiceSnapshot, from_data
from dispatch.models import Load
from insights.benches.measuring import Goal, Side, compare
from insights.benches.processor import processor_clock
from insights.benches.reporting import Finding
from insights.benches.shop import add_lines, open_shop, planned_loads, proven, settle, tell
from insights.benches.sizes import Sizes
from integrations.models import OutboxMessage
from journal.operations.working import claim, deliver

AT_ONCE = 10
LINES = 12
NOWHERE = "http://127.0.0.1:9"
POSTING = "integrations.handlers.queue_postings"


def measure_pipeline(sizes: Sizes) -> Iterator[Finding]:
    """Deliver ten loads and do all that follows; beside it lay ten such documents out."""
    usual, settings.ERP_URL = settings.ERP_URL, NOWHERE
    try:
        yield _compared(sizes)
    finally:
        settings.ERP_URL = usual


def _compared(sizes: Sizes) -> Finding:
    shipper = open_shop()
    count = min(AT_ONCE, sizes.loads)
    waiting = [
        _underway(planned_loads(count, of=shipper, prefix=f"R{number}"))
        for number in range(sizes.rounds + 2)
    ]
    _carry_through(waiting.pop())
    drawn = [from_data(invoice.snapshot) for invoice in Invoice.objects.order_by("pk")]
    result = compare(
        "2  from the delivery to the invoice, its stored PDF and the message to the ERP",
        # Both sweep up what layouts leave behind, once every ten: neither does it for the other.
        Side(
            "bare WeasyPrint, same HTML",
            [*(partial(_bare, each) for each in drawn), gc.collect],
            count,
        ),
        Side("ours", [lambda: _carry_through(waiting.pop())], count),
        goal=Goal(1 / 0.95, is_most=True),
        rounds=sizes.rounds,
        clock=processor_clock([connection]),
    )
    _check(count * (sizes.rounds + 2))
    return result


def _underway(loads: list[Load]) -> list[Load]:
    """Bring loads to the last dock, with their proofs on file: only the delivery is missing."""
    for event in range(3):
        tell(loads, event=event)
    proven(loads)
    add_lines(loads, lines=LINES)
    settle("intake", "billing", "housekeeping")
    return loads


def _carry_through(loads: list[Load]) -> None:
    """Tell the delivery of each, then do what the workers do: bill, draw, queue for the ERP."""
    for load in loads:
        tell([load], event=3)
    settle("billing", "render")
    queued = claim("outbound", at=timezone.now())
    deliver(POSTING, [delivery for delivery in queued if delivery.subscriber == POSTING])


def _bare(document: InvoiceSnapshot) -> None:
    """Draw with the stylesheet and fonts that are parsed already, and nothing else."""
    lay_out(document).write_pdf()


def _check(expected: int) -> None:
    """Raise RuntimeError unless everything that was to be made is there."""
    made = Invoice.objects.filter(document__isnull=False).count()
    queued = OutboxMessage.objects.filter(target=OutboxMessage.Target.ERP).count()
    if (made, queued) != (expected, expected):
        raise RuntimeError(f"{expected} loads were delivered: {made} drawn, {queued} queued.")
