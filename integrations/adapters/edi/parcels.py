"""Cut a file of interchanges into the messages that are kept, one per transaction set.

A message keeps its set and the envelope around it exactly as they were sent. What an envelope
fault spoils is kept as one refused message: the whole interchange, a group, or a set. Positions
in problems count the segments of the kept message, so that they can be found in what is shown.
"""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from integrations.adapters.edi.envelopes import (
    Fragment,
    Group,
    Interchange,
    TransactionSet,
    read_file,
    sort_problems,
)
from integrations.adapters.edi.segments import (
    NoInterchangeError,
    Segment,
    decode,
    encoding_of,
    shown,
    tokenize,
)
from integrations.events import Parcel, Problem, Profile

CONTENT_TYPE = "application/edi-x12"
_ID_LENGTH = 200

Sender = tuple[str, str]
ProfileFinder = Callable[[Sender], Profile | None]
"""Finds what is agreed with a sender, its qualifier and id (ISA05, ISA06); None: a stranger."""


@dataclass(frozen=True, slots=True)
class _Piece:
    """Part of a file on its way to become a message: its name, its segments or its text."""

    name: str
    text: str
    encoding: str
    segments: tuple[Segment, ...] = ()

    def keep(self, warnings: Sequence[Problem], *, with_hash: bool) -> Parcel:
        """Return the message to be understood."""
        return Parcel(
            external_id=self._hashed if with_hash else self.name[:_ID_LENGTH],
            body=self.text.encode(self.encoding),
            content_type=CONTENT_TYPE,
            warnings=tuple(map(self._placed, warnings)),
        )

    def refuse(self, problems: Sequence[Problem]) -> Parcel:
        """Return a message to be kept and not applied; its hash lets a mended one come after."""
        return Parcel(
            external_id=self._hashed,
            body=self.text.encode(self.encoding),
            content_type=CONTENT_TYPE,
            problems=tuple(map(self._placed, problems)),
        )

    @property
    def _hashed(self) -> str:
        digest = hashlib.sha256(self.text.encode(self.encoding)).hexdigest()[:16]
        return f"{self.name[: _ID_LENGTH - 17]}/{digest}"

    def _placed(self, problem: Problem) -> Problem:
        """Return the problem with its position counted in this piece."""
        if not self.segments or problem.position is None:
            return problem
        positions = [segment.position for segment in self.segments]
        place = positions.index(problem.position) + 1 if problem.position in positions else None
        return replace(problem, position=place)


def unpack(data: bytes, *, profile_of: ProfileFinder) -> list[Parcel]:
    """Return the messages of a file in order. Loses no byte that is not white space."""
    encoding = encoding_of(data)
    parcels: list[Parcel] = []
    for part in read_file(data):
        if isinstance(part, Fragment):
            parcels.append(_Piece("file", part.text, encoding).refuse([part.problem]))
        else:
            parcels.extend(_open(part, profile_of(part.sender), encoding))
    if not parcels:
        return [_Piece("file", "", encoding).refuse([Problem("empty_file", "The file is empty.")])]
    return parcels


def sender_of(data: bytes) -> Sender | None:
    """Return who sent the first interchange of `data`, or None when there is none."""
    try:
        header = tokenize(decode(data[:2_000]).lstrip()).segments[0]
    except NoInterchangeError:
        return None
    return header.get(5), header.get(6)


def stranger(sender: Sender) -> Problem:
    """Return the problem of an interchange from somebody the source does not know."""
    name = "/".join(shown(part, longest=15) for part in sender)
    text = f"The sender {name} (ISA05, ISA06) is no partner of this source."
    return Problem("unknown_sender", text, position=1, value=name)


def _open(interchange: Interchange, profile: Profile | None, encoding: str) -> list[Parcel]:
    whole = _Piece(_name(interchange), interchange.whole, encoding)
    if profile is None:
        return [whole.refuse([stranger(interchange.sender)])]
    refused, warnings = sort_problems(interchange.problems, profile)
    if refused:
        return [whole.refuse(refused)]
    if not any(group.sets for group in interchange.groups):
        text = "The interchange holds no transaction set."
        return [whole.refuse([Problem("empty_interchange", text, position=1)])]
    return [
        parcel
        for group in interchange.groups
        for parcel in _open_group(interchange, group, profile, warnings, encoding)
    ]


def _open_group(
    interchange: Interchange,
    group: Group,
    profile: Profile,
    noticed: list[Problem],
    encoding: str,
) -> list[Parcel]:
    refused, warnings = sort_problems(group.problems, profile)
    if not group.sets:
        place = group.header.position
        refused.append(Problem("empty_group", "The group holds no transaction set.", place))
    if refused:
        return [_piece(interchange, group, group.sets, encoding).refuse(refused)]
    return [
        _open_set(
            _piece(interchange, group, [transaction], encoding, transaction),
            transaction,
            profile,
            noticed + warnings,
        )
        for transaction in group.sets
    ]


def _open_set(
    piece: _Piece, transaction: TransactionSet, profile: Profile, noticed: list[Problem]
) -> Parcel:
    refused, warnings = sort_problems(transaction.problems, profile)
    if refused:
        return piece.refuse(refused)
    return piece.keep(noticed + warnings, with_hash=profile.reuses_control_numbers)


def _piece(
    interchange: Interchange,
    group: Group,
    sets: Sequence[TransactionSet],
    encoding: str,
    named: TransactionSet | None = None,
) -> _Piece:
    """Return sets of a group in the envelope they came in."""
    body = [segment for part in sets for segment in part.segments]
    around = (interchange.header, group.header, *body, group.trailer, interchange.trailer)
    segments = tuple(segment for segment in around if segment)
    return _Piece(
        _name(interchange, group, named), interchange.slice(*segments), encoding, segments
    )


def _name(
    interchange: Interchange, group: Group | None = None, transaction: TransactionSet | None = None
) -> str:
    parts = [interchange.sender[1], interchange.receiver[1], interchange.control]
    parts += [group.control] if group else []
    parts += [transaction.control] if transaction else []
    return "/".join(shown(part, longest=35) for part in parts)
