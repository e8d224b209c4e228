"""What somebody asks the price of: a load that need not exist, from the few things people know.

The facts are made here and priced by `quoting.quote_facts`, the very code that bills. Nothing is
stored. What was not told stays unknown: a lane per mile without miles is a problem in the quote.
"""

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from accounts.models import Customer
from dispatch.models import Load
from dispatch.queries.places import towns_of
from dispatch.rules.places import country_code, is_zone, state_of, zone_of
from rating.engine.accessorials import detention_terms
from rating.engine.choices import StopKind
from rating.engine.clocks import free_minutes
from rating.engine.facts import Clock, Item, LoadFacts, Service, StopFacts
from rating.engine.quote import Quote
from rating.engine.wording import local
from rating.models import RateCardVersion
from rating.operations.quoting import quote_facts
from rating.queries.books import load_book
from rating.queries.load_facts import gather_facts

ASKED = "asked"
OPENING = time(8)
# Before and after, no tariff and no index is known; the calendar itself ends.
EARLIEST, LATEST = date(1990, 1, 1), date(2100, 1, 1)


class AskRefused(ValueError):
    """A question that names no load; `field` is the one to mend."""

    status = 400

    def __init__(self, field: str, code: str, sentence: str) -> None:
        self.field, self.code = field, code
        super().__init__(sentence)


@dataclass(frozen=True, slots=True, kw_only=True)
class QuoteRequest:
    """What a person or a partner types. Unknown quantities are None, never 0.

    The customer is named by id or by code. Each end is a ZIP, a city with its state, or a code of
    the location book. `extra_stops` lie between them. `detention_minutes` are those over the free
    time, at the delivery where the card charges waiting there, else at the first stop where it
    does. With `card_version_id` that version prices, a draft too.
    """

    customer_id: int | None = None
    customer_code: str = ""

    origin_postal_code: str = ""
    origin_city: str = ""
    origin_state: str = ""
    origin_country: str = "US"
    origin_location_code: str = ""
    destination_postal_code: str = ""
    destination_city: str = ""
    destination_state: str = ""
    destination_country: str = "US"
    destination_location_code: str = ""
    extra_stops: int = 0

    pickup_on: date
    delivery_on: date | None = None
    tendered_on: date | None = None

    equipment: str = Load.Equipment.VAN53
    shipment_type: str = Load.ShipmentType.TRUCKLOAD
    commodity: str = ""
    weight_lb: Decimal | None = None
    items: tuple[Item, ...] = ()
    pieces: Decimal | None = None
    pallets: Decimal | None = None
    cubic_feet: Decimal | None = None
    linear_feet: Decimal | None = None
    miles: Decimal | None = None
    quoted_amount: Decimal | None = None
    detention_minutes: int = 0
    services: tuple[Service, ...] = ()

    card_version_id: int | None = None


def ask_quote(request: QuoteRequest, *, at: datetime) -> Quote:
    """The price of what is asked, by the code that bills.

    Raises AskRefused for an unknown customer, version or end.
    """
    version = find_version(request.card_version_id)
    facts = facts_of(request, at=at)
    quote = quote_facts(facts, at=at, version=version)
    if not request.detention_minutes or quote.card_version_id is None:
        return quote
    rated = version or find_version(quote.card_version_id)
    waited = _with_wait(facts, rated, minutes=request.detention_minutes) if rated else facts
    return quote_facts(waited, at=at, version=version)


def ask_load(load: Load, *, at: datetime, version: RateCardVersion | None = None) -> Quote:
    """The price of a load that is there, by its customer's card or by any version."""
    facts = gather_facts([load])[load.pk]
    return quote_facts(facts, at=at, version=version)


def find_version(version_id: int | None) -> RateCardVersion | None:
    """The version of that id, in any status. Raises AskRefused where there is none."""
    if version_id is None:
        return None
    versions = RateCardVersion.objects.select_related("card", "fuel__series")
    if version := versions.filter(pk=version_id).first():
        return version
    raise AskRefused("version", "unknown_version", "There is no such version of a rate card.")


def facts_of(request: QuoteRequest, *, at: datetime) -> LoadFacts:
    """The facts of the load that is asked about, without the waiting.

    Raises AskRefused for an unknown customer, an end that names no place, or a day out of reach.
    """
    _check_days(request)
    customer = _customer(request)
    stops = _stops(request, zone=customer.timezone)
    return LoadFacts(
        customer_id=customer.pk,
        customer=customer.code,
        currency=customer.currency,
        shipment_type=request.shipment_type,
        equipment=request.equipment,
        commodity=request.commodity,
        quoted_amount=request.quoted_amount,
        weight_lb=request.weight_lb,
        items=request.items,
        pieces=request.pieces,
        pallets=request.pallets,
        cubic_feet=request.cubic_feet,
        linear_feet=request.linear_feet,
        miles=request.miles,
        miles_source=ASKED if request.miles is not None else "",
        tendered_on=request.tendered_on or local(at, stops[0].timezone).date(),
        pickup_on=request.pickup_on,
        pickup_source=ASKED,
        delivered_on=request.delivery_on,
        stops=stops,
        services=request.services,
    )


def _check_days(request: QuoteRequest) -> None:
    for name in ("pickup_on", "delivery_on", "tendered_on"):
        day = getattr(request, name)
        if day is not None and not EARLIEST <= day <= LATEST:
            sentence = f"{day} is not between {EARLIEST} and {LATEST}."
            raise AskRefused(name, "day_out_of_range", sentence)
    if request.delivery_on and request.delivery_on < request.pickup_on:
        sentence = "It would be delivered before it is picked up."
        raise AskRefused("delivery_on", "period_reversed", sentence)


def _customer(request: QuoteRequest) -> Customer:
    named = {"pk": request.customer_id} if request.customer_id else {"code": request.customer_code}
    if customer := Customer.objects.filter(**named).first():
        return customer
    raise AskRefused("customer", "unknown_customer", "There is no such customer.")


def _stops(request: QuoteRequest, *, zone: str) -> tuple[StopFacts, ...]:
    towns = towns_of([request.origin_postal_code, request.destination_postal_code])
    between = tuple(
        StopFacts(sequence=sequence, kind=StopKind.STOP_OFF, timezone=zone)
        for sequence in range(2, 2 + request.extra_stops)
    )
    origin = _end(request, "origin", towns, zone=zone)
    last = _end(request, "destination", towns, zone=origin.timezone)
    kind = StopKind.DELIVERY
    return (origin, *between, replace(last, sequence=2 + request.extra_stops, kind=kind))


def _end(
    request: QuoteRequest, end: str, towns: dict[str, tuple[str, str]], *, zone: str
) -> StopFacts:
    """One end; what the request leaves out comes from the location book and the postal code."""
    code, city, state, country, location = (
        getattr(request, f"{end}_{part}").strip()
        for part in ("postal_code", "city", "state", "country", "location_code")
    )
    if not (code or location or (city and state)):
        sentence = f"Name the {end} by its postal code, or by its city and state."
        raise AskRefused(f"{end}_postal_code", "place_missing", sentence)
    country = country_code(country)
    town, in_state = towns.get(code, ("", ""))
    state = state.upper() or in_state or state_of(code, country=country)
    clock = zone_of(state=state, postal_code=code, country=country) or ""
    return StopFacts(
        sequence=1,
        kind=StopKind.PICKUP,
        location_code=location,
        city=city or town,
        state=state,
        postal_code=code,
        country=country,
        timezone=clock if is_zone(clock) else zone,
    )


def _with_wait(facts: LoadFacts, version: RateCardVersion, *, minutes: int) -> LoadFacts:
    """The facts with clocks that wait `minutes` over the free time, where the card charges it."""
    book = load_book(version, facts)
    for stop in (facts.stops[-1], *facts.stops[:-1]):
        if terms := detention_terms(facts, book, stop):
            free = free_minutes(terms.free_times, stop, facts.weight_lb)
            waiting = _waiting(stop, facts, minutes=free + minutes)
            stops = tuple(waiting if each is stop else each for each in facts.stops)
            return replace(facts, stops=stops)
    return facts


def _waiting(stop: StopFacts, facts: LoadFacts, *, minutes: int) -> StopFacts:
    """`stop` as if the truck had come at eight of its clock and left after `minutes`."""
    on = facts.delivered_on if stop is facts.stops[-1] else facts.pickup_on
    came = datetime.combine(
        on or facts.pickup_on or EARLIEST, OPENING, tzinfo=ZoneInfo(stop.timezone)
    ).astimezone(UTC)
    left = came + timedelta(minutes=minutes)
    arrived, departed = (Clock(at=each, source=ASKED) for each in (came, left))
    return replace(stop, arrived=arrived, departed=departed, unloaded=departed)
