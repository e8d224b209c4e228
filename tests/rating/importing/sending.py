"""Send a sheet as somebody at the desk does, and have it read."""

from io import BytesIO
from typing import Any

from openpyxl import Workbook

from rating.models import RateCardVersion, RateImport
from rating.operations.importing import (
    apply_import,
    inspect_sheet,
    read_import,
    receive_import,
    write_lanes,
)
from tests.rating.making import DRAFTER, NOW

LIST = """origin,destination,basis,rate,minimum
604,431,per mile,2.49,850
604,OH,per mile,2.52,850
"Joliet, IL",IL,flat,725,
"""


def send(
    version: RateCardVersion,
    content: bytes | str = LIST,
    *,
    name: str = "rates.csv",
    mode: str = "REPLACE",
    **options: str,
) -> RateImport:
    data = content.encode() if isinstance(content, str) else content
    batch = receive_import(
        version, upload=inspect_sheet(name, data), mode=mode, options=options, by=DRAFTER, at=NOW
    )
    read_import(batch, at=NOW)
    batch.refresh_from_db()
    return batch


def apply(batch: RateImport) -> RateImport:
    assert batch.status == "READY", (batch.status, batch.faults, batch.questions)
    apply_import(batch, by=DRAFTER, at=NOW)
    write_lanes(batch, at=NOW)
    batch.refresh_from_db()
    return batch


def workbook(*rows: list[Any], title: str = "Lanes") -> bytes:
    book = Workbook()
    sheet: Any = book.active
    sheet.title = title
    for row in rows:
        sheet.append(row)
    return saved(book)


def saved(book: Workbook) -> bytes:
    file = BytesIO()
    book.save(file)
    return file.getvalue()


def lanes_of(version: RateCardVersion) -> list[tuple[str, str, str, str]]:
    return [
        (lane.origin_value or "*", lane.destination_value or "*", lane.basis, f"{lane.rate:.4f}")
        for lane in version.lanes.order_by("row")
    ]


def wrong(batch: RateImport) -> list[tuple[str, str]]:
    assert batch.status == "REFUSED", (batch.status, batch.counts, batch.questions)
    return [(fault["address"], fault["wanted"]) for fault in batch.faults]
