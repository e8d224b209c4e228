"""The reefer card of the pictures as rows, and the load it prices."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from dispatch.models import Document, Load, Milestone, Stop
from rating.engine import book as engine
from rating.models import FuelIndexSeries, FuelProgramme, RateCard, RateCardVersion
from rating.operations.approving import approve_version, submit_version
from rating.operations.carding import create_card, draft_version
from rating.operations.fuelling import create_programme
from rating.operations.indexing import Published, append_values, create_series
from rating.operations.publishing import publish_version
from tests.factories import (
    DocumentFactory,
    LoadFactory,
    LocationFactory,
    MilestoneFactory,
    StopFactory,
)
from tests.rating.engine.building import DETENTION, FUEL, LANES, LUMPER, STOP_OFF, TONU, utc

NOW = datetime(2026, 11, 19, 20, 20, tzinfo=UTC)
DRAFTER, MANAGER = "user:1", "user:2"
RULES = (DETENTION, STOP_OFF, LUMPER, TONU)


def midwest_prices() -> FuelIndexSeries:
    """Two weeks of EIA Midwest, published on their Mondays."""
    series = create_series(code="EIA-MW", name="EIA Midwest")
    values = [
        Published(
            survey_on=date(2026, 11, day),
            value=Decimal(price),
            published_at=datetime(2026, 11, day, 21, tzinfo=UTC),
        )
        for day, price in ((9, "3.701"), (16, "3.742"))
    ]
    append_values(series, values=values, source="eia.gov", by="system:index", at=NOW)
    return series


def per_mile_programme() -> FuelProgramme:
    midwest_prices()
    return create_programme(FUEL, by=DRAFTER, at=NOW)


def approve(version: RateCardVersion) -> RateCardVersion:
    submit_version(version, by=DRAFTER, at=NOW)
    return approve_version(version, by=MANAGER, at=NOW)


def publish(version: RateCardVersion) -> RateCardVersion:
    approve(version)
    return publish_version(version, by=MANAGER, at=NOW)


def drafted(
    card: RateCard | None = None,
    *,
    effective_from: date = date(2026, 10, 1),
    lanes: tuple[engine.LaneRow, ...] = LANES,
    accessorials: tuple[engine.AccessorialRule, ...] = RULES,
    **more: Any,
) -> RateCardVersion:
    return draft_version(
        card or create_card(name="Prairie Foods Reefer", currency="USD", by=DRAFTER, at=NOW),
        effective_from=effective_from,
        lanes=lanes,
        accessorials=accessorials,
        by=DRAFTER,
        at=NOW,
        **more,
    )


def published(card: RateCard | None = None, **more: Any) -> RateCardVersion:
    return publish(drafted(card, **more))


def delivered_load(**fields: Any) -> Any:
    """Load 104882 of the pictures: three stops, detention at two, one lumper receipt."""
    as_pictured = {
        "number": "104882",
        "status": Load.Status.DELIVERED,
        "picked_up_at": utc("2026-11-18T14:31"),
        "delivered_at": utc("2026-11-19T14:40"),
    }
    load = LoadFactory(**(as_pictured | fields))
    _stop(load, 1, "PICKUP", "2026-11-18T13:00", "2026-11-18T12:52", "2026-11-18T14:31")
    _stop(
        load, 2, "STOP_OFF", "2026-11-18T19:00", "2026-11-18T18:48", "2026-11-18T22:12",
        city="Indianapolis", state="IN", postal_code="46241",
        timezone="America/Indiana/Indianapolis", appointment_to=None,
    )  # fmt: skip
    last = _stop(
        load, 3, "DELIVERY", "2026-11-19T11:00", "2026-11-19T11:24", "2026-11-19T14:40",
        city="Columbus", state="OH", postal_code="43137",
        timezone="America/New_York", appointment_to=None,
    )  # fmt: skip
    DocumentFactory(
        load=load,
        stop=last,
        kind=Document.Kind.LUMPER_RECEIPT,
        amount=Decimal("285.00"),
        receipt_number="5519",
    )
    return load


def _stop(load: Any, sequence: int, kind: str, due: str, came: str, left: str, **more: Any) -> Any:
    fields = {"appointment_to": utc(due) + timedelta(hours=1), **more}
    stop = StopFactory(
        load=load,
        sequence=sequence,
        kind=kind,
        location=LocationFactory(),
        status=Stop.Status.COMPLETED,
        appointment_from=utc(due),
        arrived_at=utc(came),
        departed_at=utc(left),
        **fields,
    )
    for fact, when in (("ARRIVED", came), ("DEPARTED", left)):
        MilestoneFactory(
            load=load,
            stop=stop,
            stop_sequence=sequence,
            kind=Milestone.Kind(fact),
            occurred_at=utc(when),
            source="eld",
        )
    return stop
