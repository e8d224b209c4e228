"""Where a shipment is, in the few steps a customer cares about."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from dispatch.models import Document, Load, Reference, Stop

A_MINUTE = timedelta(minutes=1)
CALLED_OFF = (Load.Status.CANCELLED, Load.Status.DECLINED, Load.Status.TONU)
# How others call a shipment, best known name first.
NAMES = (Reference.Kind.PRO, Reference.Kind.BOL, Reference.Kind.SHIPMENT_ID)


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the way: what, when and on whose clock; without an instant it is to come."""

    words: str
    at: datetime | None
    timezone: str


@dataclass(frozen=True, slots=True)
class Shipment:
    """A load as its customer sees it. Built from rows already read."""

    load: Load
    name: str
    purchase_orders: tuple[str, ...]
    steps: tuple[Step, ...]
    papers: tuple[Document, ...]

    @property
    def is_coming(self) -> bool:
        """Tell whether the shipment will still be delivered."""
        return self.load.delivered_at is None and self.load.status not in CALLED_OFF

    @property
    def proof(self) -> Document | None:
        """Return the newest proof of delivery."""
        return next((paper for paper in self.papers if paper.kind == Document.Kind.POD), None)


@dataclass(frozen=True, slots=True)
class Visit:
    """A stop and how its arrival kept the appointment: None while that cannot be told."""

    stop: Stop
    late: timedelta | None

    @property
    def is_late(self) -> bool:
        """Tell whether the truck came after the window had closed."""
        return self.late is not None and self.late >= A_MINUTE

    @property
    def is_skipped(self) -> bool:
        """Tell whether nobody will come here any more."""
        return self.stop.status == Stop.Status.SKIPPED


def visits_of(load: Load) -> list[Visit]:
    """Return the stops in order; first come, first served keeps no time."""
    return [
        Visit(stop, _lateness(stop))
        for stop in sorted(load.stops.all(), key=lambda stop: stop.sequence)
    ]


def _lateness(stop: Stop) -> timedelta | None:
    closes = stop.appointment_to or stop.appointment_from
    if stop.is_fcfs or closes is None or stop.arrived_at is None:
        return None
    return stop.arrived_at - closes


def shipment_of(load: Load, *, papers: Sequence[Document]) -> Shipment:
    """Describe a load whose stops and references were read with it.

    `papers` are those of the load that the customer may see, newest first.
    """
    references = list(load.references.all())
    by_kind = {reference.kind: reference for reference in reversed(references)}
    named = next((by_kind[kind] for kind in NAMES if kind in by_kind), None)
    return Shipment(
        load=load,
        name=f"{named.get_kind_display()} {named.value}" if named else f"load {load.number}",
        purchase_orders=tuple(r.value for r in references if r.kind == Reference.Kind.PO),
        steps=(*_stop_steps(load), _proof_step(papers, load)),
        papers=tuple(papers),
    )


def _stop_steps(load: Load) -> list[Step]:
    stops = sorted(load.stops.all(), key=lambda stop: stop.sequence)
    return [
        Step(_stop_words(stop, is_last=stop is stops[-1]), _done_at(stop, load), stop.timezone)
        for stop in stops
        if stop.status != Stop.Status.SKIPPED
    ]


def _stop_words(stop: Stop, *, is_last: bool) -> str:
    if stop.sequence == 1 and stop.kind == Stop.Kind.PICKUP:
        return "Picked up"
    if is_last:
        return "Delivered"
    return ", ".join(part for part in (stop.city, stop.state) if part) or stop.name


def _done_at(stop: Stop, load: Load) -> datetime | None:
    is_drop = stop.kind in (Stop.Kind.DELIVERY, Stop.Kind.DROP)
    if is_drop and load.delivered_at and stop.departed_at is None:
        return stop.arrived_at or load.delivered_at
    return stop.departed_at


def _proof_step(papers: Sequence[Document], load: Load) -> Step:
    proof = next((paper for paper in papers if paper.kind == Document.Kind.POD), None)
    stops = list(load.stops.all())
    zone = max(stops, key=lambda stop: stop.sequence).timezone if stops else ""
    return Step("POD ready", proof.received_at if proof else None, zone)
