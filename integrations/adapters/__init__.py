"""Partners' dialects: each module knows one of them and nothing of the others.

This is the table that finds the module: `unpack` cuts what came through a door into messages,
`inspect` checks one at the door, `read_message` turns a kept one into a reading. None of them
raises on what a partner sent.
"""

import hashlib
from dataclasses import replace
from typing import Any

from integrations.adapters import fleetbase, samsara, terminal49, trenova
from integrations.adapters.edi import parcels as edi_parcels
from integrations.adapters.edi import reading as edi_reading
from integrations.adapters.tms import reading as tms_reading
from integrations.events import Parcel, Problem, Raw, Reader, Reading
from integrations.models import InboxMessage, Source
from integrations.queries.sources import default_profile, find_profile
from journal.rules.strictjson import StrictJSONError, parse_json

JSON = "application/json"
EDI, TMS, MIXED = Source.Dialect.EDI, Source.Dialect.TMS, Source.Dialect.MIXED
READERS: dict[str, Reader] = {
    TMS: tms_reading.read,
    EDI: edi_reading.read,
    Source.Dialect.SAMSARA: samsara.read,
    Source.Dialect.TRENOVA: trenova.read,
    Source.Dialect.TERMINAL49: terminal49.read,
    Source.Dialect.FLEETBASE: fleetbase.read,
}


def unpack(source: Source, data: bytes) -> list[Parcel]:
    """Return the messages in a file: every transaction set of every interchange, or one JSON."""
    if _dialect(source, data) == EDI:
        return edi_parcels.unpack(
            data, profile_of=lambda sender: find_profile(source, sender=sender)
        )
    digest = hashlib.sha256(data).hexdigest()[:32]
    return [Parcel(external_id=message_id(data) or f"file/{digest}", body=data, content_type=JSON)]


def inspect(source: Source, body: bytes, *, external_id: str) -> Reading:
    """Return what a JSON message says, as far as the door can tell before it is kept.

    Of foreign dialects only the JSON itself is checked: what they mean is found out later.
    """
    if source.dialect == TMS:
        return tms_reading.read(Raw(TMS, external_id, body, default_profile(source)))
    return Reading(problems=_json_problems(body))


def read_message(message: InboxMessage) -> Reading:
    """Return what a kept message says, by the dialect and the agreements of its source."""
    source, body = message.source, bytes(message.body)
    dialect, profile = _dialect(source, body), default_profile(source)
    if dialect == EDI and (sender := edi_parcels.sender_of(body)):
        found = find_profile(source, sender=sender)
        if found is None:
            return Reading(problems=(edi_parcels.stranger(sender),))
        profile = found
    if dialect not in READERS:
        unknown = Problem("unknown_shape", "The JSON has no shape we know.")
        return Reading(problems=_json_problems(body) or (unknown,))
    reading = READERS[dialect](Raw(dialect, message.external_id, body, profile))
    return replace(reading, limited_to=profile.customer_code)


def find_dialect(body: bytes) -> str:
    """Return the dialect a message is written in, told by its content; empty: none we know."""
    if body.removeprefix(b"\xef\xbb\xbf").lstrip()[:1] not in {b"{", b"["}:
        return EDI
    data = _object(body)
    if "entityType" in data:
        return Source.Dialect.SAMSARA
    if "eventType" in data and "webhookId" in data:
        return Source.Dialect.TRENOVA
    if _inner(data, "data").get("type") == "webhook_notification":
        return Source.Dialect.TERMINAL49
    if "waypoints" in _inner(data, "payload"):
        return Source.Dialect.FLEETBASE
    return TMS if "type" in data and "load" in data else ""


def message_id(body: bytes) -> str:
    """Return the id that a JSON message carries by itself, or nothing."""
    data = _object(body)
    told = data.get("id") or data.get("eventId") or _inner(data, "data").get("id")
    return told if isinstance(told, str) and len(told) <= 200 and "\x00" not in told else ""


def _dialect(source: Source, body: bytes) -> str:
    return find_dialect(body) if source.dialect == MIXED else source.dialect


def _json_problems(body: bytes) -> tuple[Problem, ...]:
    try:
        parse_json(body)
    except StrictJSONError as error:
        return (Problem(error.code, str(error), field=error.field),)
    return ()


def _object(body: bytes) -> dict[str, Any]:
    try:
        data = parse_json(body)
    except StrictJSONError:
        return {}
    return data if isinstance(data, dict) else {}


def _inner(data: dict[str, Any], name: str) -> dict[str, Any]:
    inner = data.get(name)
    return inner if isinstance(inner, dict) else {}
