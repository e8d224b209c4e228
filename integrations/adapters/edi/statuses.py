"""Read a 214: what happened to one shipment.

Statuses stand on their own: one that cannot be understood becomes a problem and the others count.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from dispatch.events import LoadKey
from dispatch.rules.places import zone_of
from integrations.adapters.edi.codes import (
    APPOINTMENTS,
    REASONS,
    REFERENCE_KINDS,
    STATUSES,
    STOP_SEQUENCE_QUALIFIER,
    Status,
)
from integrations.adapters.edi.grammar import Node
from integrations.adapters.edi.segments import Segment
from integrations.adapters.edi.times import read_moment
from integrations.events import Heard, Problem, Reading
from integrations.rules.clocks import ClockError

# The numbers that name one load and no other; a purchase order or a container may serve many.
_NAMING = ("SHIPMENT_ID", "PRO", "BOL", "ORDER")


class StatusError(ValueError):
    """An AT7 that says nothing we know; `code` is the problem's code, `value` the status."""

    def __init__(self, code: str, message: str, *, value: str = "") -> None:
        super().__init__(message)
        self.code = code
        self.value = value


def read_statuses(tree: Node, *, reference: str, aliases: Mapping[str, str]) -> Reading:
    """Return the milestones of one 214; `reference` names the message in their source ids."""
    key = _key(tree)
    if key is None:
        problem = Problem(
            "reference_missing",
            "B10 and L11 name no shipment, so no load can be found.",
            position=tree.head.position,
        )
        return Reading(problems=(problem,))
    heard: list[Heard] = []
    problems: list[Problem] = []
    for number, (turn, loop) in enumerate(_status_loops(tree), 1):
        status = loop.head
        try:
            heard.append(
                _hear(tree, turn, loop, reference=f"{reference}/{number}", aliases=aliases)
            )
        except StatusError as error:
            problems.append(
                Problem(error.code, str(error), position=status.position, value=error.value)
            )
        except ClockError as error:
            message = f"AT7-05 to AT7-07: {error}"
            problems.append(
                Problem(error.code, message, position=status.position, value=error.value)
            )
    if not heard and not problems:
        problems.append(Problem("empty_set", "The 214 holds no AT7.", position=tree.head.position))
    return Reading(key=key, heard=tuple(heard), problems=tuple(problems))


def _key(tree: Node) -> LoadKey | None:
    found: dict[tuple[str, str], None] = {}
    b10 = tree.first("B10")
    if b10:
        found[("SHIPMENT_ID", b10.get(2))] = None
        found[("PRO", b10.get(1))] = None
    for reference in tree.all("L11"):
        found[(REFERENCE_KINDS.get(reference.get(2), ""), reference.get(1))] = None
    named = tuple(
        (kind, value)
        for kind, value in found
        if kind in _NAMING and any(letter.isalnum() for letter in value)
    )
    return LoadKey(references=named) if named else None


def _status_loops(tree: Node) -> Iterator[tuple[Node | None, Node]]:
    """Yield every AT7 loop with the LX it stands in."""
    yield from ((None, loop) for loop in tree.turns("AT7"))
    for turn in tree.turns("LX"):
        yield from ((turn, loop) for loop in turn.turns("AT7"))


def _hear(
    tree: Node, turn: Node | None, loop: Node, *, reference: str, aliases: Mapping[str, str]
) -> Heard:
    at7, place = loop.head, loop.first("MS1")
    code, status = _status(at7, aliases)
    city = place.get(1) if place else ""
    state = place.get(2) if place else ""
    zone = zone_of(state=state, country=place.get(3) if place else "") or ""
    return Heard(
        kind=status.kind,
        moment=read_moment(at7.get(5), at7.get(6), at7.get(7), fallback_zone=zone),
        stop_sequence=_stop_sequence(tree, turn),
        stop_kind=status.stop_kind or "",
        city=city,
        state=state,
        source_reference=reference,
        detail=_detail(code, status, at7, place, loop.first("MS2")),
        position=at7.position,
    )


def _status(at7: Segment, aliases: Mapping[str, str]) -> tuple[str, Status]:
    """Return the code as sent and what it means.

    Raises:
        StatusError: no code, two codes, or one we do not know.
    """
    sent, appointment = at7.get(1), at7.get(3)
    if sent and appointment:
        raise StatusError("status_missing", "AT7 has both a status and an appointment status.")
    if not (sent or appointment):
        text = "AT7 has neither a status nor an appointment status."
        raise StatusError("status_missing", text)
    if sent:
        known = STATUSES.get(aliases.get(sent, sent))
        element, code = "AT7-01", sent
    else:
        known = APPOINTMENTS.get(aliases.get(appointment, appointment))
        element, code = "AT7-03", appointment
    if known is None:
        message = f"{element} is {code[:20]!r}, a status code we do not know."
        raise StatusError("unknown_status", message, value=code[:20])
    return code, known


def _stop_sequence(tree: Node, turn: Node | None) -> int | None:
    """Return the stop number told by L11 QN, in the LX before the header."""
    for node in (turn, tree):
        for reference in node.all("L11") if node else ():
            if reference.get(2) == STOP_SEQUENCE_QUALIFIER and reference.get(1).isdecimal():
                return int(reference.get(1))
    return None


def _detail(
    code: str, status: Status, at7: Segment, place: Segment | None, equipment: Segment | None
) -> dict[str, Any]:
    reason = at7.get(2) or at7.get(4)
    detail = {
        "status": code,
        "text": status.text,
        "reason": reason if reason != "NS" else "",
        "reason_text": REASONS.get(reason, ""),
        "equipment": equipment.get(1) + equipment.get(2) if equipment else "",
        "position": _coordinates(place) if place else "",
    }
    return {name: value for name, value in detail.items() if value}


def _coordinates(place: Segment) -> str:
    """Return `latitude, longitude` in degrees from MS1-04 to 07 (DDDMMSS), or nothing."""
    longitude, latitude = _degrees(place.get(4)), _degrees(place.get(5))
    if longitude is None or latitude is None:
        return ""
    west = -1 if place.get(6) == "W" else 1
    south = -1 if place.get(7) == "S" else 1
    return f"{south * latitude:.4f}, {west * longitude:.4f}"


def _degrees(text: str) -> float | None:
    if len(text) != 7 or not text.isdecimal():
        return None
    return int(text[:3]) + int(text[3:5]) / 60 + int(text[5:]) / 3600
