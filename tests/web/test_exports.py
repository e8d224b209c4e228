"""A list as a file: what a person saw, as values, and nothing that a spreadsheet would run."""

import csv
import io
import zipfile
from datetime import datetime

import pytest
from openpyxl import load_workbook

from tests.factories import CustomerFactory
from tests.web import board
from web.desk.board import exporting

ATTACK = '=HYPERLINK("http://x.example","pay")'


def body(answer) -> bytes:
    return b"".join(answer.streaming_content)


@pytest.mark.django_db
def test_the_csv_holds_every_load_of_the_view_in_its_columns(desk, now, monkeypatch) -> None:
    monkeypatch.setattr(exporting, "BLOCK", 2)
    customer = CustomerFactory(name=ATTACK)
    loads = [board.rolling(now, customer=customer) for _ in range(5)]
    board.at_stop(now)

    answer = desk().get("/board/export/csv/?status=IN_TRANSIT&columns=customer&columns=pickup")

    rows = list(csv.reader(io.StringIO(body(answer).decode("utf-8-sig"))))
    assert rows[0] == ["Load", "Customer", "Pickup, CT"]
    assert {row[0] for row in rows[1:]} == {load.number for load in loads}
    assert rows[1][1:] == [f"'{ATTACK}", "2026-11-19 11:20"]
    assert answer["Content-Disposition"] == 'attachment; filename="board-2026-11-19-1420.csv"'


@pytest.mark.django_db
@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_a_control_character_spoils_no_file(desk, now, form: str) -> None:
    board.rolling(now, customer=CustomerFactory(name="Cold\x0b\x01 Chain Co."))

    answer = desk().get(f"/board/export/{form}/?columns=customer")

    assert answer.status_code == 200
    assert body(answer)


@pytest.mark.django_db
def test_the_workbook_holds_instants_and_numbers_and_no_formula(desk, now) -> None:
    load = board.rolling(now, customer=CustomerFactory(name=ATTACK))

    answer = desk().get("/board/export/xlsx/?columns=customer&columns=pickup&columns=stops")

    content = body(answer)
    sheet = load_workbook(io.BytesIO(content)).active
    heads, row = sheet.iter_rows(values_only=True)
    assert heads == ("Load", "Customer", "Pickup, CT", "Stops")
    assert row == (load.number, f"'{ATTACK}", datetime(2026, 11, 19, 11, 20), 2)
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert b"<f>" not in archive.read("xl/worksheets/sheet1.xml")


@pytest.mark.django_db
def test_another_format_is_not_found(desk) -> None:
    assert desk().get("/board/export/pdf/").status_code == 404
