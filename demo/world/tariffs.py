"""The rate cards, the accessorial schedule and the fuel programme of the demonstration."""

from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from demo.world.customers import CUSTOMERS
from demo.world.lanes import LANES, Lane
from demo.world.places import BY_CODE
from rating.engine.book import (
    AccessorialRule,
    DetentionTerms,
    FreeTime,
    FuelProgramme,
    FuelTiming,
    LaneRow,
    Tier,
)
from rating.engine.choices import Basis, CapPeriod, FuelMethod, FuelUnit, StopKind, Trigger
from rating.engine.places import ANYWHERE, Place

SERIES = "EIA-US-REPLAY"
SERIES_NAME = "EIA U.S. diesel, 2024 prices replayed"

PER_MILE = {
    "VAN53": Decimal("2.1800"),
    "REEFER53": Decimal("2.4200"),
    "FLATBED": Decimal("2.6500"),
    "CONTAINER": Decimal("3.1000"),
}
# Whose card has a history of its own, in `reefer.py`.
SHOWN = "PRFD-0042"
# Nobody has agreed a price for this one: its loads end in the queue.
UNPRICED = ("HGHL-0048", "BLU-PHX")

FUEL = FuelProgramme(
    name="Cedar Ridge fuel, per mile",
    series=SERIES,
    series_name=SERIES_NAME,
    method=FuelMethod.FORMULA,
    unit=FuelUnit.PER_MILE,
    base_price=Decimal("1.250"),
    miles_per_gallon=Decimal("6.0"),
    rate_places=2,
    timing=FuelTiming(lag_days=1),
)

DETENTION = AccessorialRule(
    rule="DET-4",
    code="DET",
    name="Detention",
    trigger=Trigger.DETENTION,
    basis=Basis.PER_HOUR,
    rate=Decimal("75.00"),
    maximum=Decimal("600.00"),
    cap_period=CapPeriod.DAY,
    detention=DetentionTerms(
        free_times=(FreeTime(minutes=120),), increment_minutes=15, late_tolerance_minutes=30
    ),
    approval_above_amount=Decimal("120.00"),
)

SCHEDULE = (
    AccessorialRule(
        rule="SO-1",
        code="SOC",
        name="Stop-off",
        trigger=Trigger.EXTRA_STOP,
        basis=Basis.PER_STOP,
        tiers=(Tier(from_quantity=Decimal(1), rate=Decimal("75.00")),),
    ),
    DETENTION,
    AccessorialRule(
        rule="LUM-1",
        code="LUM",
        name="Lumper",
        trigger=Trigger.RECEIPT,
        basis=Basis.PASS_THROUGH,
        receipt_kind="LUMPER_RECEIPT",
    ),
    AccessorialRule(
        rule="SCL-1",
        code="SCL",
        name="Scale ticket",
        trigger=Trigger.RECEIPT,
        basis=Basis.PASS_THROUGH,
        receipt_kind="SCALE_TICKET",
    ),
    AccessorialRule(
        rule="TONU-1",
        code="TONU",
        name="Truck ordered, not used",
        trigger=Trigger.TRUCK_NOT_USED,
        basis=Basis.FLAT,
        rate=Decimal("250.00"),
    ),
)
# Grocers' docks are slow; they were given an hour more.
PATIENT = replace(
    DETENTION,
    detention=DetentionTerms(
        free_times=(
            FreeTime(minutes=120),
            FreeTime(minutes=150, stop_kind=StopKind.DELIVERY),
        ),
        increment_minutes=15,
    ),
)


@dataclass(frozen=True, slots=True)
class CardSpec:
    """A rate card: for one customer, or for everybody."""

    name: str
    customer: str | None
    lanes: tuple[LaneRow, ...]
    schedule: tuple[AccessorialRule, ...] = SCHEDULE


def cards() -> list[CardSpec]:
    """Return a card for each other customer, and the general one."""
    own = [
        CardSpec(
            name=f"{spec.name.removesuffix(' Co.')} contract",
            customer=spec.code,
            lanes=tuple(_rows(spec.code, percent=100 - n)),
            schedule=_schedule(spec.code),
        )
        for n, spec in enumerate(CUSTOMERS)
        if spec.code != SHOWN
    ]
    return [*own, CardSpec("Cedar Ridge general", None, tuple(_general()))]


def effective_from(today: date) -> date:
    """Return the day all cards begin: the first of the year before."""
    return date(today.year - 1, 1, 1)


def _schedule(customer: str) -> tuple[AccessorialRule, ...]:
    if customer != "LKSH-0017":
        return SCHEDULE
    return tuple(PATIENT if rule is DETENTION else rule for rule in SCHEDULE)


def _rows(customer: str, *, percent: int) -> list[LaneRow]:
    """Price each usual lane of a customer between the ZIP3s of its ends."""
    usual = [lane for lane in LANES if lane.customer == customer and lane.shipment_type != "LTL"]
    return [
        LaneRow(
            row=row,
            origin=_end(lane.origin),
            destination=_end(lane.destination),
            basis=Basis.PER_MILE,
            rate=(PER_MILE[lane.equipment] * percent / 100).quantize(Decimal("0.0001")),
            minimum=Decimal("450.00"),
            equipment=lane.equipment,
        )
        for row, lane in enumerate(filter(is_priced, usual), start=1)
    ]


def is_priced(lane: Lane) -> bool:
    """Tell whether the customer's card has the lane."""
    return (lane.customer, lane.destination) != UNPRICED


def _end(code: str) -> Place:
    return Place.postal3(BY_CODE[code].postal_code)


def _general() -> list[LaneRow]:
    return [
        LaneRow(
            row=row,
            origin=ANYWHERE,
            destination=ANYWHERE,
            basis=Basis.PER_MILE,
            rate=rate + Decimal("0.3500"),
            minimum=Decimal("600.00"),
            equipment=equipment,
        )
        for row, (equipment, rate) in enumerate(PER_MILE.items(), start=1)
    ]
