"""Published prices that a programme can need for a load."""

from datetime import datetime
from zoneinfo import ZoneInfo

from rating.engine.book import FuelProgramme
from rating.engine.facts import IndexPrice, LoadFacts
from rating.engine.fuel_index import INDEX_PLACES, needed_surveys
from rating.engine.money import tidy
from rating.models import FuelIndexValue


def prices_for(
    programme: FuelProgramme | None, facts: LoadFacts, *, at: datetime
) -> tuple[IndexPrice, ...]:
    """What was published by `at` of the surveys that may count for the load, oldest first."""
    on = facts.day_of(programme.timing.anchor) if programme else None
    if programme is None or on is None:
        return ()
    first, last = needed_surveys(programme.timing, on)
    rows = (
        FuelIndexValue.objects.filter(
            series__code=programme.series,
            survey_on__range=(first, last),
            published_at__lte=at,
        )
        .select_related("series")
        .order_by("survey_on", "published_at", "id")
    )
    return tuple(index_price(row) for row in rows)


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
