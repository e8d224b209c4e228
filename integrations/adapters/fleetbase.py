"""Fleetbase: orders. One that carries a number of its own becomes a load."""

from collections.abc import Iterator
from typing import Any

from msgspec import Struct

from dispatch.events import LoadFacts, LoadKey, StopFacts
from dispatch.rules.places import country_code, zone_of
from integrations.events import Problem, Raw, Reading
from integrations.rules.records import FieldError, read_record
from journal.rules.strictjson import StrictJSONError, parse_json


class _Place(Struct):
    name: str = ""
    street1: str = ""
    city: str = ""
    province: str = ""
    postal_code: str = ""
    country: str = ""


class _Entity(Struct):
    name: str = ""


class _Payload(Struct):
    waypoints: list[str | _Place] = []
    entities: list[_Entity] = []


class _Order(Struct):
    payload: _Payload
    internal_id: str = ""
    public_id: str = ""


def read(raw: Raw) -> Reading:
    """Return the load an order describes."""
    try:
        order = read_record(parse_json(raw.body), _Order)
    except (StrictJSONError, FieldError) as error:
        return Reading(problems=(Problem(error.code, str(error), field=error.field),))
    references = tuple(
        (kind, value[:60])
        for kind, value in (("SHIPMENT_ID", order.internal_id), ("TMS", order.public_id))
        if any(letter.isalnum() for letter in value)
    )
    if not references:
        text = "The order carries no number of its own, so no load can be made of it."
        return Reading(problems=(Problem("reference_missing", text, field="internal_id"),))
    stops = tuple(_stops(order.payload.waypoints))
    key = LoadKey(references=references)
    if len(stops) < 2:
        text = f"The order has {len(stops)} waypoints; a load needs two."
        return Reading(key=key, problems=(Problem("stops_missing", text, field="payload"),))
    plan = LoadFacts(
        references=references,
        stops=stops,
        customer_code=raw.profile.customer_code,
        commodity=next((entity.name[:120] for entity in order.payload.entities), ""),
    )
    return Reading(key=key, plan=plan)


def _stops(waypoints: list[Any]) -> Iterator[StopFacts]:
    last = len(waypoints)
    for sequence, waypoint in enumerate(waypoints, 1):
        place = _Place(name=waypoint) if isinstance(waypoint, str) else waypoint
        zone = zone_of(state=place.province, postal_code=place.postal_code, country=place.country)
        yield StopFacts(
            sequence=sequence,
            kind="DELIVERY" if sequence == last else "PICKUP" if sequence == 1 else "STOP_OFF",
            name=(place.name or place.street1 or place.city or f"Stop {sequence}")[:120],
            address=place.street1[:160],
            city=place.city[:80],
            state=place.province[:3],
            postal_code=place.postal_code[:12],
            country=country_code(place.country)[:2] or "US",
            timezone=zone or "",
        )
