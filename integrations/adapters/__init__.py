"""Partners' dialects: each module knows one of them and nothing of the others.

This is the table that finds the module: `unpack` cuts what came through a door into messages,
`read` turns one kept message into a reading. Neither raises on what a partner sent.
"""

import hashlib
from typing import Any

from integrations.adapters import fleetbase, samsara, terminal49, trenova
from integrations.adapters.edi import parcels as edi_parcels
from integrations.adapters.edi import reading as edi_reading
from integrations.adapters.tms import reading as tms_reading
from integrations.events import Parcel, Problem, Raw, Reader, Reading
from integrations.rules.strictjson import StrictJSONError, parse_json

JSON = "application/json"
MIXED = "mixed"
READERS: dict[str, Reader] = {
    "tms": tms_reading.read,
    "edi": edi_reading.read,
    "samsara": samsara.read,
    "trenova": trenova.read,
    "terminal49": terminal49.read,
    "fleetbase": fleetbase.read,
}


def read(raw: Raw) -> Reading:
    """Return what a kept message says, by the dialect of its source."""
    dialect = raw.dialect
    if dialect == MIXED:
        dialect = find_dialect(raw.body)
    if dialect in READERS:
        return READERS[dialect](raw)
    try:
        parse_json(raw.body)
    except StrictJSONError as error:
        return Reading(problems=(Problem(error.code, str(error), field=error.field),))
    problem = Problem("unknown_shape", "The JSON has no shape we know.")
    return Reading(problems=(problem,))


def unpack(dialect: str, data: bytes, *, profile_of: edi_parcels.ProfileFinder) -> list[Parcel]:
    """Return the messages in a file: every transaction set of every interchange, or one JSON."""
    if dialect == "edi" or (dialect == MIXED and find_dialect(data) == "edi"):
        return edi_parcels.unpack(data, profile_of=profile_of)
    digest = hashlib.sha256(data).hexdigest()[:32]
    return [Parcel(external_id=message_id(data) or f"file/{digest}", body=data, content_type=JSON)]


def find_dialect(body: bytes) -> str:
    """Return the dialect a message of a mixed source is written in; empty: none we know."""
    if body.removeprefix(b"\xef\xbb\xbf").lstrip()[:1] not in {b"{", b"["}:
        return "edi"
    data = _object(body)
    if "entityType" in data:
        return "samsara"
    if "eventType" in data and "webhookId" in data:
        return "trenova"
    if _inner(data, "data").get("type") == "webhook_notification":
        return "terminal49"
    if "waypoints" in _inner(data, "payload"):
        return "fleetbase"
    return "tms" if "type" in data and "load" in data else ""


def message_id(body: bytes) -> str:
    """Return the id that a JSON message carries by itself, or nothing."""
    data = _object(body)
    told = data.get("id") or data.get("eventId") or _inner(data, "data").get("id")
    return told if isinstance(told, str) and len(told) <= 200 else ""


def _object(body: bytes) -> dict[str, Any]:
    try:
        data = parse_json(body)
    except StrictJSONError:
        return {}
    return data if isinstance(data, dict) else {}


def _inner(data: dict[str, Any], name: str) -> dict[str, Any]:
    inner = data.get(name)
    return inner if isinstance(inner, dict) else {}
