"""Cut a file of interchanges into the messages that are kept, one per transaction set.

A message keeps its set and the envelope around it exactly as they were sent. What an envelope
fault spoils is kept as one refused message: the whole interchange, a group, or a set.
"""

import hashlib
from collections.abc import Callable, Iterable

from integrations.adapters.edi.envelopes import (
    Fragment,
    Group,
    Interchange,
    TransactionSet,
    read_file,
)
from integrations.adapters.edi.segments import NoInterchangeError, Segment, decode, tokenize
from integrations.events import Parcel, Problem, Profile
from integrations.rules.leniency import FORGIVABLE

CONTENT_TYPE = "application/edi-x12"
_ID_LENGTH = 200

Sender = tuple[str, str]
ProfileFinder = Callable[[Sender], Profile | None]
"""Finds what is agreed with a sender, its qualifier and id (ISA05, ISA06); None: a stranger."""


def unpack(data: bytes, *, profile_of: ProfileFinder) -> list[Parcel]:
    """Return the messages of a file in order. Loses no byte that is not white space."""
    parcels: list[Parcel] = []
    for part in read_file(data):
        if isinstance(part, Fragment):
            parcels.append(_refuse("file", part.text, [part.problem]))
        else:
            parcels.extend(_open(part, profile_of(part.sender)))
    return parcels or [_refuse("file", "", [Problem("empty_file", "The file is empty.")])]


def sender_of(data: bytes) -> Sender | None:
    """Return who sent the first interchange of `data`, or None when there is none."""
    try:
        header = tokenize(decode(data[:2_000]).lstrip()).segments[0]
    except NoInterchangeError:
        return None
    return header.get(5), header.get(6)


def _open(interchange: Interchange, profile: Profile | None) -> Iterable[Parcel]:
    if profile is None:
        return [_refuse(_name(interchange), interchange.whole, [_stranger(interchange)])]
    refused, warnings = _sort(interchange.problems, profile)
    if refused or not interchange.groups:
        problems = refused or [Problem("empty_interchange", "The interchange is empty.", 1)]
        return [_refuse(_name(interchange), interchange.whole, problems)]
    return [
        parcel
        for group in interchange.groups
        for parcel in _open_group(interchange, group, profile, warnings)
    ]


def _open_group(
    interchange: Interchange, group: Group, profile: Profile, noticed: list[Problem]
) -> list[Parcel]:
    refused, warnings = _sort(group.problems, profile)
    if refused:
        name = _name(interchange, group)
        return [_refuse(name, _text(interchange, group, group.sets), refused)]
    return [
        _open_set(interchange, group, transaction, profile, noticed + warnings)
        for transaction in group.sets
    ]


def _open_set(
    interchange: Interchange,
    group: Group,
    transaction: TransactionSet,
    profile: Profile,
    noticed: list[Problem],
) -> Parcel:
    refused, warnings = _sort(transaction.problems, profile)
    name = _name(interchange, group, transaction)
    text = _text(interchange, group, [transaction])
    if refused:
        return _refuse(name, text, refused)
    if profile.reuses_control_numbers:
        name = _with_hash(name, text)
    return Parcel(
        external_id=name[:_ID_LENGTH],
        body=text.encode(),
        content_type=CONTENT_TYPE,
        warnings=tuple(noticed + warnings),
    )


def _sort(problems: list[Problem], profile: Profile) -> tuple[list[Problem], list[Problem]]:
    """Part what refuses from what this partner is forgiven."""
    forgiven = profile.tolerates.intersection(FORGIVABLE)
    return (
        [problem for problem in problems if problem.code not in forgiven],
        [problem for problem in problems if problem.code in forgiven],
    )


def _stranger(interchange: Interchange) -> Problem:
    qualifier, sender = interchange.sender
    return Problem(
        "unknown_sender",
        f"The sender {qualifier}/{sender[:15]} (ISA05, ISA06) is no partner of this source.",
        position=1,
        value=f"{qualifier}/{sender[:15]}",
    )


def _name(
    interchange: Interchange, group: Group | None = None, transaction: TransactionSet | None = None
) -> str:
    parts = [interchange.sender[1], interchange.receiver[1], interchange.control]
    parts += [group.control] if group else []
    parts += [transaction.control] if transaction else []
    return "/".join(parts)


def _text(interchange: Interchange, group: Group, sets: list[TransactionSet]) -> str:
    body: list[Segment] = [segment for part in sets for segment in part.segments]
    return interchange.slice(
        interchange.header, group.header, *body, group.trailer, interchange.trailer
    )


def _refuse(name: str, text: str, problems: list[Problem]) -> Parcel:
    """Return a message to be kept and not applied; its hash lets a mended one come after it."""
    return Parcel(
        external_id=_with_hash(name, text),
        body=text.encode(),
        content_type=CONTENT_TYPE,
        problems=tuple(problems),
    )


def _with_hash(name: str, text: str) -> str:
    digest = hashlib.sha256(text.encode()).hexdigest()[:16]
    return f"{name[: _ID_LENGTH - 17]}/{digest}"
