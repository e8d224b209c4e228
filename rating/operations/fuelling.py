"""Fuel programmes. Once an approved version uses one, it stays as it is."""

from datetime import datetime

from journal.operations.recording import record
from rating.engine import book as engine
from rating.events import PROGRAMME_CREATED
from rating.models import FuelIndexSeries, FuelProgramme, FuelTableRow
from rating.queries.translation import to_columns


def create_programme(programme: engine.FuelProgramme, *, by: str, at: datetime) -> FuelProgramme:
    """Keep a programme with its table. Its series must exist; its weekday is the series'."""
    columns = to_columns(programme, FuelProgramme) | to_columns(programme.timing, FuelProgramme)
    columns["series"] = FuelIndexSeries.objects.get(code=programme.series)
    row = FuelProgramme.objects.create(**columns, created_by=by, created_at=at)
    FuelTableRow.objects.bulk_create(
        FuelTableRow(programme=row, **to_columns(each, FuelTableRow)) for each in programme.rows
    )
    record(
        PROGRAMME_CREATED,
        subject=row,
        by=by,
        at=at,
        new={"name": row.name, "method": row.method, "series": programme.series},
    )
    return row
