"""What dispatch knows about loads, as the facts the engine prices.

Five statements for any number of loads. A clock is the one that dispatch folded; the milestone
that told it is its evidence.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from itertools import chain

from django.db.models import prefetch_related_objects

from dispatch.fold import AT_A_STOP, Fact, PlannedStop, find_stop, standing_facts
from dispatch.models import Document, Load, LoadItem, Milestone, Stop
from dispatch.queries.histories import fact_of, planned_stop
from dispatch.rules.hours import HoursError, read_hours
from rating.engine.choices import StopKind
from rating.engine.facts import Clock, Item, LoadFacts, OpenHours, Receipt, StopFacts
from rating.engine.money import tidy
from rating.engine.wording import local
from rating.queries.load_services import (
    deadhead_of,
    delays_of,
    reclassed,
    reclasses_of,
    reweighed,
    scale_source,
    services_of,
    weighings_of,
)

# What happens at a stop, and may be told of the load alone.
_DELAYS = ("PAUSED", "DELAYED", "EXCEPTION")
_MAY_NAME_A_STOP = frozenset({*_DELAYS, "SERVICE"})
_RECEIPTS = (Document.Kind.LUMPER_RECEIPT, Document.Kind.SCALE_TICKET)
_PALLETS = frozenset({"PLT", "PALLET", "PALLETS", "PLTS", "SKID", "SKIDS"})


@dataclass(slots=True)
class _Papers:
    """Everything on file about one load."""

    stops: list[Stop] = field(default_factory=list)
    items: list[LoadItem] = field(default_factory=list)
    milestones: dict[str, Milestone] = field(default_factory=dict)
    receipts: list[Document] = field(default_factory=list)
    standing: defaultdict[tuple[str, int | None], list[Milestone]] = field(
        default_factory=lambda: defaultdict(list)
    )

    def told(self, kind: str, *, stop: Stop | None = None) -> list[Milestone]:
        """The milestones of a kind that stand, at a stop if one is named, as they happened."""
        return self.standing[kind, stop.sequence if stop else None]

    def by_stop(self, kind: str) -> dict[int | None, list[Milestone]]:
        """The milestones of a kind that stand, by the sequence of their stop."""
        return {at: told for (name, at), told in list(self.standing.items()) if name == kind}

    def sort_out(self) -> None:
        """Find what stands, and which stop it is about, as dispatch does when it folds."""
        planned = [planned_stop(stop) for stop in self.stops]
        for fact in standing_facts(fact_of(each) for each in self.milestones.values()):
            sequence = self._sequence_of(fact, planned)
            self.standing[fact.kind, sequence].append(self.milestones[fact.key])

    @staticmethod
    def _sequence_of(fact: Fact, planned: Sequence[PlannedStop]) -> int | None:
        """The stop a fact is about; what people may tell of the whole load only if it names one."""
        names_one = fact.stop_sequence is not None or fact.stop_kind or fact.city
        if fact.kind not in AT_A_STOP and not (fact.kind in _MAY_NAME_A_STOP and names_one):
            return None
        stop = find_stop(fact, planned)[0]
        return stop.sequence if stop else None


def gather_facts(loads: Sequence[Load]) -> dict[int, LoadFacts]:
    """The facts of each load, by its id. Index prices are not among them yet."""
    prefetch_related_objects(loads, "customer")
    papers = _papers([load.pk for load in loads])
    return {load.pk: _facts(load, papers[load.pk]) for load in loads}


def _papers(load_ids: Sequence[int]) -> defaultdict[int, _Papers]:
    found: defaultdict[int, _Papers] = defaultdict(_Papers)
    stops = Stop.objects.filter(load__in=load_ids).select_related("location")
    for stop in stops.order_by("load_id", "sequence"):
        found[stop.load_id].stops.append(stop)
    for item in LoadItem.objects.filter(load__in=load_ids).order_by("load_id", "line"):
        found[item.load_id].items.append(item)
    for milestone in Milestone.objects.filter(load__in=load_ids).order_by("load_id", "id"):
        found[milestone.load_id].milestones[milestone.fact_key] = milestone
    receipts = Document.objects.filter(load__in=load_ids, kind__in=_RECEIPTS)
    for receipt in receipts.exclude(status=Document.Status.REJECTED).order_by("id"):
        found[receipt.load_id].receipts.append(receipt)
    for papers in found.values():
        papers.sort_out()
    return found


def _facts(load: Load, papers: _Papers) -> LoadFacts:
    pickup_on, pickup_source = _pickup(load, papers)
    inspections = papers.told("RECLASSED")
    declared = tuple(_item(item) for item in papers.items)
    items = reclassed(reweighed(declared, load.reweighed_lb), inspections)
    return LoadFacts(
        load=load.number,
        customer_id=load.customer_id,
        customer=load.customer.code,
        shipment_type=load.shipment_type,
        equipment=load.equipment,
        commodity=load.commodity,
        currency=load.currency,
        quoted_amount=_tidy(load.quoted_amount),
        weight_lb=_tidy(load.carried_lb, places=0),
        weight_source=scale_source(papers.told("REWEIGHED")),
        items=items,
        cubic_feet=_tidy(load.cubic_feet, places=0),
        linear_feet=_tidy(load.linear_feet, places=0),
        pieces=_count(load.pieces),
        pallets=_count(load.pieces) if load.piece_unit.upper() in _PALLETS else None,
        miles=_tidy(load.miles, places=0),
        miles_source=load.miles_source,
        deadhead_miles=deadhead_of(
            [*papers.told("TRUCK_NOT_USED"), *chain(*papers.by_stop("SERVICE").values())]
        ),
        tendered_on=_tendered_on(load, papers),
        pickup_on=pickup_on,
        pickup_source=pickup_source,
        delivered_on=_delivered_on(load, papers),
        is_delivered=load.status == Load.Status.DELIVERED,
        cancelled=_ended(load, papers, Load.Status.CANCELLED, "CANCELLED"),
        truck_not_used=_ended(load, papers, Load.Status.TONU, "TRUCK_NOT_USED"),
        stops=tuple(_stop(stop, papers) for stop in papers.stops),
        receipts=tuple(_receipt(document, papers) for document in papers.receipts),
        services=(
            *services_of(papers.by_stop("SERVICE")),
            *weighings_of(load, papers.told("REWEIGHED")),
            *reclasses_of(declared, items, inspections),
        ),
    )


def _item(item: LoadItem) -> Item:
    return Item(
        weight_lb=tidy(item.weight_lb, places=0),
        freight_class=item.freight_class,
        description=item.description,
        pieces=item.pieces,
        length_in=_tidy(item.length_in, places=0),
        width_in=_tidy(item.width_in, places=0),
        height_in=_tidy(item.height_in, places=0),
        is_stackable=item.is_stackable,
    )


def _stop(stop: Stop, papers: _Papers) -> StopFacts:
    unloaded = next(iter(papers.told("DELIVERED", stop=stop)), None)
    return StopFacts(
        sequence=stop.sequence,
        kind=StopKind(stop.kind),
        name=stop.name,
        location_code=stop.location.code if stop.location else "",
        city=stop.city,
        state=stop.state,
        postal_code=stop.postal_code,
        country=stop.country,
        timezone=stop.timezone,
        appointment_from=stop.appointment_from,
        appointment_to=stop.appointment_to,
        is_fcfs=stop.is_fcfs,
        is_skipped=stop.status == Stop.Status.SKIPPED,
        is_complete=stop.status == Stop.Status.COMPLETED,
        arrived=_folded(stop.arrived_at, papers.told("ARRIVED", stop=stop), stop),
        unloaded=_clock(unloaded) if unloaded else None,
        departed=_departed(stop, papers),
        pauses=tuple(
            delays_of(stop, (m for kind in _DELAYS for m in papers.told(kind, stop=stop)))
        ),
        receiving_hours=_receiving_hours(stop),
        weight_lb=_tidy(stop.weight_lb, places=0),
        truck_weight_lb=_tidy(stop.truck_weight_lb, places=0),
    )


def _receiving_hours(stop: Stop) -> tuple[OpenHours, ...]:
    """The hours of the dock; a location's that nobody can read are not known."""
    try:
        openings = read_hours(stop.receiving_hours)
    except HoursError:
        return ()
    return tuple(
        OpenHours(weekday=weekday, opens_at=opens, closes_at=closes)
        for weekday, opens, closes in openings
    )


def _departed(stop: Stop, papers: _Papers) -> Clock | None:
    """The departure; where dispatch took a delivery for it, only `unloaded` is known."""
    departures = papers.told("DEPARTED", stop=stop)
    if not departures and papers.told("DELIVERED", stop=stop):
        return None
    return _folded(stop.departed_at, departures, stop)


def _folded(instant: datetime | None, told: Iterable[Milestone], stop: Stop) -> Clock | None:
    """The clock that dispatch folded, with the milestone behind it as evidence."""
    if instant is None:
        return None
    witness = next((each for each in told if each.occurred_at == instant), None)
    if witness is None:
        return Clock(at=instant, source="dispatch", reference=f"stop:{stop.pk}")
    return _clock(witness)


def _clock(milestone: Milestone) -> Clock:
    return Clock(
        at=milestone.occurred_at, source=milestone.source, reference=f"milestone:{milestone.pk}"
    )


def _ended(load: Load, papers: _Papers, status: str, kind: str) -> Clock | None:
    if load.status != status or load.ended_at is None:
        return None
    witness = next((each for each in papers.told(kind) if each.occurred_at == load.ended_at), None)
    if witness is None:
        return Clock(at=load.ended_at, source="dispatch", reference=f"load:{load.pk}")
    return _clock(witness)


def _receipt(document: Document, papers: _Papers) -> Receipt:
    sequences = {stop.pk: stop.sequence for stop in papers.stops}
    return Receipt(
        kind=document.kind,
        number=document.receipt_number,
        amount=_tidy(document.amount),
        currency=document.currency,
        stop_sequence=sequences.get(document.stop_id) if document.stop_id else None,
        reference=f"document:{document.pk}",
    )


def _pickup(load: Load, papers: _Papers) -> tuple[date | None, str]:
    """The local day of pickup: as it was, else as it was agreed."""
    stop = next((each for each in papers.stops if each.kind == Stop.Kind.PICKUP), None)
    zone = stop.timezone if stop else "UTC"
    if load.picked_up_at:
        return _day(load.picked_up_at, zone), "picked up"
    if stop and stop.appointment_from:
        return _day(stop.appointment_from, zone), "appointment"
    return None, ""


def _tendered_on(load: Load, papers: _Papers) -> date:
    zone = papers.stops[0].timezone if papers.stops else "UTC"
    told = papers.told("TENDERED")
    return _day(told[0].occurred_at if told else load.created_at, zone)


def _delivered_on(load: Load, papers: _Papers) -> date | None:
    """The local day of delivery: as it was, else as it was agreed."""
    last = papers.stops[-1] if papers.stops else None
    instant = load.delivered_at or (last.appointment_from if last else None)
    return _day(instant, last.timezone if last else "UTC") if instant else None


def _day(instant: datetime, zone: str) -> date:
    return local(instant, zone).date()


def _tidy(value: Decimal | None, *, places: int = 2) -> Decimal | None:
    return None if value is None else tidy(value, places=places)


def _count(value: int | None) -> Decimal | None:
    return None if value is None else Decimal(value)
