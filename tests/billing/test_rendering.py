"""The PDF a customer receives: complete, archivable, the same every time, and deaf to its text."""

import gc
import hashlib
import os
import re
import socket
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from xml.etree import ElementTree

import msgspec
import pikepdf
import pytest
import time_machine
from django.conf import settings
from weasyprint import HTML
from weasyprint.urls import URLFetcher

from billing.operations import rendering
from billing.operations.rendering import ForbiddenAddressError, OwnFilesOnly, lay_out, render_pdf
from billing.rules.snapshot import DocumentReference, InvoiceSnapshot, to_json
from tests.billing.pdf_reading import open_pdf, texts
from tests.billing.snapshots import (
    CEDAR_RIDGE,
    ENDLESS,
    REEFER_LOADS,
    credit_note,
    european_invoice,
    hostile_invoice,
    invoice,
    line,
    load,
    many_loads,
)

TEMPLATES = Path(settings.BASE_DIR) / "templates" / "billing"


def words(snapshot: InvoiceSnapshot) -> str:
    return "\n".join(texts(render_pdf(snapshot).content))


@cache
def drawn(document: Callable[[], InvoiceSnapshot]) -> bytes:
    """The PDF of a document that several tests only read."""
    return render_pdf(document()).content


def long_invoice() -> InvoiceSnapshot:
    return invoice(many_loads(12))


# What stands on the paper


@pytest.mark.parametrize(
    "block",
    [
        # Letterhead
        ["Cedar Ridge Freight", "2150 W Fulton St, Chicago, IL 60612"],
        ["SCAC CDRF · MC 000000 · USDOT 0000000 · EIN 00-0000000", "Freight invoice"],
        # What, for whom, until when
        ["Bill to", "Prairie Foods Co.", "AP Center, PO Box 1180", "Joliet, IL 60434", "Issued"],
        ["Issued", "Nov 5, 2026", "Terms", "Net 30 days", "Customer account", "PRFD-0042", "Batch"],
        ["Amount due by Dec 5, 2026", "USD 4,864.17", "Quote INV-118204 with payment"],
        # A load: numbers to match by, stops, charges, subtotal
        ["Load 104762", "PRO", "7741092971", "BOL", "PF-2291502", "PO", "4500870944"],
        ["53′ reefer R5308 38,420 lb, 1,248 cs 377 mi"],
        ["Stop", "Appointment, local", "In", "Out", "1 PU"],
        ["1 PU", "Prairie Foods DC 12, Joliet, IL 60436", "Oct 21 07:00 – 08:00", "06:52", "08:31"],
        ["3 DL", "Lakeshore Grocers DC 3, Columbus, OH 43137", "Oct 22 06:00", "06:24", "09:40"],
        ["Charge", "Basis", "Quantity", "Rate", "Amount", "Linehaul"],
        ["Linehaul", "604 to 431, contract", "377 mi", "2.4200", "912.34", "Fuel surcharge"],
        ["Detention, stop 2", "14:00 – 17:12, 2h free", "1.25 h", "75.00", "93.75"],
        ["Lumper, stop 3", "Receipt 5519, at cost", "1", "285.00", "285.00", "Load 104762"],
        ["Load 104762", "1,652.01"],
        ["Load 104768", "1,424.07"],
        ["Load 104771", "1,788.09"],
        # Where to pay, and what
        ["Remit to", "ACH, preferred", "ABA 000000000", "Account 0000004471", "Check, lockbox"],
        ["Reference", "INV-118204", ", account PRFD-0042", "Remittance advice"],
        ["remit@cedarridge.example", "We never change bank details by email."],
        ["Linehaul", "3,278.71", "Fuel surcharge", "616.22", "Accessorials", "969.24"],
        ["Tax", "0.00", "Total, USD", "4,864.17"],
        # What goes with it, and how to object
        ["Attached: 3 signed PODs, 2 lumper receipts, 1 scale ticket. Charges follow rate card"],
        ["undisputed lines stay due on the date above."],
        # Foot
        ["INV-118204", "Billing questions: (312) 555-0142, billing@cedarridge.example"],
        ["Page 1 of 1"],
    ],
)
def test_every_block_of_the_design_stands_on_the_page(block: list[str]):
    assert "\n".join(block) in texts(drawn(invoice))[0]


def test_a_credit_note_has_its_own_title_negative_amounts_and_asks_for_no_payment():
    (text,) = texts(drawn(credit_note))

    assert "Credit note" in text
    assert "Freight invoice" not in text
    assert "INV-118204 of\nNov 5, 2026" in text
    assert "Detention at stop 3 disputed" in text
    assert "USD -112.50" in text
    assert "-1.50 h" in text
    assert "Total credit, USD\n-112.50" in text
    assert "Remit to" not in text
    assert "ABA" not in text
    assert "due by" not in text


def test_a_supplemental_invoice_names_the_one_it_adds_to():
    earlier = DocumentReference(number="INV-118100", issued_on=invoice().issued_on)
    text = words(invoice(REEFER_LOADS[:1], corrects=earlier))

    assert "Supplemental invoice" in text
    assert "Adds to\nINV-118100 of" in text


def test_tax_is_shown_on_each_line_and_totalled_by_rate():
    (text,) = texts(drawn(european_invoice))

    assert "Tax" in text
    assert "395.90\n18.50%\n21%\n73.24" in text
    assert "VAT 21% on 536.64\n112.70" in text
    assert "VAT 0% on 38.20\n0.00" in text
    assert "Total, EUR\n687.54" in text


def test_without_a_due_day_it_is_due_on_receipt():
    assert "Amount due on receipt\nUSD 1,652.01" in words(invoice(REEFER_LOADS[:1], due_on=None))


def test_an_invoice_over_nothing_asks_for_nothing():
    free = load("1", (line("Linehaul", "Contract minimum paid", "1", "0.00", "0.00"),))

    assert "Nothing to pay\nUSD 0.00" in words(invoice((free,)))


def test_blocks_without_content_leave_no_label_behind():
    bare = invoice(
        (load("1", (line("Linehaul", "", "1", "10.00", "10.00"),)),),
        batch_note="", terms="", attachments=(), rate_card_note="", dispute_note="",
    )  # fmt: skip
    text = words(bare)

    for label in ("Batch", "Terms", "Attached", "Appointment", "PRO", "Reason", "Corrects"):
        assert label not in text


def test_the_entitys_own_mark_replaces_the_house_mark():
    path = '<path fill="#f00" d="M0 0h9v9H0z"/>'
    mark = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9">{path}</svg>'
    own = msgspec.structs.replace(CEDAR_RIDGE, logo_svg=mark)

    assert (1, 0, 0) in _fills(invoice(REEFER_LOADS[:1], entity=own))
    assert (1, 0, 0) not in _fills(invoice(REEFER_LOADS[:1]))


def _fills(snapshot: InvoiceSnapshot) -> set[tuple[float, ...]]:
    """Every fill colour of the document, in streams of pages and pictures."""
    with open_pdf(render_pdf(snapshot).content) as pdf:
        streams = [each for each in pdf.objects if isinstance(each, pikepdf.Stream)]
        drawn = [each for each in streams if each.get("/Subtype") in (None, "/Form")]
        found = [each.read_bytes() for each in drawn if "/N" not in each]
    colours = re.findall(rb"([\d.]+) ([\d.]+) ([\d.]+) (?:rg|scn)\b", b"\n".join(found))
    return {tuple(float(part) for part in colour) for colour in colours}


# How it breaks into pages


def test_the_pages_told_are_the_pages_there():
    rendered = render_pdf(invoice(many_loads(4)))

    with open_pdf(rendered.content) as pdf:
        assert rendered.pages == len(pdf.pages) == 2


def test_a_load_is_never_split_over_two_pages():
    pages = texts(drawn(long_invoice))

    for each in many_loads(12):
        mentions = [page.count(f"Load {each.number}\n") for page in pages]

        assert sorted(mentions) == [0, 0, 0, 2]


def test_every_page_is_numbered_and_later_ones_say_whose_they_are():
    pages = texts(drawn(long_invoice))

    assert "continued" not in pages[0]
    for number, page in enumerate(pages, start=1):
        assert f"Page {number} of 4" in page
        if number > 1:
            assert "Freight invoice INV-118204" in page
            assert "Prairie Foods Co. · issued Nov 5, 2026 · total USD 19,456.68" in page
            assert "Bill to" not in page


@pytest.mark.parametrize("count", [1, 3, 7])
def test_where_to_pay_and_what_stay_together(count: int):
    *_, last = texts(render_pdf(invoice(many_loads(count))).content)

    for block in ("Remit to", "Remittance advice", "Accessorials", "Total, USD", "Attached:"):
        assert block in last


def test_a_load_longer_than_a_page_goes_on_under_its_own_column_heads():
    lines = tuple(
        line("Redelivery", f"Attempt {number:03}", "1", "1.00", "1.00") for number in range(1, 121)
    )
    pages = texts(render_pdf(invoice((load("104999", lines),))).content)

    assert len(pages) == 3
    assert "Attempt 001" in pages[0]
    assert [f"Attempt {number:03}" for number in range(1, 121)] == re.findall(
        r"Attempt \d{3}", "\n".join(pages)
    )
    assert all("Charge\nBasis\nQuantity" in page for page in pages)


@pytest.mark.parametrize(
    ("currency", "size"),
    [("USD", (612, 792)), ("CAD", (612, 792)), ("EUR", (595, 842)), ("MXN", (595, 842))],
)
def test_paper_is_letter_for_dollars_and_a4_elsewhere(currency: str, size: tuple[int, int]):
    with open_pdf(render_pdf(invoice(REEFER_LOADS[:1], currency=currency)).content) as pdf:
        *_, width, height = pdf.pages[0].mediabox

        assert (round(float(width)), round(float(height))) == size


# What an archive and a machine ask of it


def test_the_same_snapshot_gives_the_same_bytes_on_another_day():
    with time_machine.travel(datetime(2031, 2, 3, tzinfo=UTC)):
        later = render_pdf(invoice()).content

    assert drawn(invoice) == later


def test_the_same_snapshot_gives_the_same_bytes_in_another_process_and_zone():
    program = (
        "import sys, hashlib, django; django.setup()\n"
        "from billing.operations.rendering import render_pdf\n"
        "from billing.rules.snapshot import from_json\n"
        "content = render_pdf(from_json(sys.stdin.buffer.read())).content\n"
        "print(hashlib.sha256(content).hexdigest())"
    )
    other = subprocess.run(
        [sys.executable, "-c", program],
        input=to_json(invoice()),
        cwd=settings.BASE_DIR,
        env={**os.environ, "TZ": "Asia/Tokyo", "PYTHONHASHSEED": "42", "LC_ALL": "C"},
        capture_output=True,
        check=True,
    )

    assert other.stdout.decode().strip() == hashlib.sha256(drawn(invoice)).hexdigest()


def test_another_snapshot_has_another_identity():
    first, second = (
        render_pdf(invoice(REEFER_LOADS[:1], terms=terms)).content for terms in ("Net 30", "Net 31")
    )

    with open_pdf(first) as one, open_pdf(second) as two:
        assert bytes(one.trailer.ID[0]) != bytes(two.trailer.ID[0])


def test_it_declares_itself_pdf_a_3b_and_carries_what_that_needs():
    with open_pdf(drawn(invoice)) as pdf:
        with pdf.open_metadata() as metadata:
            assert metadata.pdfa_status == "3B"
            assert metadata["dc:title"] == "Freight invoice INV-118204"
        assert pdf.Root.OutputIntents[0].S == "/GTS_PDFA1"
        assert len(pdf.trailer.ID) == 2
        assert not pdf.is_encrypted
        assert pdf.Root.Lang == "en"


def test_it_is_dated_by_the_issue():
    with open_pdf(drawn(invoice)) as pdf:
        assert pdf.docinfo.CreationDate == pdf.docinfo.ModDate == "D:20261105150407Z"
        assert pdf.Root.AF[0].EF.F.Params.ModDate == "D:20261105150407Z"


def test_its_own_data_is_attached_once_as_an_associated_file():
    with open_pdf(drawn(invoice)) as pdf:
        assert list(pdf.attachments) == ["invoice.json"]
        assert len(pdf.Root.AF) == 1
        assert pdf.Root.AF[0].AFRelationship == "/Data"
        assert pdf.Root.AF[0].EF.F.Subtype == "/application/json"
        assert pdf.attachments["invoice.json"].get_file().read_bytes() == to_json(invoice())


def test_only_the_two_shipped_fonts_are_embedded():
    with open_pdf(drawn(long_invoice)) as pdf:
        fonts = {
            str(font.BaseFont).partition("+")[2]: font.DescendantFonts[0].FontDescriptor
            for page in pdf.pages
            for font in page.resources.Font.values()
        }

        assert sorted(fonts) == ["Lading", "Lading-Semi-Bold"]
        assert all("/FontFile2" in descriptor for descriptor in fonts.values())


def test_it_is_small_enough_to_mail():
    assert len(drawn(invoice)) < 40_000


def test_each_load_is_a_bookmark():
    with (
        open_pdf(drawn(long_invoice)) as pdf,
        pdf.open_outline() as outline,
    ):
        titles = [child.title for child in outline.root[0].children]

    assert titles[:2] == ["Load 104762", "Load 104765"]


# What a hostile text can do: nothing


def test_markup_in_a_text_is_printed_and_not_obeyed():
    content = drawn(hostile_invoice)
    text = " ".join("".join(texts(content)).split())

    assert "<script>alert(1)</script><img" in text
    assert "{{ doc }}{% now 'Y' %}</td></table>" in text
    with open_pdf(content) as pdf:
        assert list(pdf.attachments) == ["invoice.json"]
        assert not [page for page in pdf.pages if "/Annots" in page]
        assert not {"/OpenAction", "/AA", "/AcroForm"} & set(pdf.Root.keys())
        assert "/JavaScript" not in pdf.Root.Names


def test_controls_and_overrides_of_direction_are_dropped_and_the_metadata_stays_xml():
    content = drawn(hostile_invoice)

    assert not re.search("[\x00\x1b\u202e]", "".join(texts(content)))
    with open_pdf(content) as pdf:
        metadata = pdf.Root.Metadata.read_bytes()
    creator = "{http://purl.org/dc/elements/1.1/}creator"
    (author,) = ElementTree.fromstring(metadata).iter(creator)
    assert "<script>" in "".join(author.itertext())


def test_letters_of_other_scripts_are_printed():
    text = "\n".join(texts(drawn(hostile_invoice)))

    assert "שלום" in text or "םולש" in text


@pytest.mark.parametrize("document", [hostile_invoice, invoice, credit_note, european_invoice])
def test_no_text_runs_off_the_paper(document):
    for page in lay_out(document()).pages:
        left, right = 14 / 25.4 * 96, page.width - 14 / 25.4 * 96
        for box in page._page_box.descendants():
            if getattr(box, "text", "").strip():
                assert box.position_x > left - 1, box.text
                assert box.position_x + box.width < right + 1, box.text


def test_a_long_text_is_printed_to_its_last_letter():
    lines = (line("Linehaul", ENDLESS, "1", "10.00", "10.00"),)
    text = words(invoice((load("1", lines),), dispute_note=""))

    assert text.replace("\n", "").count(ENDLESS) == 1


@pytest.mark.parametrize(
    "address",
    [
        "http://169.254.169.254/latest/meta-data/",
        "https://example.org/logo.png",
        "file:///etc/passwd",
        "data:text/plain,hello",
        "ftp://127.0.0.1/x",
        "lading:../../config/settings.py",
        "lading:inter-pdf-400.woff2?",
        "LADING:logo.svg",
        "logo.svg",
        "",
    ],
)
def test_no_address_is_ever_opened(address: str):
    with pytest.raises(ForbiddenAddressError):
        OwnFilesOnly({"logo.svg": b"<svg/>"}).fetch(address)


def test_an_own_file_is_answered_from_memory():
    assert OwnFilesOnly({"logo.svg": b"<svg/>"}).fetch("lading:logo.svg").read() == b"<svg/>"


def test_a_mark_that_points_elsewhere_reaches_neither_the_network_nor_the_disk(tmp_path: Path):
    picture = tmp_path / "secret.png"
    picture.write_bytes(
        bytes.fromhex(
            "89504e470d0a1a0a0000000d4948445200000001000000010806000000"
            "1f15c4890000000d49444154789c6360f8cf500f0003860180"
            "5a342e6d0000000049454e44ae426082"
        )
    )
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0)
        links = (f"http://127.0.0.1:{server.getsockname()[1]}/x.png", picture.as_uri())
        images = "".join(f'<image href="{link}" width="9" height="9"/>' for link in links)
        mark = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9">{images}</svg>'
        entity = msgspec.structs.replace(CEDAR_RIDGE, logo_svg=mark)

        content = render_pdf(invoice(REEFER_LOADS[:1], entity=entity)).content

        with pytest.raises(BlockingIOError):
            server.accept()
    with open_pdf(content) as pdf:
        pictures = [each for each in pdf.objects if isinstance(each, pikepdf.Stream)]
        assert not [each for each in pictures if each.get("/Subtype") == "/Image"]


def test_a_mark_that_is_no_picture_leaves_the_rest_of_the_page_alone():
    entity = msgspec.structs.replace(CEDAR_RIDGE, logo_svg="<svg")

    assert "Cedar Ridge Freight" in words(invoice(REEFER_LOADS[:1], entity=entity))


# What it costs


def test_the_collector_rests_during_a_layout_and_works_again_after_it(monkeypatch):
    at_work: list[bool] = []

    def watched(snapshot: InvoiceSnapshot) -> object:
        at_work.append(gc.isenabled())
        return lay_out(snapshot)

    monkeypatch.setattr(rendering, "lay_out", watched)

    render_pdf(invoice(REEFER_LOADS[:1]))

    assert at_work == [False]
    assert gc.isenabled()


def test_the_collector_works_again_after_a_failure(monkeypatch):
    monkeypatch.setattr(rendering, "lay_out", lambda _: 1 / 0)

    with pytest.raises(ZeroDivisionError):
        render_pdf(invoice(REEFER_LOADS[:1]))

    assert gc.isenabled()


def test_what_layouts_leave_behind_is_collected_every_ten_documents(monkeypatch):
    collections: list[int] = []
    monkeypatch.setattr(gc, "collect", lambda: collections.append(1))
    monkeypatch.setattr(rendering, "lay_out", lambda _: 1 / 0)

    for _ in range(20):
        with pytest.raises(ZeroDivisionError):
            render_pdf(invoice(REEFER_LOADS[:1]))

    assert len(collections) == 2


class AsUsual(HTML):
    """The same source by the usual way: HTML's own parser, under WeasyPrint's own stylesheet."""

    def __init__(self, source: str, *, url_fetcher: URLFetcher) -> None:
        super().__init__(string=source, url_fetcher=url_fetcher)


@pytest.mark.parametrize(
    "document", [invoice, long_invoice, credit_note, european_invoice, hostile_invoice]
)
def test_the_short_way_of_parsing_and_styling_draws_the_same_bytes(document, monkeypatch):
    ours = drawn(document)
    monkeypatch.setattr("billing.operations.rendering.WellFormedHTML", AsUsual)

    assert hashlib.sha256(render_pdf(document()).content).digest() == hashlib.sha256(ours).digest()


def test_fonts_and_stylesheet_are_parsed_once_in_a_process():
    render_pdf(invoice(REEFER_LOADS[:1]))
    before = rendering._press()

    render_pdf(european_invoice())

    assert rendering._press() is before


@pytest.mark.parametrize(
    "costly",
    [
        r"display:\s*(inline-)?(flex|grid)",
        r":nth-|:first-child|:last-child|:not\(|:has\(",
        r"(^|[\s,>+~])\*\s*[,{.:\[]",
        r"table-layout:\s*auto",
        r"url\((?!lading:)",
        r"@import",
    ],
)
def test_the_stylesheet_stays_lean(costly: str):
    css = re.sub(r"/\*.*?\*/", "", (TEMPLATES / "invoice.css").read_text(), flags=re.DOTALL)

    assert not re.search(costly, css, re.MULTILINE)


def test_every_table_of_the_template_names_its_columns_and_no_cell_is_styled_by_hand():
    template = (TEMPLATES / "invoice.html").read_text()
    tables = re.findall(r"<table[^>]*>\s*(<\w+)", template)

    assert set(tables) == {"<col"}
    assert "style=" not in template
    assert "|safe" not in template
    assert "autoescape" not in template
