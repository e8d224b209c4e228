"""Read a 204: what a load shall be, or that it shall not be.

A tender is taken whole or not at all: a stop with a wrong time would make a load nobody can plan.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal, InvalidOperation

from dispatch.events import LoadFacts, LoadKey, Purpose, StopFacts
from dispatch.rules.places import country_code, zone_of
from integrations.adapters.edi.codes import (
    APPOINTMENT_BOUNDS,
    EQUIPMENT,
    PURPOSES,
    REFERENCE_KINDS,
    RESPOND_BY,
    SHIPMENT_TYPES,
    STOP_REASONS,
    TIME_CODES,
)
from integrations.adapters.edi.grammar import Node
from integrations.adapters.edi.segments import Segment
from integrations.adapters.edi.times import read_moment
from integrations.events import Heard, Moment, Problem, Reading
from integrations.rules.clocks import ClockError, instant_of

LB_PER_KG = Decimal("2.20462262")
_CENT = Decimal("0.01")
_REFERENCE_LENGTH = 60
# The numbers that may name one load; orders of the customer and containers may serve many.
_NAMING = ("SHIPMENT_ID", "PRO", "BOL", "ORDER", "CUSTOMER_REF")
_PICKUP_PARTIES = ("SF", "SH", "PW", "RO")
_DELIVERY_PARTIES = ("ST", "CN", "DA", "RD")


@dataclass(slots=True)
class _Draft:
    """What was found on the way through one tender."""

    problems: list[Problem] = field(default_factory=list)
    warnings: list[Problem] = field(default_factory=list)

    def refuse(self, code: str, message: str, segment: Segment, *, value: str = "") -> None:
        self.problems.append(Problem(code, message, position=segment.position, value=value))

    def warn(self, code: str, message: str, segment: Segment) -> None:
        self.warnings.append(Problem(code, message, position=segment.position))


def read_tender(
    tree: Node, *, sent_at: datetime | None, reference: str, customer_code: str
) -> Reading:
    """Return the load a 204 describes, or its cancellation.

    `sent_at` is the time of the envelope, taken as UTC because X12 names no zone for it; it
    orders the plans of one load.
    """
    draft = _Draft()
    references = _references(tree)
    purpose = _purpose(tree, draft)
    if not references:
        draft.refuse(
            "reference_missing",
            "B2-04 is empty and no L11 gives a number, so the load could not be found again.",
            tree.head,
        )
    if purpose is None or draft.problems:
        return Reading(problems=tuple(draft.problems))
    key = LoadKey(references=tuple(pair for pair in references if pair[0] in _NAMING))
    if purpose == Purpose.CANCEL:
        return Reading(key=key, heard=_heard("CANCELLED", sent_at, reference, tree))
    plan = _plan(tree, references, purpose, customer_code, draft)
    if draft.problems:
        return Reading(key=key, problems=tuple(draft.problems), warnings=tuple(draft.warnings))
    is_first = purpose == Purpose.ORIGINAL
    return Reading(
        key=key,
        plan=plan,
        planned_at=sent_at,
        heard=_heard("TENDERED", sent_at, reference, tree) if is_first else (),
        warnings=tuple(draft.warnings),
    )


def _heard(kind: str, sent_at: datetime | None, reference: str, tree: Node) -> tuple[Heard, ...]:
    if sent_at is None:
        return ()
    detail = {"status": "204", "text": "time of the envelope, zone not told"}
    return (
        Heard(
            kind=kind,
            moment=Moment(instant=sent_at),
            source_reference=reference,
            detail=detail,
            position=tree.head.position,
        ),
    )


def _purpose(tree: Node, draft: _Draft) -> Purpose | None:
    b2a = tree.first("B2A")
    code = b2a.get(1) if b2a else ""
    if code in PURPOSES:
        return Purpose(PURPOSES[code])
    message = f"B2A-01 is {code[:20]!r}, a purpose we do not know." if b2a else "There is no B2A."
    draft.refuse("unknown_purpose", message, b2a or tree.head)
    return None


def _references(tree: Node) -> tuple[tuple[str, str], ...]:
    """Return every number of the load once, the sender's own shipment id first."""
    found: dict[tuple[str, str], None] = {}
    b2 = tree.first("B2")
    if b2:
        found[("SHIPMENT_ID", b2.get(4))] = None
    nodes = [tree, *tree.turns("S5")]
    for segment in (segment for node in nodes for segment in node.all("L11")):
        kind = REFERENCE_KINDS.get(segment.get(2))
        value = segment.get(1)
        found[(kind, value) if kind else ("OTHER", f"{segment.get(2)} {value}".strip())] = None
    for unit in _equipment(tree):
        if unit.get(11) == "CN":
            found[("CONTAINER", unit.get(1) + unit.get(2))] = None
    return tuple(
        (kind, value[:_REFERENCE_LENGTH])
        for kind, value in found
        if any(letter.isalnum() for letter in value)
    )


def _plan(
    tree: Node,
    references: tuple[tuple[str, str], ...],
    purpose: Purpose,
    customer_code: str,
    draft: _Draft,
) -> LoadFacts:
    stops = tuple(_stops(tree, draft))
    if len(stops) < 2:
        draft.refuse(
            "stops_missing", f"The tender has {len(stops)} stops; it needs two.", tree.head
        )
    total, mode, currency = _total(tree), tree.first("MS3"), tree.first("C3")
    b2 = tree.first("B2")
    unit = next(_equipment(tree), None)
    weight = _weight(total, 1, unit_at=12) if total else None
    pickups = [stop for stop in stops if stop.kind == "PICKUP"]
    return LoadFacts(
        references=references,
        stops=stops,
        customer_code=customer_code,
        purpose=purpose,
        shipment_type=SHIPMENT_TYPES.get(mode.get(4), "") if mode else "",
        equipment=EQUIPMENT.get(unit.get(11), "OTHER") if unit else "",
        trailer=_unit_number(unit) if unit else "",
        commodity=_commodity(tree),
        weight_lb=weight or (_weight(unit, 3, unit_at=17) if unit else None) or _sum(pickups),
        pieces=_integer(total.get(11)) if total else None,
        piece_unit=_piece_unit(tree),
        quoted_amount=_cents(total.get(5)) if total else None,
        currency=currency.get(1)[:3] if currency else "",
        respond_by=_respond_by(tree, stops, draft),
        carrier_scac=b2.get(2) if b2 else "",
    )


def _stops(tree: Node, draft: _Draft) -> Iterator[StopFacts]:
    taken: set[int] = set()
    for turn in tree.turns("S5"):
        head = turn.head
        sequence, kind = _integer(head.get(1)), STOP_REASONS.get(head.get(2))
        if sequence is None or sequence < 1 or sequence in taken:
            message = f"S5-01 is {head.get(1)[:20]!r}; stops are numbered from 1, each once."
            draft.refuse("stop_sequence", message, head)
            continue
        taken.add(sequence)
        if kind is None:
            message = f"S5-02 is {head.get(2)[:20]!r}, a stop reason we do not know."
            draft.refuse("unknown_stop_reason", message, head)
            continue
        yield _stop(tree, turn, sequence, kind, draft)


def _stop(tree: Node, turn: Node, sequence: int, kind: str, draft: _Draft) -> StopFacts:
    party = _party(tree, turn, kind)
    place = party.first("N4") if party else None
    street = party.first("N3") if party else None
    city, state, postal_code, country = [place.get(n) for n in range(1, 5)] if place else [""] * 4
    zone = zone_of(state=state, postal_code=postal_code, country=country) or ""
    if not zone:
        message = f"Stop {sequence} names no state; its time zone is taken from the customer."
        draft.warn("zone_unknown", message, turn.head)
    start, end = _appointment(turn, sequence, zone, draft)
    code = party.head.get(4) if party else ""
    name = party.head.get(2) if party else ""
    return StopFacts(
        sequence=sequence,
        kind=kind,
        name=name or code or city or f"Stop {sequence}",
        address=", ".join(filter(None, (street.get(1), street.get(2)))) if street else "",
        city=city,
        state=state,
        postal_code=postal_code,
        country=country_code(country) or "US",
        timezone=zone,
        location_code=code,
        appointment_from=start,
        appointment_to=end,
        weight_lb=_weight(turn.head, 3, unit_at=4),
        pieces=_integer(turn.head.get(5)),
    )


def _party(tree: Node, turn: Node, kind: str) -> Node | None:
    """Return who is at the stop: its own party with an address, else the header's of that role."""
    own = next(turn.turns("N1"), None)
    if own and own.first("N4"):
        return own
    roles = _PICKUP_PARTIES if kind == "PICKUP" else _DELIVERY_PARTIES
    wanted = (party for role in roles for party in tree.turns("N1") if party.head.get(1) == role)
    return next((party for party in wanted if party.first("N4")), own)


def _appointment(
    turn: Node, sequence: int, zone: str, draft: _Draft
) -> tuple[datetime | None, datetime | None]:
    """Return the window of a stop from the strongest date qualifiers it has."""
    found: dict[str, tuple[int, datetime]] = {}
    for date in turn.all("G62"):
        bound, strength = APPOINTMENT_BOUNDS.get(date.get(1), ("", 9))
        if not bound or (bound in found and found[bound][0] <= strength) or not date.get(4):
            continue
        instant = _instant(date, zone, f"Stop {sequence}", draft)
        if instant:
            found[bound] = (strength, instant)
    start, end = found.get("from"), found.get("to")
    if start and end and (start[0] != end[0] or end[1] < start[1]):
        end = None
    return start[1] if start else (end[1] if end else None), end[1] if end else None


def _instant(date: Segment, zone: str, what: str, draft: _Draft) -> datetime | None:
    try:
        moment = read_moment(date.get(2), date.get(4), date.get(5), fallback_zone=zone)
        if moment.local and moment.fallback_zone:
            return instant_of(moment.local, zone=moment.fallback_zone)
    except ClockError as error:
        message = f"{what}, G62-{date.get(1)}: {error}"
        draft.refuse(error.code, message, date, value=error.value)
        return None
    message = f"{what}, G62-{date.get(1)}: the time is left out, its zone is not known."
    draft.warn("zone_unknown", message, date)
    return None


def _respond_by(tree: Node, stops: tuple[StopFacts, ...], draft: _Draft) -> datetime | None:
    """Return the end of the tender's clock; without a time code it runs in the pickup's zone."""
    date = next((date for date in tree.all("G62") if date.get(1) == RESPOND_BY), None)
    if date is None or not date.get(4):
        return None
    zone = stops[0].timezone if stops else ""
    if date.get(5) not in TIME_CODES:
        message = "The answer is wanted by a local time; it is taken in the first stop's zone."
        draft.warn("zone_assumed", message, date)
    return _instant(date, zone, "Respond by", draft)


def _equipment(tree: Node) -> Iterator[Segment]:
    for node in (tree, *tree.turns("S5")):
        yield from (unit.head for unit in node.turns("N7"))


def _unit_number(unit: Segment) -> str:
    number = unit.get(1) + unit.get(2)
    return number if number.isalnum() and number.strip("0") and len(number) <= 20 else ""


def _commodity(tree: Node) -> str:
    for stop in tree.turns("S5"):
        for line in stop.turns("L5"):
            if line.head.get(2):
                return line.head.get(2)[:120]
    return ""


def _piece_unit(tree: Node) -> str:
    return next((stop.head.get(6) for stop in tree.turns("S5") if stop.head.get(6)), "")


def _total(tree: Node) -> Segment | None:
    return next((total.head for total in tree.turns("L3")), None)


def _weight(segment: Segment, number: int, *, unit_at: int) -> Decimal | None:
    """Return a weight in pounds; kilograms are converted, zero counts as not told."""
    weight = _decimal(segment.get(number))
    if not weight or weight < 0:
        return None
    return (weight * LB_PER_KG).quantize(_CENT) if segment.get(unit_at) == "K" else weight


def _sum(stops: list[StopFacts]) -> Decimal | None:
    weights = [stop.weight_lb for stop in stops if stop.weight_lb]
    return sum(weights, Decimal()) if weights else None


def _cents(text: str) -> Decimal | None:
    """Return money from an amount with two implied decimals (N2): 5165 is 51.65."""
    return Decimal(int(text)) / 100 if text.isascii() and text.isdecimal() else None


def _integer(text: str) -> int | None:
    if not (text.isascii() and text.isdecimal()) or len(text) > 9:
        return None
    return int(text)


def _decimal(text: str) -> Decimal | None:
    try:
        value = Decimal(text) if text.isascii() else None
    except InvalidOperation:
        return None
    return value if value is not None and value.is_finite() and len(text) <= 12 else None
