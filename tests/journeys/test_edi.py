"""From X12 files to an invoice."""

from collections.abc import Callable
from datetime import date
from hashlib import sha256
from pathlib import Path

from django.core.management import call_command

from billing.models import Invoice
from dispatch.queries.blobs import open_blob
from integrations.models import InboxMessage
from tests.factories import interchanges
from tests.factories.carrier import Cast
from tests.factories.doors import upload_pod
from tests.journeys.endings import invoices_of, lines_of, load_of

PICKUP, DELIVERY = date(2026, 11, 18), date(2026, 11, 19)


def test_a_204_and_its_214s_become_an_issued_invoice(
    cast: Cast, drain: Callable[[], int], tmp_path: Path
) -> None:
    told = interchanges.day_of("S104879", pickup=PICKUP, delivery=DELIVERY)
    call_command("ingest", "--source", "van", *interchanges.write(tmp_path, told))
    drain()
    load = load_of("S104879")
    assert load.status == "DELIVERED"
    assert not Invoice.objects.exists()

    upload_pod(load, by=cast.biller)
    drain()

    [invoice] = invoices_of(load)
    assert invoice.number == "INV-117001"
    assert lines_of(invoice) == interchanges.LINES
    assert invoice.total_amount == interchanges.TOTAL
    pdf = open_blob(invoice.document.sha256).read()
    assert sha256(pdf).hexdigest() == invoice.document.sha256
    assert pdf.startswith(b"%PDF-")
    statuses = set(InboxMessage.objects.values_list("status", flat=True))
    assert statuses == {InboxMessage.Status.PROCESSED}


def test_the_same_files_again_change_nothing(
    cast: Cast, drain: Callable[[], int], tmp_path: Path
) -> None:
    told = interchanges.day_of("S104879", pickup=PICKUP, delivery=DELIVERY)
    paths = interchanges.write(tmp_path, told)
    call_command("ingest", "--source", "van", *paths)
    upload_pod(load_of("S104879"), by=cast.biller)
    drain()

    call_command("ingest", "--source", "van", *paths)
    settled = drain()

    assert settled == 0
    assert InboxMessage.objects.count() == len(told)
    assert Invoice.objects.count() == 1
