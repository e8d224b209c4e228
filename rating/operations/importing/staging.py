"""A file into its staging table, block by block.

Each block is one transaction with its COPY and its progress, so a process that dies has lost one
block, and the next one goes on where the last commit stopped.
"""

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from itertools import islice
from typing import Any

from django.db import connection, transaction

from dispatch.queries.blobs import open_blob
from journal.operations.lifecycle import advance
from rating.models import RateImport
from rating.operations.importing.opening import XLSX, Row, Sheet, SheetRefused, open_sheet
from rating.operations.importing.recognising import Headings, find_headings
from rating.operations.importing.understanding import (
    KEPT_FAULTS,
    STAGED,
    Reader,
    StagedRow,
)
from rating.queries.cells.columns import READERS
from rating.queries.staging import find_clashes, mark_lanes

BLOCK = 2_000
MOST_LANES = 250_000
Status = RateImport.Status
BY = "system:imports"
COPY = f"COPY rating_stagedlane ({', '.join(STAGED)}) FROM STDIN"


class Overtaken(Exception):
    """Another process reads the same file, or somebody has given it up."""


def read_import(
    batch: RateImport, *, at: datetime, is_late: Callable[[], bool] = lambda: False
) -> bool:
    """Read a received file to its end and compare it with the draft; False when that is not done.

    Called outside a transaction, as often as it takes. What cannot be read refuses the import with
    a sentence; what must be asked first makes it ask. `is_late` is asked after each block of a
    text; a workbook is read to its end, since finding the place to go on costs as much as reading.
    """
    try:
        with open_blob(batch.sha256) as file, open_sheet(
            file,
            content_type=batch.content_type,
            sheet=batch.options.get("sheet", ""),
            separator=batch.options.get("separator", ""),
        ) as sheet:  # fmt: skip
            if not _read_blocks(batch, sheet, is_late=is_late):
                return False
        with transaction.atomic():
            finish_reading(batch, at=at)
    except SheetRefused as error:
        _refuse(batch, error, at=at)
        return True
    except Overtaken:
        return False
    return True


def finish_reading(batch: RateImport, *, at: datetime) -> RateImport:
    """Compare everything that was read with the draft, and say what the file would do."""
    _hold(batch)
    if questions := _questions(batch):
        return advance(batch, Status.ASKING, by=BY, at=at, questions=questions)
    batch.counts = mark_lanes(batch) | {"ignored": batch.counts.get("ignored", [])}
    clashes = [
        {"sheet": batch.sheet, "address": each.address, "read": each.read, "wanted": each.wanted}
        for each in find_clashes(batch, most=KEPT_FAULTS)
    ]
    faults = [*batch.faults, *clashes][:KEPT_FAULTS]
    count = batch.fault_count + len(clashes)
    if not batch.lanes_read and not count:
        faults, count = [_fault(batch, "", "at least one lane under the headings")], 1
    return advance(
        batch,
        Status.REFUSED if count else Status.READY,
        by=BY,
        at=at,
        faults=faults,
        fault_count=count,
        counts=batch.counts,
        questions=[],
        previewed_at=at,
    )


def forget_staged(batch: RateImport) -> None:
    """Delete what was read of a file; its bytes stay."""
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM rating_stagedlane WHERE batch_id = %s", [batch.pk])


def _read_blocks(batch: RateImport, sheet: Sheet, *, is_late: Callable[[], bool]) -> bool:
    headings, lines = find_headings(sheet.rows)
    rows: Iterator[Row] = islice(lines, batch.rows_read, None)
    while block := list(islice(rows, BLOCK)):
        with transaction.atomic():
            _stage(batch, block, sheet, headings)
        if batch.content_type != XLSX and is_late():
            return False
    return True


def _stage(batch: RateImport, block: list[Row], sheet: Sheet, headings: Headings) -> None:
    _hold(batch)
    reader = Reader(
        headings,
        sheet.name,
        batch.options,
        currency=batch.version.card.currency,
        habits=dict(batch.counts.get("habits", {})),
    )
    _ask_basis(batch, headings)
    lanes_read = _copy(batch, reader.lanes_of(block))
    batch.layout, batch.sheet, batch.rows_total = headings.layout, sheet.name, sheet.total
    batch.columns = _columns(batch, headings)
    batch.counts = {"habits": reader.habits, "ignored": list(headings.ignored)}
    batch.rows_read += len(block)
    batch.lanes_read = lanes_read
    batch.faults = [*batch.faults, *reader.kept_faults()][:KEPT_FAULTS]
    batch.fault_count += len(reader.faults)
    batch.save()


def _hold(batch: RateImport) -> None:
    """Lock the import; whoever else has read on or settled it meanwhile goes first."""
    held = RateImport.objects.select_for_update().get(pk=batch.pk)
    if (held.status, held.rows_read) != (Status.RECEIVED, batch.rows_read):
        raise Overtaken


def _copy(batch: RateImport, lanes: Iterable[StagedRow]) -> int:
    """Write lanes as they are made, so that a line of many is never held; how many there are now.

    Raises SheetRefused.
    """
    position = batch.lanes_read
    with connection.cursor() as cursor, cursor.copy(COPY) as copy:
        for position, lane in enumerate(lanes, start=batch.lanes_read + 1):
            if position > MOST_LANES:
                raise SheetRefused(f"The sheet has more than {MOST_LANES:,} lanes.")
            copy.write_row((batch.pk, position, *lane.columns(), ""))
    return position


def _columns(batch: RateImport, headings: Headings) -> list[str]:
    """What the file, or the person who sent it, says of each lane."""
    given = {name for name in batch.options if name in READERS}
    implied = {"basis"} if "breaks" in headings.names else set()
    return sorted({*headings.names, *given, *implied})


def _ask_basis(batch: RateImport, headings: Headings) -> None:
    """A sheet of bare numbers is read to its end for its faults, with a basis that counts later."""
    named = {*headings.names, *batch.options}
    if not {"basis", "breaks"} & named:
        batch.options = {**batch.options, "basis": "FLAT", "basis_assumed": "1"}


def _questions(batch: RateImport) -> list[dict[str, Any]]:
    """What must be answered before the numbers of a file mean anything."""
    return [*_basis_question(batch), *_decimal_question(batch), *_discount_question(batch)]


def _basis_question(batch: RateImport) -> Iterator[dict[str, Any]]:
    if "basis_assumed" in batch.options:
        yield {
            "name": "basis",
            "text": "What are the rates for? The sheet names no basis.",
            "choices": ["PER_MILE", "FLAT", "PER_CWT", "PER_POUND", "PER_PALLET", "PER_KM"],
        }


def _decimal_question(batch: RateImport) -> Iterator[dict[str, Any]]:
    habits = batch.counts.get("habits", {})
    told = habits.get(",") or habits.get("?")
    if "decimal" not in batch.options and told and "." not in habits:
        yield {
            "name": "decimal",
            "text": f"The sheet has {told}: which sign stands before the fraction?",
            "choices": [",", "."],
        }


def _discount_question(batch: RateImport) -> Iterator[dict[str, Any]]:
    habits = batch.counts.get("habits", {})
    told = habits.get("below 1")
    if "discount" not in batch.options and told and "points" not in habits:
        yield {
            "name": "discount",
            "text": f"The sheet has the discount {told}, and none of 1 or more: is it a share, "
            "such as 0.15 for 15 %, or percent points?",
            "choices": ["share", "points"],
        }


def _refuse(batch: RateImport, error: SheetRefused, *, at: datetime) -> None:
    with transaction.atomic():
        try:
            _hold(batch)
        except Overtaken:
            return
        forget_staged(batch)
        advance(
            batch,
            Status.REFUSED,
            by=BY,
            at=at,
            reason=str(error),
            faults=[_fault(batch, error.address, str(error))],
            fault_count=1,
            counts={},
        )


def _fault(batch: RateImport, address: str, wanted: str) -> dict[str, str]:
    return {"sheet": batch.sheet, "address": address, "read": "", "wanted": wanted}


__all__ = ["Overtaken", "finish_reading", "forget_staged", "read_import"]
