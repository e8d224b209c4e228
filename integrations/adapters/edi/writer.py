"""Write X12: segments into sets, sets into a group, the group into an interchange.

X12 cannot escape: data that holds a delimiter is refused, with the place, before a byte is made.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from integrations.adapters.edi.envelopes import FUNCTIONAL_CODES
from integrations.adapters.edi.segments import Delimiters

DEFAULT = Delimiters(element="*", component=">", terminator="~", repetition="U")
Elements = Sequence[str]


class DelimiterInDataError(ValueError):
    """A value holds a character that would cut the segment."""


@dataclass(frozen=True, slots=True)
class Envelope:
    """Who sends to whom, under which numbers; `at` is written in UTC."""

    sender: tuple[str, str]
    receiver: tuple[str, str]
    control: int
    at: datetime
    is_test: bool = False
    wants_acknowledgement: bool = False
    version: str = "004010"


def write_interchange(
    sets: Sequence[tuple[str, Sequence[Elements]]],
    *,
    envelope: Envelope,
    delimiters: Delimiters = DEFAULT,
) -> bytes:
    """Return one interchange with one group of `sets`: pairs of (kind, segments without ST and SE).

    Control numbers of group and sets follow from the interchange's. All sets must be of one kind.

    Raises:
        DelimiterInDataError: a value holds a delimiter, a line end or a control character.
        ValueError: sets of several kinds, an id that is too long, a number out of range.
    """
    kinds = {kind for kind, _ in sets}
    if len(kinds) != 1:
        raise ValueError("A group holds transaction sets of one kind.")
    segments: list[Elements] = [_gs(kinds.pop(), envelope)]
    for number, (kind, body) in enumerate(sets, 1):
        control = f"{number:04}"
        whole = [("ST", kind, control), *body]
        segments += [*whole, ("SE", str(len(whole) + 1), control)]
    segments.append(("GE", str(len(sets)), str(envelope.control)))
    segments.append(("IEA", "1", f"{envelope.control:09}"))
    lines = [write_segment(elements, delimiters=delimiters) for elements in segments]
    return (_isa(envelope, delimiters) + "".join(lines)).encode("ascii", errors="strict")


def write_segment(elements: Elements, *, delimiters: Delimiters = DEFAULT) -> str:
    """Return one segment, trailing empty elements left out.

    Raises:
        DelimiterInDataError: names the element that cannot be written.
    """
    for number, value in enumerate(elements):
        _check(f"{elements[0]}{number:02}", value, delimiters)
    kept = list(elements)
    while len(kept) > 1 and not kept[-1]:
        kept.pop()
    return delimiters.element.join(kept) + delimiters.terminator


def _check(place: str, value: str, delimiters: Delimiters) -> None:
    forbidden = {delimiters.element, delimiters.component, delimiters.terminator}
    if found := next((c for c in value if c in forbidden), None):
        raise DelimiterInDataError(f"{place}: {value!r} holds the delimiter {found!r}.")
    if not (value.isascii() and (value.isprintable() or not value)):
        raise DelimiterInDataError(f"{place}: {value!r} holds a character X12 cannot carry.")


def _isa(envelope: Envelope, delimiters: Delimiters) -> str:
    if not 0 < envelope.control < 10**9:
        raise ValueError("An interchange control number lies between 1 and 999999999.")
    elements = (
        "ISA", "00", " " * 10, "00", " " * 10,
        *_party(envelope.sender), *_party(envelope.receiver),
        f"{envelope.at:%y%m%d}", f"{envelope.at:%H%M}",
        delimiters.repetition or "U", envelope.version[:5],
        f"{envelope.control:09}", "1" if envelope.wants_acknowledgement else "0",
        "T" if envelope.is_test else "P",
    )  # fmt: skip
    for number, value in enumerate(elements):
        _check(f"ISA{number:02}", value, delimiters)
    return (
        delimiters.element.join(elements)
        + delimiters.element
        + delimiters.component
        + delimiters.terminator
    )


def _party(party: tuple[str, str]) -> Iterable[str]:
    qualifier, name = party
    if len(qualifier) != 2 or not 0 < len(name) <= 15:
        raise ValueError(f"{qualifier}/{name} is no interchange id.")
    return qualifier, name.ljust(15)


def _gs(kind: str, envelope: Envelope) -> Elements:
    return (
        "GS", FUNCTIONAL_CODES[kind], envelope.sender[1], envelope.receiver[1],
        f"{envelope.at:%Y%m%d}", f"{envelope.at:%H%M}", str(envelope.control), "X",
        envelope.version,
    )  # fmt: skip
