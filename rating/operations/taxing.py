"""Keep the tax book: rates are recorded, ended and withdrawn, never edited."""

import csv
from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

from django.db import IntegrityError, transaction

from journal.operations.recording import record
from rating.engine import tax_facts
from rating.models import TaxRate
from rating.queries.translation import to_columns

KNOWN_RATES = Path(__file__).resolve().parent.parent / "known_tax_rates.csv"


class RateOverlaps(Exception):
    """Another row holds for the same tax on some of the same days."""

    status = 409
    code = "tax_rate_overlaps"


class RateSettled(Exception):
    """The row has ended, or was withdrawn, already."""

    status = 409
    code = "tax_rate_settled"


def record_rate(rate: tax_facts.TaxRate, *, by: str, at: datetime) -> TaxRate:
    """Put a rate on file. Raises RateOverlaps."""
    row = TaxRate(**to_columns(rate, TaxRate), recorded_by=by, recorded_at=at)
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError as error:
        if "tax_rate_periods_apart" not in str(error):
            raise
        raise RateOverlaps(
            f"{rate.name} has another row for days from {rate.effective_from} on: "
            "withdraw that one first."
        ) from error
    told = {"name": rate.name, "rate": rate.rate, "effective_from": rate.effective_from}
    record("tax_rate.recorded", subject=row, by=by, at=at, new=told)
    return row


def change_rate(rate: tax_facts.TaxRate, *, by: str, at: datetime) -> TaxRate:
    """Put a rate on file from its first day; the open one before it ends the day before.

    Raises RateOverlaps.
    """
    open_rows = TaxRate.objects.filter(
        jurisdiction=rate.jurisdiction, code=rate.code, effective_to=None, withdrawn_at=None
    )
    for row in open_rows.filter(effective_from__lt=rate.effective_from):
        end_rate(row, on=rate.effective_from - timedelta(days=1), by=by, at=at)
    return record_rate(rate, by=by, at=at)


def end_rate(row: TaxRate, *, on: date, by: str, at: datetime) -> TaxRate:
    """Say which day is the row's last. Raises RateSettled."""
    held = TaxRate.objects.select_for_update().get(pk=row.pk)
    if held.effective_to is not None or held.withdrawn_at is not None:
        raise RateSettled(f"{held} has an end already; withdraw it and record another.")
    held.effective_to = on
    held.save(update_fields=["effective_to"])
    record("tax_rate.ended", subject=held, by=by, at=at, new={"effective_to": on})
    return held


def withdraw_rate(row: TaxRate, *, reason: str, by: str, at: datetime) -> TaxRate:
    """Take back a row that was recorded by mistake; what was billed under it stays as it was.

    Raises RateSettled.
    """
    held = TaxRate.objects.select_for_update().get(pk=row.pk)
    if held.withdrawn_at is not None:
        raise RateSettled(f"{held} was withdrawn already.")
    held.withdrawn_at, held.withdrawn_by = at, by
    held.save(update_fields=["withdrawn_at", "withdrawn_by"])
    record("tax_rate.withdrawn", subject=held, by=by, at=at, reason=reason)
    return held


def load_known_rates(*, by: str, at: datetime) -> int:
    """Put the published rates that come with the program on file; return how many were new.

    A tax of a place that has any row on file, also a withdrawn one, is left to whoever keeps it.
    """
    kept = set(TaxRate.objects.values_list("jurisdiction", "code"))
    new = [rate for rate in known_rates() if (rate.jurisdiction, rate.code) not in kept]
    for rate in new:
        record_rate(rate, by=by, at=at)
    return len(new)


def known_rates() -> Iterator[tax_facts.TaxRate]:
    """Yield the published rates that come with the program."""
    with KNOWN_RATES.open(encoding="utf-8", newline="") as lines:
        yield from _read(csv.DictReader(lines))


def _read(rows: Iterable[dict[str, str]]) -> Iterator[tax_facts.TaxRate]:
    for row in rows:
        until = row.pop("effective_to")
        yield tax_facts.TaxRate(
            jurisdiction=row["jurisdiction"],
            area=row["area"],
            scheme=row["scheme"],
            code=row["code"],
            name=row["name"],
            rate=Decimal(row["rate"]),
            effective_from=date.fromisoformat(row["effective_from"]),
            effective_to=date.fromisoformat(until) if until else None,
            is_within_only=row["is_within_only"] == "yes",
            source=row["source"],
        )
