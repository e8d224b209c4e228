"""The life of one load as it will be told: what was agreed, what happened, which papers came.

The seed of the demonstration and the simulated TMS both tell stories; one through the operations,
the other through HTTP.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import pairwise
from random import Random

from demo.plan import Behaviour
from demo.world.lanes import Lane
from demo.world.ltl import items_of
from demo.world.papers import paper
from demo.world.places import BY_CODE, MILES_SOURCE, Place, road_miles
from demo.world.tariffs import PER_MILE
from dispatch.events import DocumentFacts, LoadFacts, MilestoneFacts, StopFacts

MILES_AN_HOUR = 48
# What fuel adds to a mile when a load is quoted.
QUOTED_FUEL = Decimal("0.45")
LUMPER_DOCKS = frozenset({"LKS-RDC", "LKS-DC3", "LKS-DC7"})


@dataclass(frozen=True, slots=True)
class Story:
    """One load from tender to paper, in the order things happened.

    `corrections` come after the invoice: facts that supersede earlier ones.
    """

    number: int
    behaviour: Behaviour
    lane: Lane
    facts: LoadFacts
    happenings: tuple[MilestoneFacts, ...]
    papers: tuple[DocumentFacts, ...]
    corrections: tuple[MilestoneFacts, ...]

    @property
    def ended_at(self) -> datetime:
        """Return when the last thing happened."""
        return self.happenings[-1].occurred_at


def tell(number: int, lane: Lane, *, pickup_at: datetime, behaviour: Behaviour) -> Story:
    """Return the story of load `number` on `lane`, picked up around `pickup_at`.

    The same arguments give the same story.
    """
    random = Random(number)  # noqa: S311  a story, not a secret
    places = [BY_CODE[code] for code in (lane.origin, lane.stop_off, lane.destination) if code]
    legs = [road_miles(a, b) for a, b in pairwise(places)]
    appointments = _appointments(pickup_at, legs)
    stops = tuple(
        _stop(n, place, at, last=len(places))
        for n, (place, at) in enumerate(zip(places, appointments, strict=True), start=1)
    )
    happenings = _happenings(stops, random, behaviour, number)
    return Story(
        number=number,
        behaviour=behaviour,
        lane=lane,
        facts=_facts(number, lane, stops, sum(legs, Decimal()), random),
        happenings=happenings,
        papers=_papers(number, places, happenings, random, behaviour),
        corrections=_corrections(happenings, behaviour),
    )


def _appointments(pickup_at: datetime, legs: list[Decimal]) -> list[datetime]:
    at = pickup_at.replace(minute=0, second=0, microsecond=0)
    appointments = [at]
    for leg in legs:
        hours = int(leg / MILES_AN_HOUR) + 3
        at += timedelta(hours=hours)
        appointments.append(at)
    return appointments


def _stop(sequence: int, place: Place, at: datetime, *, last: int) -> StopFacts:
    kind = {1: "PICKUP", last: "DELIVERY"}.get(sequence, "STOP_OFF")
    return StopFacts(
        sequence=sequence,
        kind=kind,
        name=place.name,
        address=place.address,
        city=place.city,
        state=place.state,
        postal_code=place.postal_code,
        timezone=place.timezone,
        location_code=place.code,
        appointment_from=at,
        appointment_to=at + timedelta(hours=1 if kind == "PICKUP" else 0),
    )


def _facts(
    number: int, lane: Lane, stops: tuple[StopFacts, ...], miles: Decimal, random: Random
) -> LoadFacts:
    items = items_of(lane, random)
    weight = sum((item.weight_lb for item in items), Decimal())
    pieces = sum(item.pieces or 0 for item in items)
    return LoadFacts(
        references=(
            ("SHIPMENT_ID", f"CR{number:06}"),
            ("PRO", f"7741{number:06}"),
            ("BOL", f"{lane.customer[:2]}-{2_290_000 + number}"),
            ("PO", f"45{870_000 + number:08}"),
        ),
        stops=stops,
        customer_code=lane.customer,
        shipment_type=lane.shipment_type,
        equipment=lane.equipment,
        trailer=f"R{5300 + number % 60}",
        commodity=lane.commodity,
        weight_lb=weight or Decimal(random.randrange(18_000, 44_000, 20)),
        pieces=pieces or random.randrange(18, 26),
        piece_unit="PLT",
        items=items,
        miles=miles,
        miles_source=MILES_SOURCE,
        quoted_amount=_quoted(lane, miles),
        currency="USD",
        carrier_scac="CDRF",
    )


def _quoted(lane: Lane, miles: Decimal) -> Decimal | None:
    """Return what a truckload was quoted at; the rest is priced by its freight."""
    if lane.shipment_type not in ("TRUCKLOAD", "DRAYAGE"):
        return None
    return (miles * (PER_MILE[lane.equipment] + QUOTED_FUEL)).quantize(Decimal("0.01"))


def _happenings(
    stops: tuple[StopFacts, ...], random: Random, behaviour: Behaviour, number: int
) -> tuple[MilestoneFacts, ...]:
    pickup = stops[0].appointment_from
    assert pickup is not None  # noqa: S101  every stop of a story has an appointment
    told: list[tuple[str, datetime, int | None]] = [
        ("TENDERED", pickup - timedelta(hours=30), None),
        ("ACCEPTED", pickup - timedelta(hours=29), None),
        ("DISPATCHED", pickup - timedelta(hours=5), None),
    ]
    for stop in stops:
        arrived, departed = _clocks(stop, random, kept=_is_kept(stop, stops, behaviour))
        told += [("ARRIVED", arrived, stop.sequence), ("DEPARTED", departed, stop.sequence)]
    told.append(("DELIVERED", told[-1][1], stops[-1].sequence))
    return tuple(
        MilestoneFacts(
            kind=kind,
            occurred_at=at,
            stop_sequence=sequence,
            source_offset_minutes=0,
            source_reference=f"cr{number:06}-{n:02}",
        )
        for n, (kind, at, sequence) in enumerate(told, start=1)
    )


def _is_kept(stop: StopFacts, stops: tuple[StopFacts, ...], behaviour: Behaviour) -> bool:
    return behaviour is Behaviour.DETAINED and stop is stops[-1]


def _clocks(stop: StopFacts, random: Random, *, kept: bool) -> tuple[datetime, datetime]:
    appointment = stop.appointment_from
    assert appointment is not None  # noqa: S101  as above
    arrived = appointment + timedelta(minutes=random.randrange(-20, 15))
    dwell = random.randrange(175, 260) if kept else random.randrange(45, 105)
    return arrived, max(arrived, appointment) + timedelta(minutes=dwell)


def _papers(
    number: int,
    places: list[Place],
    happenings: tuple[MilestoneFacts, ...],
    random: Random,
    behaviour: Behaviour,
) -> tuple[DocumentFacts, ...]:
    end, at = places[-1], happenings[-1].occurred_at
    papers = []
    if end.code in LUMPER_DOCKS and random.random() < 0.4:
        papers.append(_lumper(number, end, len(places), at, random))
    if behaviour is not Behaviour.WITHOUT_POD:
        papers.append(_pod(number, end, len(places), at))
    return tuple(papers)


def _pod(number: int, place: Place, sequence: int, at: datetime) -> DocumentFacts:
    signer = ("J. Alvarez", "R. Ortega", "M. Chen", "T. Novak")[number % 4]
    words = [
        f"Shipment CR{number:06}",
        f"Received in good order at {place.name}, {place.city}, {place.state}",
        f"Signed {signer}, {at:%Y-%m-%d %H:%M} UTC",
    ]
    return DocumentFacts(
        kind="POD",
        filename=f"POD_CR{number:06}.pdf",
        content=paper("Proof of delivery", words),
        occurred_at=at,
        stop_sequence=sequence,
        signed_by=signer,
    )


def _lumper(
    number: int, place: Place, sequence: int, at: datetime, random: Random
) -> DocumentFacts:
    amount = Decimal(random.randrange(9_000, 32_000, 500)) / 100
    receipt = f"{5000 + number % 4000}"
    words = [f"Unloading at {place.name}", f"Receipt {receipt}", f"Paid USD {amount:.2f}"]
    return DocumentFacts(
        kind="LUMPER_RECEIPT",
        filename=f"lumper_{receipt}.pdf",
        content=paper("Lumper receipt", words),
        occurred_at=at,
        stop_sequence=sequence,
        amount=amount,
        currency="USD",
        receipt_number=receipt,
    )


def _corrections(
    happenings: tuple[MilestoneFacts, ...], behaviour: Behaviour
) -> tuple[MilestoneFacts, ...]:
    """Return the later word on when the truck left: two and a half hours after the first."""
    if behaviour is not Behaviour.CORRECTED:
        return ()
    left = next(fact for fact in reversed(happenings) if fact.kind == "DEPARTED")
    return (
        MilestoneFacts(
            kind="DEPARTED",
            occurred_at=left.occurred_at + timedelta(minutes=150),
            stop_sequence=left.stop_sequence,
            source_offset_minutes=0,
            source_reference=f"{left.source_reference}b",
            supersedes_reference=left.source_reference,
            detail={"reason": "The dock's clock was read wrongly."},
        ),
    )
