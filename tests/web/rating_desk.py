"""A card of the pricing desk as its pages show it: two versions, one in force and one a draft."""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal

from accounts.models import User
from accounts.rules import Role
from rating.engine.book import LaneRow, Zone
from rating.engine.choices import Basis
from rating.engine.places import Place
from rating.models import FuelProgramme, RateCard, RateCardVersion
from rating.operations.approving import approve_version, submit_version
from rating.operations.carding import Settings, create_card, draft_version
from rating.operations.fuelling import create_programme
from rating.operations.indexing import Published, append_values, create_series
from rating.operations.publishing import publish_version
from tests.factories import UserFactory
from tests.factories.billing import DETENTION, DRAFTER, LONG_AGO, LUMPER, MANAGER
from tests.rating.engine.building import FUEL

RULES = (DETENTION, LUMPER)
ZONES = (Zone(name="SE-2", members=frozenset({Place.state("GA"), Place.state("AL")})),)


@dataclass(frozen=True, slots=True)
class Desk:
    """Who keeps the card, and the card."""

    drafter: User
    approver: User
    card: RateCard
    current: RateCardVersion
    draft: RateCardVersion


def a_lane(row: int, origin: str, destination: str, rate: str, **more: object) -> LaneRow:
    """Make a lane rated by the mile."""
    return LaneRow(
        row=row,
        origin=Place.parse(origin),
        destination=Place.parse(destination),
        basis=Basis.PER_MILE,
        rate=Decimal(rate),
        **more,  # type: ignore[arg-type]
    )


def a_programme() -> FuelProgramme:
    """Follow EIA Midwest for two weeks, and charge by a table."""
    series = create_series(code="EIA-MW", name="EIA Midwest")
    values = [
        Published(
            survey_on=date(2026, 11, on),
            value=Decimal(price),
            published_at=datetime(2026, 11, on, 21, tzinfo=UTC),
        )
        for on, price in ((9, "3.701"), (16, "3.742"))
    ]
    append_values(series, values=values, source="eia.gov", by="system:index", at=LONG_AGO)
    return create_programme(FUEL, by=DRAFTER, at=LONG_AGO)


def a_desk(*, name: str = "Prairie Foods Reefer", customer: object = None) -> Desk:
    """Publish a version and draft the next: one rate up, one under the cost floor, one lane new."""
    drafter = UserFactory(role=Role.BILLING_MANAGER, name="Lena Marsh")
    approver = UserFactory(role=Role.ADMINISTRATOR, name="Kyle Prentiss")
    fuel = FuelProgramme.objects.first() or a_programme()
    card = create_card(name=name, currency="USD", customer=customer, by=DRAFTER, at=LONG_AGO)  # type: ignore[arg-type]
    first = draft_version(
        card,
        effective_from=date(2026, 1, 1),
        lanes=(
            a_lane(1, "604", "431", "2.42", minimum=Decimal(850)),
            a_lane(2, "604", "OH", "2.52"),
        ),
        accessorials=RULES,
        zones=ZONES,
        fuel=fuel,
        by=DRAFTER,
        at=LONG_AGO,
    )
    submit_version(first, by=DRAFTER, at=LONG_AGO)
    approve_version(first, by=MANAGER, at=LONG_AGO)
    publish_version(first, by=MANAGER, at=LONG_AGO)
    draft = draft_version(
        card,
        effective_from=date(2026, 12, 1),
        lanes=(
            a_lane(1, "604", "431", "2.49", minimum=Decimal(850)),
            a_lane(2, "604", "OH", "2.19"),
            a_lane(3, "604", "zone SE-2", "2.60"),
        ),
        accessorials=RULES,
        zones=ZONES,
        fuel=fuel,
        settings=Settings(cost_per_mile=Decimal("2.24")),
        by=drafter.actor,
        at=LONG_AGO,
    )
    return Desk(drafter=drafter, approver=approver, card=card, current=first, draft=draft)
