"""Samsara: routes and their stops, documents, geofences.

A route stands for a load: its external ids, its name and its id are tried as references. An
arrival may already tell of the departure; both are taken.
"""

from collections.abc import Iterator, Mapping
from datetime import UTC
from typing import Any

from msgspec import Struct

from dispatch.events import LoadKey
from integrations.events import Heard, Moment, Problem, Raw, Reading
from integrations.rules.records import FieldError, read_record, when_of
from journal.rules.strictjson import StrictJSONError, parse_json

ROUTE_EVENTS = frozenset({"routeStopArrival", "routeStopDeparture"})
GEOFENCE_EVENTS = frozenset({"geofenceEntry", "geofenceExit"})
DOCUMENT_EVENT = "driverDocumentSubmitted"


class _Place(Struct):
    address: str = ""


class _RouteStop(Struct):
    id: str
    singleUseLocation: _Place | None = None  # noqa: N815  the partner's spelling


class _Route(Struct):
    id: str
    name: str = ""
    externalIds: dict[str, str] = {}  # noqa: N815
    stops: list[_RouteStop] = []


class _StopDetails(Struct):
    id: str
    actualArrivalTime: str = ""  # noqa: N815
    actualDepartureTime: str = ""  # noqa: N815


class _RouteEvent(Struct):
    route: _Route
    routeStopDetails: _StopDetails  # noqa: N815


class _DocumentField(Struct):
    label: str = ""
    type: str = ""
    value: Any = None


class _Paper(Struct):
    id: str
    fields: list[_DocumentField] = []


class _DocumentEvent(Struct):
    document: _Paper


class _Message(Struct):
    entityType: str  # noqa: N815
    data: dict[str, Any]


def read(raw: Raw) -> Reading:
    """Return what a Samsara message says."""
    try:
        message = read_record(parse_json(raw.body), _Message)
        if message.entityType in ROUTE_EVENTS:
            return _read_route(read_record(message.data, _RouteEvent), raw)
        if message.entityType == DOCUMENT_EVENT:
            return _read_document(read_record(message.data, _DocumentEvent))
    except (StrictJSONError, FieldError) as error:
        return Reading(problems=(Problem(error.code, str(error), field=error.field),))
    if message.entityType in GEOFENCE_EVENTS:
        text = f"A {message.entityType} names a vehicle and a place, but no load."
        return Reading(ignored=Problem("no_load_named", text))
    text = f"{message.entityType[:60]!r} is no event we act upon."
    return Reading(ignored=Problem("unknown_type", text, field="entityType"))


def _read_route(event: _RouteEvent, raw: Raw) -> Reading:
    key = LoadKey(references=tuple(_references(event.route)))
    heard = tuple(_heard(event, raw.external_id))
    if not heard:
        text = "routeStopDetails has neither an arrival nor a departure time."
        return Reading(key=key, problems=(Problem("time_missing", text, field="data"),))
    return Reading(key=key, heard=heard)


def _references(route: _Route) -> Iterator[tuple[str, str]]:
    for value in route.externalIds.values():
        if any(letter.isalnum() for letter in value):
            yield "SHIPMENT_ID", value[:60]
    if any(letter.isalnum() for letter in route.name):
        yield "SHIPMENT_ID", route.name[:60]
    yield "TMS", route.id[:60]


def _heard(event: _RouteEvent, reference: str) -> Iterator[Heard]:
    details = event.routeStopDetails
    sequence, stop = next(
        ((n, stop) for n, stop in enumerate(event.route.stops, 1) if stop.id == details.id),
        (None, None),
    )
    place = _place(stop.singleUseLocation.address if stop and stop.singleUseLocation else "")
    told = {"ARRIVED": details.actualArrivalTime, "DEPARTED": details.actualDepartureTime}
    for kind, text in told.items():
        if text:
            yield Heard(
                kind=kind,
                moment=_moment(text, f"data.routeStopDetails.{kind}"),
                stop_sequence=sequence,
                source_reference=f"{reference[-100:]}/{kind.lower()}",
                detail={"route": event.route.name},
                **place,
            )


def _place(address: str) -> Mapping[str, Any]:
    """Return city and state of an address such as `Wheeling, IL, USA`."""
    parts = [part.strip() for part in address.split(",")]
    return {"city": parts[-3], "state": parts[-2][:3]} if len(parts) >= 3 else {}


def _moment(text: str, field: str) -> Moment:
    when = when_of(text, field=field)
    if when.tzinfo is None:
        return Moment(local=when)
    return Moment(instant=when.astimezone(UTC))


def _read_document(event: _DocumentEvent) -> Reading:
    photos = [field for field in event.document.fields if field.type == "photo"]
    code, text = "document_empty", "The document carries no photo, so there is nothing to file."
    if any(field.value for field in photos):
        code, text = "document_linked", "The document's photos are links, which are not followed."
    return Reading(problems=(Problem(code, text, field="data.document.fields"),))
