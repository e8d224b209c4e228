"""Whatever somebody sends is answered with one clear sentence, and nothing is lost."""

import zipfile
from io import BytesIO

import pytest

from dispatch.queries.blobs import has_blob
from rating.operations.importing import SheetRefused, inspect_sheet
from rating.operations.importing.understanding import StagedRow
from tests.rating.importing.sending import LIST, send, workbook
from tests.rating.making import drafted

pytestmark = pytest.mark.django_db
ROWS = (["origin", "destination", "basis", "rate"], ["604", "431", "flat", 9])


def rezipped(content: bytes, **parts: bytes) -> bytes:
    """The same archive with parts added or replaced; a key's __ stands for a slash."""
    names = {name.replace("__", "/").replace("_xml", ".xml"): part for name, part in parts.items()}
    file = BytesIO()
    with zipfile.ZipFile(BytesIO(content)) as old, zipfile.ZipFile(file, "w", 8) as new:
        for part in old.infolist():
            if part.filename not in names:
                new.writestr(part.filename, old.read(part))
        for name, data in names.items():
            new.writestr(name, data)
    return file.getvalue()


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "is empty"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1rest", "old Excel file"),
        (b"%PDF-1.7 something", "no sheet"),
        (b"\x89PNG\r\n\x1a\n", "no sheet"),
        (b"origin,dest\x00ination,rate\n", "no text"),
        (b"x" * (25 * 1024 * 1024 + 1), "larger than 25 MB"),
    ],
    ids=["empty", "old excel", "pdf", "image", "nul", "too large"],
)
def test_what_is_no_sheet_at_all_is_refused_at_the_door(content, sentence):
    with pytest.raises(SheetRefused, match=sentence):
        inspect_sheet("rates.csv", content)


def bomb() -> bytes:
    return rezipped(workbook(*ROWS), xl__worksheets__sheet1_xml=b"<x>" + b" " * 40_000_000)


HOSTILE = {
    "one byte": (b"x", "No line of headings"),
    "blank": (b"\n\n , \n", "No line of headings"),
    "late nul": (LIST.encode() + b"x" * 5000 + b"\x00", "NUL bytes"),
    "no text": (LIST.encode() + b"\x81\x8d", "no text in UTF-8"),
    "no workbook": (rezipped(b"PK\x05\x06" + b"\x00" * 18, a=b"b"), "no Excel sheet"),
    "damaged": (workbook(*ROWS)[:900], "damaged"),
    "bomb": (bomb(), "unpacks to more"),
    "macro": (rezipped(workbook(*ROWS), **{"xl__vbaProject.bin": b"x"}), "holds macros"),
    "entities": (
        rezipped(
            workbook(*ROWS),
            xl__workbook_xml=b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "c">]><workbook/>',
        ),
        "XML entities",
    ),
    "broken xml": (rezipped(workbook(*ROWS), xl__worksheets__sheet1_xml=b"<work"), "damaged"),
    "300 columns": (LIST.encode() + b"," * 299 + b"x\n", "more than 256 columns"),
    "16 MB cell": (LIST.encode() + b'"' + b"x" * 16_000_000 + b'",1\n', "cannot be read"),
    "long cell": (LIST.encode() + b"x" * 40_000 + b",1\n", "more than 32,767 letters"),
    "open quote": (LIST.encode() + b'"604,431\n' + b"605,431,flat,9\n" * 9000, "cannot be read"),
    "no headings": (b"604,431\n605,431\n", "No line of headings"),
    "heading twice": (b"origin,from,destination,rate\n", "names origin twice"),
    "break twice": (b"origin,destination,500 lb,M5C\n", "one weight break twice"),
    "only headings": (b"origin,destination,basis,rate\n", "at least one lane"),
    "too many lanes": (
        b"origin,destination,basis,rate\n" + b"000-999,000-999,flat,1\n", "at most 1,000 lanes"),
}  # fmt: skip


@pytest.mark.parametrize(("content", "sentence"), HOSTILE.values(), ids=HOSTILE)
def test_a_hostile_sheet_is_refused_with_one_sentence_and_its_bytes_are_kept(content, sentence):
    draft = drafted()

    batch = send(draft, content)

    assert batch.status == "REFUSED"
    assert sentence in batch.faults[0]["wanted"]
    assert batch.fault_count == 1
    assert has_blob(batch.sha256)
    assert draft.lanes.count() == 2


def test_a_sheet_with_more_lines_than_any_card_is_refused(monkeypatch):
    monkeypatch.setattr("rating.operations.importing.opening.MOST_LINES", 3)

    assert "more than 3 lines" in send(drafted(), LIST).faults[0]["wanted"]


def test_a_sheet_with_more_lanes_than_any_card_is_refused(monkeypatch):
    monkeypatch.setattr("rating.operations.importing.staging.MOST_LANES", 2)

    assert "more than 2 lanes" in send(drafted(), LIST).faults[0]["wanted"]


def test_one_line_of_a_grid_makes_no_more_lanes_than_one_of_a_list():
    content = b"," + b"000-999," * 10 + b"\n000-999," + b"1," * 10

    batch = send(drafted(), content, basis="FLAT")

    assert (batch.status, batch.fault_count) == ("REFUSED", 1)
    assert batch.faults[0]["wanted"] == "at most 1,000 lanes from one line"


def test_no_more_lanes_are_made_than_a_card_may_have(monkeypatch):
    made = []
    columns = StagedRow.columns

    def noted(row: StagedRow) -> tuple[object, ...]:
        made.append(row)
        return columns(row)

    monkeypatch.setattr(StagedRow, "columns", noted)
    monkeypatch.setattr("rating.operations.importing.staging.MOST_LANES", 1500)
    lines = b"".join(b"000-999,%03d,flat,1\n" % row for row in range(20))

    batch = send(drafted(), b"origin,destination,basis,rate\n" + lines)

    assert "more than 1,500 lanes" in batch.faults[0]["wanted"]
    assert len(made) == 1500


def test_a_workbook_that_claims_a_million_lines_is_read_as_far_as_it_goes():
    content = workbook(*ROWS)
    sheet = zipfile.ZipFile(BytesIO(content)).read("xl/worksheets/sheet1.xml")
    claimed = sheet.replace(b'ref="A1:D2"', b'ref="A1:XFD1048576"')
    assert claimed != sheet

    batch = send(drafted(), rezipped(content, xl__worksheets__sheet1_xml=claimed))

    assert (batch.status, batch.lanes_read) == ("READY", 1)


def test_the_bytes_decide_what_a_file_is_and_not_its_name():
    drafted()

    assert inspect_sheet("rates.csv", workbook(*ROWS)).content_type.endswith("sheet")
    assert inspect_sheet("rates.xlsx", LIST.encode()).content_type == "text/csv"


@pytest.mark.parametrize(
    ("name", "kept"),
    [("../../etc/rates.csv", "rates.csv"), ("C:\\my\\rates.csv", "rates.csv"),
     ("a\x00\nb.csv", "ab.csv"), ("", "sheet"), ("r" * 300, "r" * 160)],
)  # fmt: skip
def test_a_name_is_kept_without_its_folders(name, kept):
    assert inspect_sheet(name, b"x").filename == kept
