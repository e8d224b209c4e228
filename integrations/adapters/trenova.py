"""Trenova: stop events of a route whose external ids name shipment, orders and stop."""

from collections.abc import Iterator
from datetime import UTC
from typing import Any

from msgspec import Struct

from dispatch.events import LoadKey
from integrations.events import Heard, Moment, Problem, Raw, Reading
from integrations.rules.records import FieldError, read_record, when_of
from journal.rules.strictjson import StrictJSONError, parse_json

KINDS = {"RouteStopArrival": "ARRIVED", "RouteStopDeparture": "DEPARTED"}


class _Order(Struct, frozen=True):
    id: str = ""
    name: str = ""
    externalIds: dict[str, str] = {}  # noqa: N815  the partner's spelling


class _Route(Struct, frozen=True):
    id: str = ""
    externalIds: dict[str, str] = {}  # noqa: N815


class _Details(Struct, frozen=True):
    id: str = ""
    actualArrivalTime: str = ""  # noqa: N815
    actualDepartureTime: str = ""  # noqa: N815
    externalIds: dict[str, str] = {}  # noqa: N815
    orders: list[_Order] = []


class _Named(Struct, frozen=True):
    name: str = ""


class _StopEvent(Struct):
    time: str = ""
    route: _Route = _Route()
    routeStopDetails: _Details = _Details()  # noqa: N815
    driver: _Named = _Named()
    vehicle: _Named = _Named()


class _Message(Struct):
    eventType: str  # noqa: N815
    data: dict[str, Any]


def read(raw: Raw) -> Reading:
    """Return what a Trenova message says."""
    try:
        message = read_record(parse_json(raw.body), _Message)
        if message.eventType in KINDS:
            event = read_record(message.data, _StopEvent)
            return _read_stop(KINDS[message.eventType], event, raw)
    except (StrictJSONError, FieldError) as error:
        return Reading(problems=(Problem(error.code, str(error), field=error.field),))
    text = f"{message.eventType[:60]!r} is no event we act upon."
    return Reading(ignored=Problem("unknown_type", text, field="eventType"))


def _read_stop(kind: str, event: _StopEvent, raw: Raw) -> Reading:
    details = event.routeStopDetails
    actual = details.actualArrivalTime if kind == "ARRIVED" else details.actualDepartureTime
    when = when_of(actual or event.time, field="data.time")
    references = tuple(_references(event))
    if not references:
        text = "No external id names a shipment, an order or a route."
        return Reading(problems=(Problem("reference_missing", text, field="data"),))
    sequence = details.externalIds.get("stopSequence", "")
    heard = Heard(
        kind=kind,
        moment=Moment(instant=when.astimezone(UTC)) if when.tzinfo else Moment(local=when),
        stop_sequence=int(sequence) if sequence.isdecimal() and len(sequence) < 3 else None,
        source_reference=raw.external_id[-120:],
        detail={
            name: text
            for name, text in {"driver": event.driver.name, "truck": event.vehicle.name}.items()
            if text
        },
    )
    return Reading(key=LoadKey(references=references), heard=(heard,))


def _references(event: _StopEvent) -> Iterator[tuple[str, str]]:
    """Yield what may name the load, the surest first."""
    details = event.routeStopDetails
    told = [("SHIPMENT_ID", details.externalIds.get("shipmentId", ""))]
    for order in details.orders:
        told += [("ORDER", value) for value in (*order.externalIds.values(), order.name)]
    told += [("TMS", value) for value in (*event.route.externalIds.values(), event.route.id)]
    for kind, value in told:
        if any(letter.isalnum() for letter in value):
            yield kind, value[:60]
