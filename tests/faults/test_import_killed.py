"""Kill -9 of the worker of an import: another reads on where it was, and writes no lane twice."""

from collections.abc import Callable
from pathlib import Path
from time import monotonic, sleep

import pytest
from django.db import transaction
from django.utils import timezone

from journal.operations.sweeping import sweep
from rating.models import Lane, RateImport, StagedLane
from rating.operations.importing import apply_import, inspect_sheet, read_import, receive_import
from tests.faults.conftest import Pool
from tests.faults.worker import Step, work_through
from tests.rating.making import DRAFTER, drafted

pytestmark = [pytest.mark.faults, pytest.mark.django_db(transaction=True)]

LANES = 5
LONGEST_SECONDS = 30
READING = {
    "after claim": Step("journal.operations.working.claim", is_after=True),
    "before a block is written": Step("rating.operations.importing.staging._copy"),
    "written, not committed": Step("rating.operations.importing.staging._columns", is_after=True),
    "before the preview": Step("rating.operations.importing.staging.mark_lanes"),
    "before the end is told": Step("journal.operations.lifecycle.record_many"),
}
WRITING = {
    "before the first row": Step("rating.operations.importing.applying._write"),
    "written, not committed": Step("rating.operations.importing.applying.forget_staged"),
    "before the end is told": Step("journal.operations.lifecycle.record_many"),
}


@pytest.fixture
def half_read(monkeypatch: pytest.MonkeyPatch) -> RateImport:
    """A sheet of five lanes, the first block of two committed."""
    lines = "\n".join(f"61{row},431,flat,{row + 1}" for row in range(LANES))
    upload = inspect_sheet("rates.csv", f"origin,destination,basis,rate\n{lines}".encode())
    with transaction.atomic():
        batch = receive_import(drafted(), upload=upload, by=DRAFTER, at=timezone.now())
    with monkeypatch.context() as patched:
        patched.setattr("rating.operations.importing.staging.BLOCK", 2)
        assert not read_import(batch, at=timezone.now(), is_late=lambda: True)
    return batch


def work_until(is_over: Callable[[], bool]) -> None:
    deadline = monotonic() + LONGEST_SECONDS
    while not is_over():
        assert monotonic() < deadline
        sweep(at=timezone.now())
        work_through()
        sleep(0.1)


def status() -> str:
    return RateImport.objects.get().status


@pytest.mark.parametrize("point", READING)
def test_reading_survives_the_death_of_its_worker(
    point: str, half_read: RateImport, pool: Pool, tmp_path: Path
) -> None:
    assert (status(), half_read.rows_read) == ("RECEIVED", 2)

    pool.kill(READING[point], [[]], note=tmp_path / "acknowledged")
    work_until(lambda: status() != "RECEIVED")

    batch = RateImport.objects.get()
    assert (batch.status, batch.lanes_read, batch.counts["new"]) == ("READY", LANES, LANES)
    positions = StagedLane.objects.order_by("position").values_list("position", flat=True)
    assert list(positions) == [1, 2, 3, 4, 5]


@pytest.mark.parametrize("point", WRITING)
def test_writing_survives_the_death_of_its_worker(
    point: str, half_read: RateImport, pool: Pool, tmp_path: Path
) -> None:
    work_until(lambda: status() == "READY")
    with transaction.atomic():
        apply_import(RateImport.objects.get(), by=DRAFTER, at=timezone.now())

    pool.kill(WRITING[point], [[]], note=tmp_path / "acknowledged")

    assert (status(), Lane.objects.count()) == ("APPLYING", 2)
    work_until(lambda: status() == "APPLIED")
    assert [float(lane.rate) for lane in Lane.objects.order_by("row")] == [1, 2, 3, 4, 5]
