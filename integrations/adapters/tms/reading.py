"""From one TMS message to a reading."""

import base64
import binascii
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import msgspec

from dispatch.events import DocumentFacts, ItemFacts, LoadFacts, LoadKey, Purpose, StopFacts
from dispatch.rules.details import find_fault
from dispatch.rules.hours import HoursError, read_hours
from dispatch.rules.places import is_zone
from integrations.adapters.tms.records import Header, Item, Load, Message, PlannedStop, StopName
from integrations.events import Heard, Moment, Problem, Raw, Reading
from integrations.rules.clocks import ClockError, instant_of
from integrations.rules.records import (
    FieldError,
    currency_of,
    decimal_of,
    read_record,
    unknown_fields,
    when_of,
)
from journal.rules.strictjson import StrictJSONError, parse_json

PLANS = {"load.tendered": Purpose.ORIGINAL, "load.changed": Purpose.CHANGE}
DOCUMENT = "document.received"
WITHDRAWN = "milestone.withdrawn"
# type -> (milestone, kind of stop when the message names none)
MILESTONES: dict[str, tuple[str, str]] = {
    "load.tendered": ("TENDERED", ""),
    "load.accepted": ("ACCEPTED", ""),
    "load.declined": ("DECLINED", ""),
    "load.dispatched": ("DISPATCHED", ""),
    "load.in_transit": ("IN_TRANSIT", ""),
    "load.cancelled": ("CANCELLED", ""),
    "load.delivered": ("DELIVERED", "DELIVERY"),
    "truck.not_used": ("TRUCK_NOT_USED", ""),
    "stop.arrived": ("ARRIVED", ""),
    "stop.departed": ("DEPARTED", ""),
    "stop.eta": ("ETA", ""),
    "load.delayed": ("DELAYED", ""),
    "load.exception": ("EXCEPTION", ""),
    "load.check_call": ("CHECK_CALL", ""),
    "stop.paused": ("PAUSED", ""),
    "service.recorded": ("SERVICE", ""),
    "load.reweighed": ("REWEIGHED", ""),
    "load.reclassed": ("RECLASSED", ""),
    # What is withdrawn keeps its kind; the retraction only needs one.
    WITHDRAWN: ("CHECK_CALL", ""),
}
# type -> the field that holds what it tells
PARTICULARS = {
    "stop.paused": "pause",
    "service.recorded": "service",
    "load.reweighed": "reweigh",
    "load.reclassed": "reclass",
}
DECIMALS = frozenset({"quantity", "weight_lb"})


def read(raw: Raw) -> Reading:
    """Return what the message says; a fault of one field refuses it whole, naming the field."""
    try:
        return _read(parse_json(raw.body), raw)
    except (StrictJSONError, FieldError) as error:
        return Reading(problems=(Problem(error.code, str(error), field=error.field),))


def _read(data: Any, raw: Raw) -> Reading:
    name = read_record(data, Header).type
    if name not in MILESTONES and name not in PLANS and name != DOCUMENT:
        problem = Problem("unknown_type", f"{name!r} is no type we act upon.", field="type")
        return Reading(ignored=problem)
    message = read_record(data, Message)
    warnings = tuple(
        Problem("unknown_field", f"{field} is not known; it is kept and not used.", field=field)
        for field in unknown_fields(data, Message)
    )
    key = _key(message.load)
    moment = _moment(message)
    if name == DOCUMENT:
        return Reading(key=key, documents=(_document(message, moment),), warnings=warnings)
    heard = (_heard(message, moment),) if name in MILESTONES else ()
    if name not in PLANS:
        return Reading(key=key, heard=heard, warnings=warnings)
    try:
        plan = _plan(message.load, PLANS[name], raw.profile.customer_code)
    except ClockError as error:
        problem = Problem(error.code, str(error), field="load.stops", value=error.value)
        return Reading(key=key, problems=(problem,))
    return Reading(
        key=key,
        plan=plan,
        planned_at=moment.instant or (moment.local and moment.local.replace(tzinfo=UTC)),
        heard=heard,
        warnings=warnings,
    )


def _key(load: Load) -> LoadKey:
    """Return how the message names its load.

    Raises:
        FieldError: it does not.
    """
    if not load.references and not load.number:
        message = "load: neither references nor number names the load."
        raise FieldError(message, field="load.references", code="missing_field")
    pairs = tuple((reference.kind, reference.value) for reference in load.references)
    return LoadKey(references=pairs, number=load.number)


def _moment(message: Message) -> Moment:
    when = when_of(message.occurred_at, field="occurred_at")
    zone = message.stop.timezone if message.stop else ""
    return _moment_of(when, zone)


def _moment_of(when: datetime, zone: str) -> Moment:
    offset = when.utcoffset()
    if offset is None:
        return Moment(local=when, zone=zone)
    return Moment(instant=when.astimezone(UTC), offset_minutes=int(offset.total_seconds() // 60))


def _heard(message: Message, moment: Moment) -> Heard:
    kind, stop_kind = MILESTONES[message.type]
    stop = message.stop or StopName()
    if message.type.startswith("stop.") and stop.sequence is None and stop.kind is None:
        text = f"stop: {message.type} must name its stop by sequence or kind."
        raise FieldError(text, field="stop", code="missing_field")
    if message.type == WITHDRAWN and not message.corrects:
        text = "corrects: what is withdrawn is not named."
        raise FieldError(text, field="corrects", code="missing_field")
    told = {name: getattr(message, name) for name in ("carrier", "driver", "truck", "trailer")}
    return Heard(
        kind=kind,
        moment=moment,
        stop_sequence=stop.sequence,
        stop_kind=stop.kind or ("" if stop.sequence else stop_kind),
        city=stop.city,
        state=stop.state,
        source_reference=message.id,
        supersedes_reference=message.corrects,
        is_retraction=message.type == WITHDRAWN,
        detail={k: v for k, v in {**told, "reason_text": message.reason}.items() if v}
        | _particulars(message),
    )


def _particulars(message: Message) -> dict[str, Any]:
    """Return what a service, a pause, a weighing or a reclass tells beside its time.

    Raises:
        FieldError: it is missing, or has a number that is none.
    """
    name = PARTICULARS.get(message.type)
    if name is None:
        return {}
    part = getattr(message, name)
    if part is None:
        raise FieldError(f"{name} is missing.", field=name, code="missing_field")
    told = {
        key: value for key, value in msgspec.to_builtins(part).items() if value not in (None, "")
    }
    for key in DECIMALS & told.keys():
        told[key] = str(decimal_of(told[key], field=f"{name}.{key}"))
    detail = {"service" if key == "code" else key: value for key, value in told.items()}
    if fault := find_fault(MILESTONES[message.type][0], detail):
        raise FieldError(f"{name}: {fault}", field=name)
    return detail


def _document(message: Message, moment: Moment) -> DocumentFacts:
    paper = message.document
    if paper is None:
        raise FieldError("document is missing.", field="document", code="missing_field")
    try:
        content = base64.b64decode(paper.content_base64, validate=True)
    except (binascii.Error, ValueError) as error:
        text = "document.content_base64 is not base64."
        raise FieldError(text, field="document.content_base64") from error
    if not content:
        text = "document.content_base64: the file is empty."
        raise FieldError(text, field="document.content_base64")
    return DocumentFacts(
        kind=paper.kind,
        filename=paper.filename,
        content=content,
        occurred_at=moment.instant,
        stop_sequence=message.stop.sequence if message.stop else None,
        signed_by=paper.signed_by,
        amount=decimal_of(paper.amount, field="document.amount"),
        currency=currency_of(paper.currency, field="document.currency"),
        receipt_number=paper.receipt_number,
    )


def _plan(load: Load, purpose: Purpose, customer_code: str) -> LoadFacts:
    stops = tuple(_stop(stop, f"load.stops[{n}]") for n, stop in enumerate(load.stops))
    _check_sequences([stop.sequence for stop in stops])
    miles = decimal_of(load.miles, field="load.miles", places=1)
    if miles is not None and not load.miles_source:
        text = "load.miles_source is missing: miles are told with their source."
        raise FieldError(text, field="load.miles_source", code="missing_field")
    respond_by = None
    if load.respond_by:
        respond_by = _instant(load.respond_by, stops[0].timezone, field="load.respond_by")
    return LoadFacts(
        references=tuple((reference.kind, reference.value) for reference in load.references),
        stops=stops,
        customer_code=load.customer or customer_code,
        purpose=purpose,
        shipment_type=load.shipment_type,
        equipment=load.equipment,
        trailer=load.trailer,
        commodity=load.commodity,
        weight_lb=decimal_of(load.weight_lb, field="load.weight_lb"),
        pieces=load.pieces,
        piece_unit=load.piece_unit,
        items=tuple(_item(item, f"load.items[{n}]") for n, item in enumerate(load.items)),
        cubic_feet=decimal_of(load.cubic_feet, field="load.cubic_feet"),
        linear_feet=decimal_of(load.linear_feet, field="load.linear_feet"),
        miles=miles,
        miles_source=load.miles_source,
        quoted_amount=decimal_of(load.quoted_amount, field="load.quoted_amount"),
        currency=currency_of(load.currency, field="load.currency"),
        respond_by=respond_by,
        carrier_scac=load.carrier_scac,
    )


def _check_sequences(sequences: Sequence[int]) -> None:
    if len(sequences) < 2:
        text = f"load.stops: a load has at least two stops, this one has {len(sequences)}."
        raise FieldError(text, field="load.stops")
    if len(set(sequences)) != len(sequences):
        raise FieldError("load.stops: a sequence comes twice.", field="load.stops")


def _stop(stop: PlannedStop, field: str) -> StopFacts:
    _check_zone(stop.timezone, f"{field}.timezone")
    start = end = None
    if stop.appointment_from:
        start = _instant(stop.appointment_from, stop.timezone, field=f"{field}.appointment_from")
    if stop.appointment_to:
        end = _instant(stop.appointment_to, stop.timezone, field=f"{field}.appointment_to")
    try:
        read_hours(stop.receiving_hours)
    except HoursError as error:
        raise FieldError(f"{field}: {error}", field=f"{field}.receiving_hours") from error
    if end and (start is None or end < start):
        text = f"{field}.appointment_to lies before appointment_from."
        raise FieldError(text, field=f"{field}.appointment_to")
    return StopFacts(
        sequence=stop.sequence,
        kind=stop.kind,
        name=stop.name or stop.city or stop.location_code or f"Stop {stop.sequence}",
        address=stop.address,
        city=stop.city,
        state=stop.state,
        postal_code=stop.postal_code,
        country=stop.country,
        timezone=stop.timezone,
        location_code=stop.location_code,
        appointment_from=start,
        appointment_to=end,
        is_fcfs=stop.is_fcfs,
        receiving_hours=stop.receiving_hours,
        weight_lb=decimal_of(stop.weight_lb, field=f"{field}.weight_lb"),
        truck_weight_lb=decimal_of(stop.truck_weight_lb, field=f"{field}.truck_weight_lb"),
        pieces=stop.pieces,
    )


def _item(item: Item, field: str) -> ItemFacts:
    weight = decimal_of(item.weight_lb, field=f"{field}.weight_lb")
    if weight is None:
        text = f"{field}.weight_lb is missing: an item is told with its weight."
        raise FieldError(text, field=f"{field}.weight_lb", code="missing_field")
    return ItemFacts(
        weight_lb=weight,
        freight_class=item.freight_class,
        description=item.description,
        pieces=item.pieces,
        length_in=decimal_of(item.length_in, field=f"{field}.length_in"),
        width_in=decimal_of(item.width_in, field=f"{field}.width_in"),
        height_in=decimal_of(item.height_in, field=f"{field}.height_in"),
        is_stackable=item.is_stackable,
    )


def _check_zone(name: str, field: str) -> None:
    if not is_zone(name):
        raise FieldError(f"{field}: {name!r} is not an IANA time zone.", field=field)


def _instant(text: str, zone: str, *, field: str) -> datetime:
    """Return the instant of a time in the zone of its stop.

    Raises:
        FieldError: it is written wrongly.
        ClockError: it did not exist, came twice, or the zone is not known.
    """
    when = when_of(text, field=field)
    if when.tzinfo:
        return when.astimezone(UTC)
    return instant_of(when, zone=zone)
