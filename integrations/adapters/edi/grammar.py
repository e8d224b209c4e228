"""Which segment belongs to which loop, per transaction set, as data; and the one walk that uses it.

A segment goes to the innermost open loop that knows it, else it opens a loop, else an outer loop
takes over. One that fits nowhere stays with the innermost loop and is reported: partners add
segments, and a tender must not be lost over a note.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

from integrations.adapters.edi.segments import Segment, shown
from integrations.events import Problem


@dataclass(frozen=True, slots=True)
class Loop:
    """A loop opened by the segment of its name."""

    name: str
    segments: frozenset[str]
    loops: tuple["Loop", ...] = ()


@dataclass(slots=True)
class Node:
    """One turn of a loop: the segment that opened it, its own segments and its inner loops."""

    loop: Loop
    head: Segment
    segments: list[Segment] = field(default_factory=list)
    loops: list["Node"] = field(default_factory=list)

    def first(self, name: str) -> Segment | None:
        """Return the first own segment called `name`; the head counts."""
        return next(self.all(name), None)

    def all(self, name: str) -> Iterator[Segment]:
        """Yield the own segments called `name`; the head counts."""
        if self.head.name == name:
            yield self.head
        yield from (segment for segment in self.segments if segment.name == name)

    def turns(self, name: str) -> Iterator["Node"]:
        """Yield the inner loops opened by `name`."""
        return (node for node in self.loops if node.head.name == name)


def _loop(name: str, segments: str = "", *loops: Loop) -> Loop:
    return Loop(name, frozenset(segments.split()), loops)


_PARTY = _loop("N1", "N2 N3 N4 G61 L11 G62")
_EQUIPMENT = _loop("N7", "N7A N7B M7 MEA NTE")

GRAMMARS: dict[str, Loop] = {
    "204": _loop(
        "ST",
        "B2 B2A L11 G62 MS3 AT5 PLD LH6 NTE C3 ITD AT8",
        _PARTY,
        _EQUIPMENT,
        _loop(
            "S5",
            "L11 G62 AT8 LAD AT5 PLD NTE LH6 MS3",
            _PARTY,
            _EQUIPMENT,
            _loop("L5", "AT8 L4 L11 G61 NTE LH6"),
            _loop("OID", "G62 LAD AT8 L11"),
            _loop("LH1", "LH2 LH3 LFH LEP LH4 LHT LHR PER LHE"),
        ),
        _loop("L3"),
    ),
    "214": _loop(
        "ST",
        "B10 L11 MAN K1 MS3 G62 NTE",
        _PARTY,
        _loop(
            "LX",
            "L11 MAN Q7 K1 AT5 AT8 NTE CD3 OID PRF MS3 N1 N3 N4",
            _loop("AT7", "MS1 MS2 M7"),
        ),
        # Some carriers leave the LX out.
        _loop("AT7", "MS1 MS2 M7 Q7 K1 AT8"),
    ),
    "990": _loop("ST", "B1 N9 L11 G62 V9 K1 N7 L9 R3"),
    "997": _loop(
        "ST", "AK1 AK9", _loop("AK2", "AK5", _loop("AK3", "AK4")), _loop("AK3", "AK4"),
    ),
}  # fmt: skip


def walk(segments: list[Segment], grammar: Loop) -> tuple[Node, list[Problem]]:
    """Return the tree of one transaction set, and a problem per segment that fits nowhere."""
    root = Node(grammar, segments[0])
    problems: list[Problem] = []
    path = [root]
    for segment in segments[1:]:
        if segment.name != "SE" and not _place(segment, path):
            path[-1].segments.append(segment)
            problems.append(
                Problem(
                    "unexpected_segment",
                    f"{shown(segment.name)} is not expected here.",
                    position=segment.position,
                )
            )
    return root, problems


def _place(segment: Segment, path: list[Node]) -> bool:
    """Hang `segment` at the innermost place that knows it and leave `path` pointing there."""
    for depth in range(len(path) - 1, -1, -1):
        node = path[depth]
        if segment.name in node.loop.segments:
            del path[depth + 1 :]
            node.segments.append(segment)
            return True
        inner = next((loop for loop in node.loop.loops if loop.name == segment.name), None)
        if inner:
            del path[depth + 1 :]
            turn = Node(inner, segment)
            node.loops.append(turn)
            path.append(turn)
            return True
    return False
