"""Kill -9 of a worker at each of twelve steps: whoever comes after brings it to the same end.

`FAULT_ROUNDS=9` kills nine times at each.
"""

import os
from pathlib import Path
from time import monotonic, sleep
from typing import Any

import pytest
from django.core.management import call_command
from django.db import transaction
from django.utils import timezone

from billing.models import Invoice, InvoiceDocument, Series
from dispatch.queries.blobs import has_blob
from exceptions.models import Case, CaseEntry
from integrations.models import InboxMessage, OutboxMessage
from integrations.tasks import send_due
from journal.models import Delivery
from journal.operations.sealing import seal_events
from journal.operations.sweeping import sweep
from tests.factories import stories
from tests.factories.carrier import FIRST_NUMBER, Cast
from tests.factories.doors import push_all
from tests.factories.erp import CountingErp, serving
from tests.factories.stories import Message
from tests.faults.conftest import Pool
from tests.faults.worker import Step, work_through
from tests.journeys.endings import invoices_of, lines_of, load_of

pytestmark = pytest.mark.faults

ROUNDS = int(os.environ.get("FAULT_ROUNDS", "1"))
LONGEST_SECONDS = 60
UNSETTLED = [Delivery.Status.PENDING, Delivery.Status.LEASED]
ON_THE_WAY = [OutboxMessage.Status.WAITING, OutboxMessage.Status.LEASED]


POINTS = {
    "after inbox insert": Step("integrations.operations.receiving._keep", is_after=True),
    "after claim": Step("journal.operations.working.claim", is_after=True),
    "mid-transition": Step("journal.operations.lifecycle.record_many"),
    "after rating": Step("billing.operations.readiness.price_loads", is_after=True),
    "after number taken": Step("billing.operations.publishing.take_numbers", is_after=True),
    "after commit, before PDF": Step("billing.handlers.print_invoice"),
    "during PDF": Step("weasyprint.document.generate_pdf"),
    "after PDF file, before row": Step("billing.operations.printing.store_bytes", is_after=True),
    "after outbox insert": Step("integrations.handlers.queue_invoices", is_after=True),
    "after ERP request, before answer": Step("integrations.adapters.wire._read"),
    "after answer, before commit": Step("integrations.operations.sending.record_posting"),
    "during exception close": Step("exceptions.operations.closing.insert_rows"),
}


@pytest.mark.parametrize("_round", range(ROUNDS))
@pytest.mark.parametrize("point", POINTS)
def test_a_worker_killed_there_leaves_nothing_undone_and_nothing_done_twice(
    point: str,
    _round: int,
    cast_now: Cast,
    told: list[Message],
    pool: Pool,
    settings: Any,
    tmp_path: Path,
) -> None:
    # A delivery without its proof opens a case; the proof closes it.
    chapters = [stories.without(told, "POD"), stories.only(told, "POD")]
    erp = CountingErp()
    with serving(erp.handle) as settings.ERP_URL:
        acknowledged = pool.kill(POINTS[point], chapters, note=tmp_path / "acknowledged")
        assert acknowledged <= set(InboxMessage.objects.values_list("external_id", flat=True))
        for chapter in chapters:
            push_all(cast_now.tms, unanswered(chapter, acknowledged))
            finish()

    assert_one_invoice(cast_now)
    assert erp.documents == 1
    assert_all_settled()
    call_command("check_invariants", deep=True)


def unanswered(chapter: list[Message], acknowledged: set[str]) -> list[Message]:
    """Return the messages that their sender sends (again), as nobody acknowledged them."""
    return [message for message in chapter if message["id"] not in acknowledged]


def finish() -> None:
    """Be the sweeper and a new worker until everything has its end."""
    deadline = monotonic() + LONGEST_SECONDS
    while is_open():
        assert monotonic() < deadline, list(Delivery.objects.filter(status__in=UNSETTLED).values())
        sweep(at=timezone.now())
        work_through()
        send_due()
        sleep(0.1)
    with transaction.atomic():
        seal_events(at=timezone.now())


def is_open() -> bool:
    return (
        Delivery.objects.filter(status__in=UNSETTLED).exists()
        or OutboxMessage.objects.filter(status__in=ON_THE_WAY).exists()
    )


def assert_one_invoice(cast: Cast) -> None:
    [invoice] = invoices_of(load_of("CR104882"))
    document = InvoiceDocument.objects.get()
    assert Invoice.objects.count() == 1
    assert (invoice.sequence, invoice.total_amount) == (FIRST_NUMBER, stories.TOTAL)
    assert lines_of(invoice) == stories.LINES
    assert Series.objects.get(pk=cast.series.pk).last_number == FIRST_NUMBER
    assert document.invoice == invoice
    assert has_blob(document.sha256)
    assert invoice.state.erp_status == "POSTED"


def assert_all_settled() -> None:
    case = Case.objects.get()
    assert (case.kind, case.closed_by) == ("pod_missing", "rule:pod_accepted")
    assert CaseEntry.objects.filter(case=case, action="closed").count() == 1
    assert set(Delivery.objects.values_list("status", flat=True)) <= {"DONE", "IGNORED"}
    assert set(InboxMessage.objects.values_list("status", flat=True)) == {"PROCESSED"}
    assert OutboxMessage.objects.get(target="erp").status == OutboxMessage.Status.SENT
