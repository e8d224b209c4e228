"""Read interchanges, groups and transaction sets, and check that they are whole.

Nothing here raises on what a partner sent: text that cannot be read becomes a `Fragment`, and
every fault of an envelope becomes a problem standing at the part it spoils, so that one bad
transaction set does not hold up its neighbours.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from integrations.adapters.edi.segments import (
    ISA_LENGTH,
    Delimiters,
    NoInterchangeError,
    Segment,
    Tokens,
    decode,
    shown,
    tokenize,
)
from integrations.events import Problem, Profile
from integrations.rules.leniency import FORGIVABLE

FUNCTIONAL_CODES = {
    "204": "SM", "210": "IM", "214": "QM", "990": "GF", "997": "FA", "999": "FA", "850": "PO",
}  # fmt: skip


@dataclass(slots=True)
class TransactionSet:
    """ST to SE: one message."""

    segments: list[Segment]
    problems: list[Problem] = field(default_factory=list)

    @property
    def kind(self) -> str:
        """The set's number, such as `214`."""
        return self.segments[0].get(1)

    @property
    def control(self) -> str:
        """ST02."""
        return self.segments[0].get(2)


@dataclass(slots=True)
class Group:
    """GS to GE: sets of one kind."""

    header: Segment
    trailer: Segment | None = None
    sets: list[TransactionSet] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)

    @property
    def control(self) -> str:
        """GS06."""
        return self.header.get(6)


@dataclass(slots=True)
class Interchange:
    """ISA to IEA, with the text of the file it stands in."""

    text: str
    delimiters: Delimiters
    header: Segment
    end: int
    trailer: Segment | None = None
    groups: list[Group] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)

    @property
    def sender(self) -> tuple[str, str]:
        """Qualifier and id of who sent it (ISA05, ISA06)."""
        return self.header.get(5), self.header.get(6)

    @property
    def receiver(self) -> tuple[str, str]:
        """Qualifier and id of whom it was sent to (ISA07, ISA08)."""
        return self.header.get(7), self.header.get(8)

    @property
    def control(self) -> str:
        """ISA13."""
        return self.header.get(13)

    @property
    def whole(self) -> str:
        """The interchange exactly as it was sent."""
        return self.text[self.header.start : self.end]

    def slice(self, *segments: Segment | None) -> str:
        """Return the text of `segments` exactly as it was sent."""
        return "".join(self.text[item.start : item.end] for item in segments if item)


@dataclass(frozen=True, slots=True)
class Fragment:
    """Text that is no interchange, and why."""

    text: str
    problem: Problem


def read_file(data: bytes) -> list[Interchange | Fragment]:
    """Return every interchange of a file in order, and what lies between them as fragments."""
    text = decode(data)
    found: list[Interchange | Fragment] = []
    start = _skip_space(text, 0)
    while start < len(text):
        try:
            tokens = tokenize(text, start=start)
        except NoInterchangeError as error:
            end = _next_isa(text, start)
            problem = Problem("no_interchange", f"{error} It is no X12 interchange.", position=1)
            found.append(Fragment(text[start:end], problem))
        else:
            found.append(_interchange(text, tokens))
            end = tokens.segments[-1].end
        start = _skip_space(text, end)
    return found


def sort_problems(
    problems: Sequence[Problem], profile: Profile
) -> tuple[list[Problem], list[Problem]]:
    """Part what refuses from what this partner is forgiven."""
    forgiven = profile.tolerates.intersection(FORGIVABLE)
    return (
        [problem for problem in problems if problem.code not in forgiven],
        [problem for problem in problems if problem.code in forgiven],
    )


def _skip_space(text: str, start: int) -> int:
    while start < len(text) and text[start] in " \t\r\n\x1a\ufeff":
        start += 1
    return start


def _next_isa(text: str, start: int) -> int:
    index = text.find("ISA", start + 1)
    while index >= 0 and (text[index + 3 : index + 4].isalnum() or text[index - 1].isalnum()):
        index = text.find("ISA", index + 1)
    return len(text) if index < 0 else index


def _interchange(text: str, tokens: Tokens) -> Interchange:
    segments = tokens.segments
    interchange = Interchange(text, tokens.delimiters, segments[0], segments[-1].end)
    if tokens.isa_length != ISA_LENGTH:
        interchange.problems.append(
            Problem(
                "isa_length",
                f"The ISA segment has {tokens.isa_length} characters, not {ISA_LENGTH}.",
                position=1,
            )
        )
    if "\x00" in interchange.whole:
        interchange.problems.append(_nul(segments))
    _collect(interchange, segments[1:])
    _check_interchange(interchange, segments[-1])
    return interchange


def _collect(interchange: Interchange, segments: Sequence[Segment]) -> None:
    """Hang each segment where it belongs; what stands outside a set spoils the interchange."""
    group: Group | None = None
    current: TransactionSet | None = None
    for segment in segments:
        if segment.name == "IEA":
            interchange.trailer = segment
        elif segment.name == "GS":
            group, current = Group(segment), None
            interchange.groups.append(group)
        elif segment.name == "GE" and group:
            group.trailer, group, current = segment, None, None
        elif segment.name == "ST" and group:
            current = TransactionSet([segment])
            group.sets.append(current)
        elif current:
            current.segments.append(segment)
            current = None if segment.name == "SE" else current
        else:
            interchange.problems.append(_outside(segment))


def _nul(segments: Sequence[Segment]) -> Problem:
    place = next(s for s in segments if any("\x00" in element for element in s.elements))
    return Problem("forbidden_character", "There is a NUL byte here.", position=place.position)


def _outside(segment: Segment) -> Problem:
    return Problem(
        "stray_segment",
        f"{shown(segment.name)} stands outside every transaction set.",
        position=segment.position,
    )


def _check_interchange(interchange: Interchange, last: Segment) -> None:
    for group in interchange.groups:
        for transaction in group.sets:
            _check_set(transaction, group)
        _check_group(group, last)
    problems = interchange.problems
    trailer = interchange.trailer
    if trailer is None:
        problems.append(
            Problem(
                "cut",
                "The file ends before IEA: it was cut, so nothing of it is applied.",
                position=last.position,
            )
        )
        return
    _check_count(problems, trailer, "IEA01", "groups", len(interchange.groups))
    if trailer.get(2).lstrip("0") != interchange.control.lstrip("0"):
        problems.append(_control_mismatch(trailer, "IEA02", "ISA13", interchange.control))
    if interchange.header.get(15) == "T":
        problems.append(
            Problem("test_indicator", "ISA15 marks the interchange as a test.", position=1)
        )


def _check_group(group: Group, last: Segment) -> None:
    trailer = group.trailer
    if trailer is None:
        group.problems.append(
            Problem("cut", f"The group {shown(group.control)} has no GE.", position=last.position)
        )
        return
    _check_count(group.problems, trailer, "GE01", "transaction sets", len(group.sets))
    if trailer.get(2).lstrip("0") != group.control.lstrip("0"):
        group.problems.append(_control_mismatch(trailer, "GE02", "GS06", group.control))


def _check_set(transaction: TransactionSet, group: Group) -> None:
    trailer, problems = transaction.segments[-1], transaction.problems
    if trailer.name != "SE":
        problems.append(
            Problem(
                "cut",
                f"The transaction set {shown(transaction.control)} has no SE.",
                position=trailer.position,
            )
        )
        return
    _check_count(problems, trailer, "SE01", "segments", len(transaction.segments))
    if trailer.get(2) != transaction.control:
        problems.append(_control_mismatch(trailer, "SE02", "ST02", transaction.control))
    expected, sent = FUNCTIONAL_CODES.get(transaction.kind), group.header.get(1)
    if expected and sent != expected:
        problems.append(
            Problem(
                "functional_code",
                f"GS01 is {sent[:20]!r}; a {transaction.kind} travels in a group {expected}.",
                position=group.header.position,
            )
        )


def _check_count(
    problems: list[Problem], trailer: Segment, element: str, what: str, found: int
) -> None:
    told = trailer.get(1)
    if not told.isdecimal() or int(told) != found:
        problems.append(
            Problem(
                "count_mismatch",
                f"{element} says {shown(told) or 'nothing'}, but there are {found} {what}.",
                position=trailer.position,
            )
        )


def _control_mismatch(trailer: Segment, element: str, other: str, number: str) -> Problem:
    return Problem(
        "control_mismatch",
        f"{element} is {trailer.get(2)[:20]!r} but {other} is {number[:20]!r}.",
        position=trailer.position,
    )
