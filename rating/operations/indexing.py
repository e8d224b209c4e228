"""Published index values as they come in. They are appended, never changed."""

from calendar import day_name
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from journal.operations.recording import record
from rating.events import INDEX_PUBLISHED
from rating.models import FuelIndexSeries, FuelIndexValue
from rating.queries.fuel_prices import latest_values


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """One value as it was published; `effective_from` only where the publisher named the day."""

    survey_on: date
    value: Decimal
    published_at: datetime
    effective_from: date | None = None


class OlderThanKnown(ValueError):
    """A correction that came out no later than what it corrects would never count."""

    status = 409
    code = "older_than_known"
    field = "published_at"

    def __init__(self, value: Published, known: FuelIndexValue) -> None:
        when = f"{known.published_at:%Y-%m-%d %H:%M} UTC"
        super().__init__(
            f"{known.value} for {value.survey_on} was published at {when}; {value.value} would"
            " have to come out after it to count."
        )


class NeverPublished(ValueError):
    """A value for a day on which the index is not surveyed, or that is still to come."""

    status = 400
    code = "never_published"

    def __init__(self, field: str, sentence: str) -> None:
        self.field = field
        super().__init__(sentence)


def create_series(
    *,
    code: str,
    name: str,
    unit: str = "USD/gal",
    survey_weekday: int = 0,
    timezone: str = "America/New_York",
    source_url: str = "",
) -> FuelIndexSeries:
    """A new index, without values."""
    return FuelIndexSeries.objects.create(
        code=code,
        name=name,
        unit=unit,
        survey_weekday=survey_weekday,
        timezone=timezone,
        source_url=source_url,
    )


def append_values(
    series: FuelIndexSeries, *, values: Iterable[Published], source: str, by: str, at: datetime
) -> list[FuelIndexValue]:
    """Append what is new of `values` and return it; what is on file already is left alone.

    Another value for a survey on file is a correction: it counts from now on for new ratings,
    and what was rated keeps the value it was rated with. Raises OlderThanKnown for one that was
    published no later.
    """
    FuelIndexSeries.objects.select_for_update().get(pk=series.pk)
    on_file = {row.survey_on: row for row in latest_values(series.code)}
    rows = []
    for value in sorted(values, key=lambda each: (each.survey_on, each.published_at)):
        known = on_file.get(value.survey_on)
        if known is not None and _told(known) == (value.value, value.effective_from):
            continue
        if known is not None and value.published_at <= known.published_at:
            raise OlderThanKnown(value, known)
        row = _row(series, value, source=source, by=by, at=at)
        on_file[value.survey_on] = row
        rows.append(row)
    FuelIndexValue.objects.bulk_create(rows)
    if rows:
        _tell(series, rows, by=by, at=at)
    return rows


def publish_value(
    series: FuelIndexSeries, *, value: Published, source: str, by: str, at: datetime
) -> list[FuelIndexValue]:
    """Append a value that somebody tells; none when it is on file already.

    Raises OlderThanKnown, and NeverPublished for a day on which the index is not surveyed.
    """
    if value.survey_on.weekday() != series.survey_weekday:
        wanted = day_name[series.survey_weekday]
        raise NeverPublished("survey_on", f"{series.name} is for {wanted}s.")
    if value.published_at > at:
        raise NeverPublished("published_at", "That is still to come.")
    return append_values(series, values=[value], source=source, by=by, at=at)


def _told(row: FuelIndexValue) -> tuple[Decimal, date | None]:
    return row.value, row.effective_from


def _row(
    series: FuelIndexSeries, value: Published, *, source: str, by: str, at: datetime
) -> FuelIndexValue:
    return FuelIndexValue(
        series=series,
        survey_on=value.survey_on,
        value=value.value,
        published_at=value.published_at,
        effective_from=value.effective_from,
        source=source,
        recorded_by=by,
        recorded_at=at,
    )


def _tell(series: FuelIndexSeries, rows: list[FuelIndexValue], *, by: str, at: datetime) -> None:
    """One event for what came together: a backfill of years is one piece of news."""
    last = rows[-1]
    record(
        INDEX_PUBLISHED,
        subject=series,
        by=by,
        at=at,
        payload={
            "series": series.code,
            "values": len(rows),
            "survey_on": last.survey_on.isoformat(),
            "value": str(last.value),
        },
    )
