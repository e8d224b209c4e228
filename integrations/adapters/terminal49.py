"""Terminal49: containers on their way; what they tell are notes on a load, never its clocks."""

from datetime import UTC
from typing import Any

from msgspec import Struct

from dispatch.events import LoadKey
from integrations.events import Heard, Moment, Problem, Raw, Reading
from integrations.rules.records import FieldError, read_record, when_of
from journal.rules.strictjson import StrictJSONError, parse_json

TRANSPORT = "container.transport."


class _Attributes(Struct):
    event: str


class _Notification(Struct):
    id: str
    attributes: _Attributes


class _Included(Struct):
    type: str
    attributes: dict[str, Any] = {}


class _Message(Struct):
    data: _Notification
    included: list[_Included] = []


def read(raw: Raw) -> Reading:
    """Return what a Terminal49 notification says."""
    try:
        message = read_record(parse_json(raw.body), _Message)
        if message.data.attributes.event.startswith(TRANSPORT):
            return _read_transport(message, raw)
    except (StrictJSONError, FieldError) as error:
        return Reading(problems=(Problem(error.code, str(error), field=error.field),))
    text = f"{message.data.attributes.event[:60]!r} tells of changed data, not of a milestone."
    return Reading(ignored=Problem("no_milestone", text, field="data.attributes.event"))


def _read_transport(message: _Message, raw: Raw) -> Reading:
    told = {item.type: item.attributes for item in message.included}
    references = tuple(
        (kind, value[:60])
        for kind, value in (
            ("BOL", told.get("shipment", {}).get("bill_of_lading_number")),
            ("CONTAINER", told.get("container", {}).get("number")),
        )
        if isinstance(value, str) and any(letter.isalnum() for letter in value)
    )
    if not references:
        text = "Neither a shipment nor a container is included, so no load is named."
        return Reading(problems=(Problem("reference_missing", text, field="included"),))
    event = told.get("transport_event", {})
    when = when_of(str(event.get("timestamp", "")), field="included.transport_event.timestamp")
    zone = event.get("timezone")
    heard = Heard(
        kind="CHECK_CALL",
        moment=Moment(instant=when.astimezone(UTC))
        if when.tzinfo
        else Moment(local=when, zone=zone if isinstance(zone, str) else ""),
        source_reference=raw.external_id[-120:],
        detail={"text": message.data.attributes.event.removeprefix(TRANSPORT).replace("_", " ")},
    )
    return Reading(key=LoadKey(references=references), heard=(heard,))
