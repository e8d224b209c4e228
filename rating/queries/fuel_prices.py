"""Published prices that a programme can need for loads."""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from datetime import date, datetime
from zoneinfo import ZoneInfo

from rating.engine.book import FuelProgramme
from rating.engine.facts import IndexPrice, LoadFacts
from rating.engine.fuel_index import INDEX_PLACES, needed_surveys
from rating.engine.money import tidy
from rating.models import FuelIndexValue

Span = tuple[date, date]


def prices_for(
    programme: FuelProgramme | None, asked: Sequence[tuple[LoadFacts, datetime]]
) -> list[tuple[IndexPrice, ...]]:
    """What was published by each instant of the surveys that may count for its load, oldest first.

    One statement for any number of loads.
    """
    if programme is None:
        return [()] * len(asked)
    timing = programme.timing
    days = [facts.day_of(timing.anchor) for facts, _ in asked]
    spans = [None if day is None else needed_surveys(timing, day) for day in days]
    rows = _published(programme.series, [span for span in spans if span])
    surveys = [row.survey_on for row, _ in rows]
    return [
        ()
        if span is None
        else tuple(
            price
            for row, price in rows[bisect_left(surveys, span[0]) : bisect_right(surveys, span[1])]
            if row.published_at <= at
        )
        for span, (_, at) in zip(spans, asked, strict=True)
    ]


def _published(series: str, spans: Sequence[Span]) -> list[tuple[FuelIndexValue, IndexPrice]]:
    """Every value of the series between the first and the last survey that any load needs."""
    if not spans:
        return []
    first, last = min(span[0] for span in spans), max(span[1] for span in spans)
    rows = FuelIndexValue.objects.filter(series__code=series, survey_on__range=(first, last))
    in_order = rows.select_related("series").order_by("survey_on", "published_at", "id")
    return [(row, index_price(row)) for row in in_order]


def latest_values(series_code: str) -> list[FuelIndexValue]:
    """The value that counts for each survey, newest survey first."""
    rows = FuelIndexValue.objects.filter(series__code=series_code)
    return list(rows.order_by("-survey_on", "-published_at", "-id").distinct("survey_on"))


def index_price(row: FuelIndexValue) -> IndexPrice:
    """A published value as the engine knows it, its day that of the publisher."""
    published = row.published_at.astimezone(ZoneInfo(row.series.timezone))
    return IndexPrice(
        series=row.series.code,
        survey_on=row.survey_on,
        value=tidy(row.value, places=INDEX_PLACES),
        published_on=published.date(),
        effective_from=row.effective_from,
    )
