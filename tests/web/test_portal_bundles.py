"""Many invoices in one ZIP: complete, safely named, and never in memory at once."""

import io
import tracemalloc
import zipfile
from collections.abc import Iterator
from typing import Any

import pytest
from django.utils import timezone

from dispatch.models import Document
from dispatch.operations.filing import store_bytes
from tests.factories import DocumentFactory
from tests.factories.doors import sign_in
from tests.web.portal import PROOF, draw, refer, store_proof
from web.portal import taking
from web.portal.bundles import Bundle, Entry, Names, stream

pytestmark = pytest.mark.django_db

ZIP_QUERIES = 10
MEGABYTE = 1024 * 1024


def opened(answer: Any) -> zipfile.ZipFile:
    archive = zipfile.ZipFile(io.BytesIO(answer.getvalue()))
    assert archive.testzip() is None
    return archive


def test_each_invoice_comes_with_its_pdf_and_its_proof(shipper, issued, customer) -> None:
    chosen, other = draw(issued(customer, number="104879")), draw(issued(customer))
    store_proof(chosen)

    answer = sign_in(shipper).get("/portal/invoices.zip", {"invoice": [chosen.number]})

    archive = opened(answer)
    pdf, proof = archive.namelist()
    assert pdf == f"{chosen.number}/{chosen.number}.pdf"
    assert archive.read(pdf).startswith(b"%PDF")
    assert proof.startswith(f"{chosen.number}/104879-pod-")
    assert archive.read(proof) == PROOF
    assert other.number not in " ".join(archive.namelist())
    assert answer["Content-Disposition"] == 'attachment; filename="invoices.zip"'


def test_without_a_choice_the_search_is_taken_home(shipper, issued, customer) -> None:
    found, _ = draw(issued(customer)), draw(issued(customer))
    refer(found)

    archive = opened(sign_in(shipper).get("/portal/invoices.zip", {"q": "45008707"}))

    assert {name.split("/")[0] for name in archive.namelist()} == {found.number, "Left out.txt"}


def test_what_cannot_come_is_told_in_a_sentence(shipper, issued, customer) -> None:
    waiting = issued(customer)
    store_proof(waiting)

    archive = opened(sign_in(shipper).get("/portal/invoices.zip", {"invoice": waiting.number}))

    told = archive.read("Left out.txt").decode()
    assert told == f"{waiting.number}: the PDF is still being drawn.\n"


@pytest.mark.parametrize(
    "filename", ["../../etc/passwd", "C:\\Windows\\a.exe", "pod\n.pdf", "..", "ü" * 160]
)
def test_no_name_leads_out_of_its_folder(shipper, issued, customer, filename: str) -> None:
    invoice = draw(issued(customer))
    Document.objects.filter(load__claims__invoice=invoice).update(
        filename=filename, sha256=store_bytes(PROOF)
    )

    archive = opened(sign_in(shipper).get("/portal/invoices.zip", {"invoice": invoice.number}))

    for name in archive.namelist():
        folder, _, rest = name.partition("/")
        assert folder == invoice.number
        assert not set(rest) & set('/\\:*?"<>|\n')
        assert not rest.startswith(".")
        assert len(rest) < 120


def test_names_are_unique_also_where_capitals_do_not_count() -> None:
    names = Names()

    assert [names.take(name) for name in ("a/x.pdf", "a/X.pdf", "a/x.pdf", "b/x.pdf")] == [
        "a/x.pdf", "a/X-2.pdf", "a/x-3.pdf", "b/x.pdf",
    ]  # fmt: skip


def test_papers_that_a_customer_may_not_see_stay_out(shipper, issued, customer) -> None:
    invoice = draw(issued(customer))
    load = Document.objects.get(load__claims__invoice=invoice).load
    secret = store_bytes(b"%PDF-1.7 what the carrier gets")
    DocumentFactory(load=load, kind="RATE_CONFIRMATION", status="ACCEPTED", sha256=secret)

    archive = opened(sign_in(shipper).get("/portal/invoices.zip", {"invoice": invoice.number}))

    assert "rate" not in " ".join(archive.namelist())


def test_a_ten_times_larger_zip_takes_no_more_memory(settings, tmp_path) -> None:
    settings.BLOB_ROOT = tmp_path
    shas = [store_bytes(bytes([n]) * MEGABYTE) for n in range(20)]

    def peak(count: int) -> int:
        entries = tuple(
            Entry(f"{n}.bin", sha, timezone.now()) for n, sha in enumerate(shas[:count])
        )
        tracemalloc.start()
        sent = sum(len(piece) for piece in stream(Bundle(entries, ())))
        _, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        assert sent > count * MEGABYTE
        return most

    small, large = peak(2), peak(20)

    assert large < MEGABYTE
    assert large < small * 1.5


def test_the_bytes_flow_while_the_zip_is_made_and_no_row_is_read_then(
    shipper, issued, customer, django_assert_num_queries
) -> None:
    invoice = draw(issued(customer))
    answer: Any = sign_in(shipper).get("/portal/invoices.zip", {"invoice": invoice.number})

    with django_assert_num_queries(0):
        pieces: Iterator[bytes] = iter(answer.streaming_content)
        assert next(pieces)
        list(pieces)


def test_more_invoices_than_the_limit_are_refused_in_one_sentence(
    shipper, issued, customer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(taking, "LIMIT", 1)
    numbers = [issued(customer).number, issued(customer).number]
    browser = sign_in(shipper)

    for asked in ({"invoice": numbers}, {"view": "all"}):
        answer = browser.get("/portal/invoices.zip", asked)
        assert answer.status_code == 422
        assert "A ZIP holds up to 1 invoice" in answer.content.decode()


def test_nothing_selected_says_so(shipper, issued, customer) -> None:
    issued(customer)

    page = sign_in(shipper).get("/portal/invoices.zip", {"chosen": "1"}, follow=True)

    assert "Select the invoices first" in page.content.decode()


def test_the_statements_do_not_grow_with_the_choice(
    shipper, issued, customer, django_assert_num_queries
) -> None:
    numbers = [issued(customer).number for _ in range(3)]
    browser = sign_in(shipper)

    with django_assert_num_queries(ZIP_QUERIES):
        browser.get("/portal/invoices.zip", {"invoice": numbers[:1]})
    with django_assert_num_queries(ZIP_QUERIES):
        browser.get("/portal/invoices.zip", {"invoice": numbers})
