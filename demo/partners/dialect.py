"""Stories in the words of the TMS dialect (docs/integrations.md, section 1)."""

from base64 import b64encode
from collections.abc import Iterator
from dataclasses import asdict
from datetime import datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from demo.world.stories import Story
from dispatch.events import DocumentFacts, ItemFacts, MilestoneFacts, StopFacts

Message = dict[str, Any]

TYPES = {
    "ACCEPTED": "load.accepted",
    "DISPATCHED": "load.dispatched",
    "ARRIVED": "stop.arrived",
    "DEPARTED": "stop.departed",
    "DELIVERED": "load.delivered",
}


def messages(story: Story) -> Iterator[Message]:
    """Yield what the TMS tells of a load, in the order it happened: the tender first."""
    for fact in story.happenings:
        yield tender(story) if fact.kind == "TENDERED" else happening(story, fact)
    for number, document in enumerate(story.papers, start=1):
        yield document_received(story, document, number=number)


def corrections(story: Story) -> Iterator[Message]:
    """Yield what the TMS takes back later."""
    for fact in story.corrections:
        yield happening(story, fact) | {
            "corrects": fact.supersedes_reference,
            "reason": fact.detail["reason"],
        }


def tender(story: Story) -> Message:
    """Return the whole load."""
    facts = story.facts
    return {
        "id": story.happenings[0].source_reference,
        "type": "load.tendered",
        "occurred_at": _instant(story.happenings[0].occurred_at),
        "load": {
            "references": [{"kind": kind, "value": value} for kind, value in facts.references],
            "customer": facts.customer_code,
            "shipment_type": facts.shipment_type,
            "equipment": facts.equipment,
            "trailer": facts.trailer,
            "commodity": facts.commodity,
            "weight_lb": str(facts.weight_lb),
            "pieces": facts.pieces,
            "piece_unit": facts.piece_unit,
            "items": [_item(item) for item in facts.items],
            "miles": str(facts.miles),
            "miles_source": facts.miles_source,
            "quoted_amount": str(facts.quoted_amount) if facts.quoted_amount else None,
            "currency": facts.currency,
            "carrier_scac": facts.carrier_scac,
            "stops": [_stop(stop) for stop in facts.stops],
        },
    }


def happening(story: Story, fact: MilestoneFacts) -> Message:
    """Return one milestone."""
    message: Message = {
        "id": fact.source_reference,
        "type": TYPES[fact.kind],
        "occurred_at": _instant(fact.occurred_at, _zone(story, fact.stop_sequence)),
        "load": _key(story),
    }
    if fact.stop_sequence is not None:
        message["stop"] = {"sequence": fact.stop_sequence}
    return message


def seen(story: Story, number: int, *, at: datetime, share: float) -> Message:
    """Return a sighting of the truck on its way; `share` is how far it has come, from 0 to 1."""
    places = story.facts.stops
    near = places[min(int(share * len(places)), len(places) - 1)]
    return {
        "id": f"cr{story.number:06}-p{number:02}",
        "type": "load.check_call",
        "occurred_at": _instant(at),
        "load": _key(story),
        "stop": {"city": near.city, "state": near.state},
    }


def document_received(story: Story, document: DocumentFacts, *, number: int) -> Message:
    """Return one paper with its bytes."""
    words: Message = {
        "kind": document.kind,
        "filename": document.filename,
        "content_base64": b64encode(document.content).decode(),
    }
    if document.signed_by:
        words["signed_by"] = document.signed_by
    if document.amount is not None:
        words |= {"amount": f"{document.amount:.2f}", "currency": document.currency}
        words["receipt_number"] = document.receipt_number
    return {
        "id": f"cr{story.number:06}-d{number}",
        "type": "document.received",
        "occurred_at": _instant(document.occurred_at or story.ended_at),
        "load": _key(story),
        "stop": {"sequence": document.stop_sequence},
        "document": words,
    }


def _key(story: Story) -> Message:
    kind, value = story.facts.references[0]
    return {"references": [{"kind": kind, "value": value}]}


def _item(item: ItemFacts) -> Message:
    return {
        name: str(told) if isinstance(told, Decimal) else told
        for name, told in asdict(item).items()
        if told is not None
    }


def _stop(stop: StopFacts) -> Message:
    words: Message = {
        name: getattr(stop, name)
        for name in (
            "sequence", "kind", "name", "address", "city", "state", "postal_code", "country",
            "timezone", "location_code",
        )
    }  # fmt: skip
    for name in ("appointment_from", "appointment_to"):
        at = getattr(stop, name)
        words[name] = _instant(at, stop.timezone)
    return words


def _zone(story: Story, sequence: int | None) -> str:
    return story.facts.stops[sequence - 1].timezone if sequence else "UTC"


def _instant(at: datetime, zone: str = "UTC") -> str:
    return at.astimezone(ZoneInfo(zone)).isoformat()
