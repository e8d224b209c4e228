"""What is known about a load when it is priced: all of it, and nothing a tariff decides.

Facts are stored beside every rating, so they carry the index prices they were rated on and the
source of each clock. Stored facts and a card version give the same cents for ever.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import cached_property
from typing import Any

from rating.engine import storing
from rating.engine.choices import Anchor, StopKind


@dataclass(frozen=True, slots=True, kw_only=True)
class Clock:
    """One instant, in UTC, and who says so. Raises ValueError for a naive datetime."""

    at: datetime
    source: str = ""
    reference: str = ""

    def __post_init__(self) -> None:
        if self.at.tzinfo is None:
            raise ValueError("a clock needs a datetime with a time zone")
        object.__setattr__(self, "at", self.at.astimezone(UTC))


@dataclass(frozen=True, slots=True, kw_only=True)
class Pause:
    """A delay at a stop as it was told, which the rule may not count as waiting.

    `code` is the reason: an X12 code (element 1651) such as AH for the driver, MEAL for a meal
    break, or nothing where it was agreed that nobody pays. Without an `end` it lasts until the
    truck leaves.
    """

    start: Clock
    end: Clock | None = None
    code: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenHours:
    """When a dock receives on one weekday (Monday is 0), in minutes after the place's midnight.

    A dock that closes at or before its opening closes on the next day.
    """

    weekday: int
    opens_at: int
    closes_at: int


@dataclass(frozen=True, slots=True, kw_only=True)
class StopFacts:
    """One stop of the route: where, when it was promised and when it happened.

    `unloaded` is the end of unloading (X12 status D1), `departed` the truck leaving (AF, CD).
    `is_complete` says that the stop is over, so both its clocks are due. `truck_weight_lb` is the
    freight of all payors that the truck had there, this load's among it.
    """

    sequence: int
    kind: StopKind
    name: str = ""
    location_code: str = ""
    city: str = ""
    state: str = ""
    postal_code: str = ""
    country: str = "US"
    timezone: str = "UTC"
    appointment_from: datetime | None = None
    appointment_to: datetime | None = None
    is_fcfs: bool = False
    is_skipped: bool = False
    is_complete: bool = False
    arrived: Clock | None = None
    unloaded: Clock | None = None
    departed: Clock | None = None
    pauses: tuple[Pause, ...] = ()
    receiving_hours: tuple[OpenHours, ...] = ()
    weight_lb: Decimal | None = None
    truck_weight_lb: Decimal | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """Pieces of one kind: what they weigh together, and how large each of them is.

    Dimensions are the greatest outer ones in inches, pallet included. `freight_class` is the class
    as declared; `is_stackable` is whether other freight may stand on a piece.
    """

    weight_lb: Decimal
    freight_class: str = ""
    description: str = ""
    pieces: int | None = None
    length_in: Decimal | None = None
    width_in: Decimal | None = None
    height_in: Decimal | None = None
    is_stackable: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """A bill somebody paid on the way. `kind` is the document's kind, such as LUMPER_RECEIPT."""

    kind: str
    number: str = ""
    amount: Decimal | None = None
    currency: str = ""
    stop_sequence: int | None = None
    reference: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """Something done beyond carrying: two nights of layover, 140 miles of redelivery.

    `code` is what the accessorial rules listen to; `quantity` counts `unit`. `is_told` is False
    for what follows from other facts, such as a reweigh that changed the weight: no rule has to
    charge it.
    """

    code: str
    quantity: Decimal = Decimal(1)
    unit: str = ""
    stop_sequence: int | None = None
    source: str = ""
    reference: str = ""
    at: datetime | None = None
    authorised_by: str = ""
    is_told: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class IndexPrice:
    """One published value of an index: a price per gallon, or a percentage.

    `survey_on` is the day it is for, `published_on` the day it came out where it is published.
    `effective_from` is set when the publisher or the contract named the day itself.
    """

    series: str
    survey_on: date
    value: Decimal
    published_on: date | None = None
    effective_from: date | None = None


@dataclass(frozen=True, kw_only=True)
class LoadFacts:
    """Everything a tariff may ask about one load. Stops are in the order of the route.

    Dates are local to the place they happened at. Unknown quantities are None, never 0.
    """

    load: str = ""
    customer_id: int | None = None
    customer: str = ""
    shipment_type: str = ""
    equipment: str = ""
    commodity: str = ""
    currency: str = ""
    quoted_amount: Decimal | None = None

    weight_lb: Decimal | None = None
    weight_source: str = ""
    items: tuple[Item, ...] = ()
    pieces: Decimal | None = None
    pallets: Decimal | None = None
    cubic_feet: Decimal | None = None
    linear_feet: Decimal | None = None
    miles: Decimal | None = None
    miles_source: str = ""
    deadhead_miles: Decimal | None = None
    hours: Decimal | None = None
    days: Decimal | None = None

    tendered_on: date | None = None
    pickup_on: date | None = None
    pickup_source: str = ""
    delivered_on: date | None = None
    is_delivered: bool = False
    cancelled: Clock | None = None
    truck_not_used: Clock | None = None

    stops: tuple[StopFacts, ...] = ()
    receipts: tuple[Receipt, ...] = ()
    services: tuple[Service, ...] = ()
    index_prices: tuple[IndexPrice, ...] = ()

    @cached_property
    def worked_stops(self) -> tuple[StopFacts, ...]:
        """The stops the truck was asked to make, without the ones struck from the route."""
        return tuple(stop for stop in self.stops if not stop.is_skipped)

    @property
    def freight_lb(self) -> Decimal | None:
        """What the freight weighs: its items together, else the weight of the load."""
        if not self.items:
            return self.weight_lb
        return sum((item.weight_lb for item in self.items), Decimal(0))

    @property
    def origin(self) -> StopFacts | None:
        """The first stop of the route."""
        return self.worked_stops[0] if self.worked_stops else None

    @property
    def destination(self) -> StopFacts | None:
        """The last stop of the route."""
        return self.worked_stops[-1] if self.worked_stops else None

    def day_of(self, anchor: Anchor) -> date | None:
        """The load's day a date rule asks for, None while it is unknown."""
        return {
            Anchor.PICKUP: self.pickup_on,
            Anchor.TENDER: self.tendered_on,
            Anchor.DELIVERY: self.delivered_on,
        }[anchor]


def to_json(facts: LoadFacts) -> dict[str, Any]:
    """The facts as plain JSON values, equal for equal facts. `from_json` gives them back."""
    plain: dict[str, Any] = storing.to_plain(facts)
    return plain


def from_json(data: dict[str, Any]) -> LoadFacts:
    """The facts that `to_json` wrote, also years ago: unknown keys are left, missing ones default.

    Raises storing.Unreadable.
    """
    return storing.from_plain(LoadFacts, data)
