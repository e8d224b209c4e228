"""Rate cards and fuel, drafted by one and published by another."""

import csv
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

from accounts.models import Customer, User
from accounts.rules import Role
from demo.seeding.company import APPROVER, BY
from demo.world import ltl, reefer
from demo.world.tariffs import FUEL, SCHEDULE, SERIES, SERIES_NAME, CardSpec, cards, effective_from
from insights.operations.backtesting import start_impact
from rating.models import FuelProgramme, RateCardVersion
from rating.operations.approving import approve_version, submit_version
from rating.operations.asking import QuoteRequest, ask_quote
from rating.operations.carding import Settings, create_card, draft_version
from rating.operations.fuelling import create_programme
from rating.operations.indexing import Published, append_values, create_series
from rating.operations.publishing import publish_version
from rating.operations.scaling import publish_nmfc_scale
from rating.operations.testing import save_case

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
    seed_reefer(customers[reefer.CUSTOMER], at=at)
    seed_ltl(customers, at=at)


def seed_ltl(customers: dict[str, Customer], *, at: datetime) -> None:
    """Publish the class tariffs, with the scale of the classification that one of them reads."""
    fuel = create_programme(ltl.FUEL, by=BY, at=at)
    scale = publish_nmfc_scale(by=BY, at=at)
    for spec in ltl.CARDS:
        customer = customers[spec.customer]
        card = create_card(
            name=spec.name, currency="USD", customer=customer, shipment_type="LTL", by=BY, at=at
        )
        version = draft_version(
            card,
            effective_from=effective_from(at.date()),
            lanes=ltl.lanes_of(spec),
            fuel=fuel,
            fak=spec.fak,
            space_rules=spec.space_rules,
            density_scale=scale,
            settings=spec.settings,
            note="Classes of the NMFC, less 62 percent.",
            by=BY,
            at=at,
        )
        _put_in_force(version, at=at)


def seed_reefer(customer: Customer, *, at: datetime) -> None:
    """Publish six versions of one card and draft the seventh, with its test cases."""
    fuel = create_programme(reefer.FUEL_TABLE, by=BY, at=at)
    card = create_card(name=reefer.NAME, currency="USD", customer=customer, by=BY, at=at)
    today, settings = at.date(), Settings(cost_per_mile=reefer.COST_PER_MILE)
    for number, months in enumerate(reefer.STARTS, start=1):
        version = draft_version(
            card,
            effective_from=reefer.months_ago(today, months),
            lanes=reefer.lanes_of(number),
            zones=reefer.ZONES,
            accessorials=SCHEDULE,
            fuel=fuel,
            settings=settings,
            by=BY,
            at=at,
        )
        _put_in_force(version, at=at, reason="Agreed when fuel was dear.")
    draft = draft_version(
        card,
        effective_from=reefer.months_ago(today, -1),
        lanes=reefer.lanes_of_draft(),
        zones=reefer.ZONES,
        accessorials=reefer.NEXT_SCHEDULE,
        fuel=fuel,
        settings=settings,
        by=_drafter(),
        at=at,
    )
    for question in reefer.QUESTIONS:
        quote = ask_quote(_asked(question, draft, customer), at=at)
        save_case(card, name=question.name, quote=quote, by=BY, at=at)


def ask_impact(*, at: datetime) -> None:
    """Ask what the draft would change in revenue; a worker finds out once the house runs."""
    drafts = RateCardVersion.objects.filter(card__name=reefer.NAME, status="DRAFT")
    start_impact(drafts.select_related("card").get(), by=_drafter(), at=at)


def _drafter() -> str:
    """Return the manager, so that the administrator is the somebody else who approves."""
    return User.objects.filter(groups__name=Role.BILLING_MANAGER).get().actor


def _asked(question: reefer.Question, version: RateCardVersion, customer: Customer) -> QuoteRequest:
    on = version.drafted_at.date()
    return QuoteRequest(
        customer_id=customer.pk,
        origin_postal_code=question.origin,
        destination_postal_code=question.destination,
        extra_stops=question.extra_stops,
        pickup_on=on,
        delivery_on=on,
        equipment=reefer.EQUIPMENT,
        miles=Decimal(question.miles),
        detention_minutes=question.waited,
        card_version_id=version.pk,
    )


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
    _put_in_force(version, at=at)


def _put_in_force(version: RateCardVersion, *, at: datetime, reason: str = "") -> None:
    submit_version(version, by=BY, at=at, reason=reason)
    approve_version(version, by=APPROVER, at=at)
    publish_version(version, by=APPROVER, at=at)
