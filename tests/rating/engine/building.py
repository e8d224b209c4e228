"""A load and a card to change one thing of: Joliet to Columbus, the reefer card of the pictures."""

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from rating.engine.book import (
    AccessorialRule,
    CardVersion,
    DetentionTerms,
    FreeTime,
    FuelProgramme,
    FuelRow,
    LaneRow,
    RateBook,
)
from rating.engine.choices import Basis, FuelMethod, FuelUnit, LateArrival, StopKind, Trigger
from rating.engine.facts import Clock, IndexPrice, LoadFacts, Receipt, StopFacts
from rating.engine.places import Place


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def clock(text: str, source: str = "ELD geofence", reference: str = "") -> Clock:
    return Clock(at=utc(text), source=source, reference=reference)


JOLIET = StopFacts(
    sequence=1,
    kind=StopKind.PICKUP,
    name="Prairie Foods DC 12",
    location_code="PF12",
    city="Joliet",
    state="IL",
    postal_code="60436",
    timezone="America/Chicago",
    appointment_from=utc("2026-11-18T13:00"),
    appointment_to=utc("2026-11-18T14:00"),
    arrived=clock("2026-11-18T12:52"),
    departed=clock("2026-11-18T14:31"),
)
INDIANAPOLIS = StopFacts(
    sequence=2,
    kind=StopKind.STOP_OFF,
    name="Lakeshore Grocers RDC",
    city="Indianapolis",
    state="IN",
    postal_code="46241",
    timezone="America/Indiana/Indianapolis",
    appointment_from=utc("2026-11-18T19:00"),
    arrived=clock("2026-11-18T18:48", reference="milestone:7"),
    departed=clock("2026-11-18T22:12", reference="milestone:8"),
)
COLUMBUS = StopFacts(
    sequence=3,
    kind=StopKind.DELIVERY,
    name="Lakeshore Grocers DC 3",
    city="Columbus",
    state="OH",
    postal_code="43137",
    timezone="America/New_York",
    appointment_from=utc("2026-11-19T11:00"),
    arrived=clock("2026-11-19T11:24"),
    departed=clock("2026-11-19T14:40"),
)
LOAD = LoadFacts(
    load="104882",
    customer_id=42,
    customer="PRFD-0042",
    shipment_type="CONTRACT",
    equipment="REEFER_53",
    commodity="Chilled dairy",
    currency="USD",
    weight_lb=Decimal(38420),
    pieces=Decimal(1248),
    miles=Decimal(377),
    miles_source="PC*MILER 37 practical",
    pickup_on=date(2026, 11, 18),
    pickup_source="departed stop 1",
    delivered_on=date(2026, 11, 19),
    is_delivered=True,
    stops=(JOLIET, INDIANAPOLIS, COLUMBUS),
    receipts=(
        Receipt(
            kind="LUMPER_RECEIPT",
            number="5519",
            amount=Decimal("285.00"),
            currency="USD",
            stop_sequence=3,
            reference="document:12",
        ),
    ),
    index_prices=(
        IndexPrice(series="EIA-MW", survey_on=date(2026, 11, 9), value=Decimal("3.701")),
        IndexPrice(series="EIA-MW", survey_on=date(2026, 11, 16), value=Decimal("3.742")),
    ),
)

LANES = (
    LaneRow(
        row=1,
        origin=Place.parse("604"),
        destination=Place.parse("431"),
        basis=Basis.PER_MILE,
        rate=Decimal("2.42"),
        minimum=Decimal(850),
    ),
    LaneRow(
        row=2,
        origin=Place.parse("604"),
        destination=Place.parse("OH"),
        basis=Basis.PER_MILE,
        rate=Decimal("2.52"),
        minimum=Decimal(850),
    ),
)
TERMS = DetentionTerms(
    free_times=(FreeTime(minutes=120),),
    increment_minutes=15,
    late_tolerance_minutes=30,
    late_arrival=LateArrival.FORFEITS_DETENTION,
)
DETENTION = AccessorialRule(
    rule="DET-4",
    code="DET",
    name="Detention",
    trigger=Trigger.DETENTION,
    basis=Basis.PER_HOUR,
    rate=Decimal(75),
    detention=TERMS,
    approval_above_minutes=60,
)
STOP_OFF = AccessorialRule(
    rule="STOP-1",
    code="SOC",
    name="Stop-off",
    trigger=Trigger.EXTRA_STOP,
    basis=Basis.PER_STOP,
    rate=Decimal(75),
)
LUMPER = AccessorialRule(
    rule="LUMP-1",
    code="LUM",
    name="Lumper",
    trigger=Trigger.RECEIPT,
    basis=Basis.PASS_THROUGH,
    receipt_kind="LUMPER_RECEIPT",
    service="LUMPER",
    approval_above_amount=Decimal(400),
)
TONU = AccessorialRule(
    rule="TONU-2",
    code="TONU",
    name="Truck ordered, not used",
    trigger=Trigger.TRUCK_NOT_USED,
    rate=Decimal(250),
    notice_minutes=240,
)
FUEL = FuelProgramme(
    name="Midwest per mile",
    series="EIA-MW",
    series_name="EIA Midwest",
    method=FuelMethod.TABLE,
    unit=FuelUnit.PER_MILE,
    rows=tuple(
        FuelRow(from_price=Decimal(low), to_price=Decimal(high), value=Decimal(value))
        for low, high, value in (
            ("3.600", "3.649", "0.44"),
            ("3.650", "3.699", "0.45"),
            ("3.700", "3.749", "0.46"),
            ("3.750", "3.799", "0.47"),
        )
    ),
)
VERSION = CardVersion(
    id=6,
    card="Prairie Foods Reefer",
    number=6,
    currency="USD",
    effective_from=date(2026, 10, 1),
)
BOOK = RateBook(
    version=VERSION, lanes=LANES, accessorials=(DETENTION, STOP_OFF, LUMPER, TONU), fuel=FUEL
)


def changed(value: Any, **changes: Any) -> Any:
    """`dataclasses.replace` for fields that a parametrized test names."""
    return replace(value, **changes)


def with_stop(facts: LoadFacts, sequence: int, **changes: Any) -> LoadFacts:
    """The load with one of its stops changed."""
    stops = tuple(
        replace(stop, **changes) if stop.sequence == sequence else stop for stop in facts.stops
    )
    return replace(facts, stops=stops)


def only(book: RateBook, *rules: AccessorialRule) -> RateBook:
    """The book with these accessorial rules and no fuel."""
    return replace(book, accessorials=rules, fuel=None)
