"""Rate cards and fuel, drafted by one and published by another."""

import csv
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

from accounts.models import Customer
from demo.seeding.company import APPROVER, BY
from demo.world.tariffs import FUEL, SERIES, SERIES_NAME, CardSpec, cards, effective_from
from rating.models import FuelProgramme
from rating.operations.carding import (
    approve_version,
    create_card,
    draft_version,
    publish_version,
    submit_version,
)
from rating.operations.fuelling import create_programme
from rating.operations.indexing import Published, append_values, create_series

PRICES = Path(__file__).resolve().parent.parent / "world" / "diesel_2024.csv"
WEEKS = 40
PUBLISHED_AT = time(17, tzinfo=ZoneInfo("America/New_York"))


def seed_tariffs(customers: dict[str, Customer], *, at: datetime) -> None:
    """Publish every card of the demonstration, with its fuel programme and index."""
    series = create_series(code=SERIES, name=SERIES_NAME)
    append_values(series, values=replayed(at.date()), source="EIA, replayed", by=BY, at=at)
    fuel = create_programme(FUEL, by=BY, at=at)
    for spec in cards():
        _publish(spec, customers.get(spec.customer or ""), fuel, at=at)


def replayed(today: date) -> Iterator[Published]:
    """Yield the prices of 2024 for the last weeks before `today`, in their own order."""
    with PRICES.open() as lines:
        prices = [Decimal(row["usd_per_gallon"]) for row in csv.DictReader(lines)]
    monday = today - timedelta(days=today.weekday(), weeks=WEEKS)
    for week in range(WEEKS + 1):
        survey_on = monday + timedelta(weeks=week)
        yield Published(
            survey_on=survey_on,
            value=prices[week % len(prices)],
            published_at=datetime.combine(survey_on, PUBLISHED_AT),
        )


def _publish(
    spec: CardSpec, customer: Customer | None, fuel: FuelProgramme, *, at: datetime
) -> None:
    card = create_card(name=spec.name, currency="USD", customer=customer, by=BY, at=at)
    version = draft_version(
        card,
        effective_from=effective_from(at.date()),
        lanes=spec.lanes,
        accessorials=spec.schedule,
        fuel=fuel,
        note="Agreed for the year.",
        by=BY,
        at=at,
    )
    submit_version(version, by=BY, at=at)
    approve_version(version, by=APPROVER, at=at)
    publish_version(version, by=APPROVER, at=at)
