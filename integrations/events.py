"""What the parts of this app say to each other: problems, readings, parcels; and event names.

An adapter turns the bytes of a partner into a `Reading` and touches nothing; an operation turns a
reading into calls of the domain. What needs the database (which load, which zone a stop keeps) is
left open in the reading and settled by the operation.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from dispatch.events import DocumentFacts, LoadFacts, LoadKey

MESSAGE_RECEIVED = "message.received"
MESSAGE_PARKED = "message.parked"
MESSAGE_SETTLED = "message.settled"
OUTBOX_QUEUED = "outbox.queued"
OUTBOX_SETTLED = "outbox.settled"


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong with a message, as a sentence a person can act upon.

    `code` is for machines. `position` is the ordinal of the EDI segment, counted from 1 at the
    ISA; `field` the path of the JSON field, such as `load.stops[1].timezone`; `value` what stood
    there, when a headline should show it.
    """

    code: str
    message: str
    position: int | None = None
    field: str = ""
    value: str = ""

    def __str__(self) -> str:
        if self.position is not None:
            return f"Segment {self.position}: {self.message}"
        return self.message


@dataclass(frozen=True, slots=True)
class Moment:
    """When something happened: an `instant`, or what the clocks of a place showed.

    `local` is naive. `zone` is the zone the message named, an IANA name or an offset; when it is
    empty the stop's own zone counts, and `fallback_zone`, guessed from the state, comes last.
    """

    instant: datetime | None = None
    local: datetime | None = None
    zone: str = ""
    fallback_zone: str = ""
    offset_minutes: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """One thing that happened to a load, as a partner told it; `kind` is a milestone's."""

    kind: str
    moment: Moment
    stop_sequence: int | None = None
    stop_kind: str = ""
    city: str = ""
    state: str = ""
    source_reference: str = ""
    supersedes_reference: str = ""
    is_retraction: bool = False
    detail: dict[str, Any] = field(default_factory=dict)
    position: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """All that one message says, about one load.

    `plan` is what the load shall be, as of `planned_at`: an older plan never overwrites a newer
    one. `problems` are what could not be understood, `warnings` what was noticed and let pass.
    `ignored` says why nothing is to be done, which is no fault. `limited_to` is the code of the
    one customer whose loads the sender may speak of; empty: any.
    """

    key: LoadKey | None = None
    plan: LoadFacts | None = None
    planned_at: datetime | None = None
    heard: tuple[Heard, ...] = ()
    documents: tuple[DocumentFacts, ...] = ()
    problems: tuple[Problem, ...] = ()
    warnings: tuple[Problem, ...] = ()
    ignored: Problem | None = None
    limited_to: str = ""

    @property
    def is_empty(self) -> bool:
        """Tell whether there is nothing to apply."""
        return not (self.plan or self.heard or self.documents)


@dataclass(frozen=True, slots=True)
class Raw:
    """One kept message, as an adapter gets it."""

    dialect: str
    external_id: str
    body: bytes
    profile: "Profile"


@dataclass(frozen=True, slots=True)
class Profile:
    """What is agreed with the partner a message comes from.

    `tolerates` names the envelope faults that are only warned about; `aliases` maps the partner's
    own codes to known ones; `reuses_control_numbers` says that a control number alone does not
    name a message.
    """

    customer_code: str = ""
    tolerates: frozenset[str] = frozenset()
    aliases: Mapping[str, str] = field(default_factory=dict)
    reuses_control_numbers: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Parcel:
    """One message cut out of what came through a door, ready to be kept.

    With `problems` it is kept and refused. A message without an id of its own is named by its
    hash: the same bytes are then the same message.
    """

    external_id: str
    body: bytes
    content_type: str
    problems: tuple[Problem, ...] = ()
    warnings: tuple[Problem, ...] = ()
    ignored: Problem | None = None


class Outcome(StrEnum):
    """How a target took a message."""

    POSTED = "POSTED"
    MISMATCH = "MISMATCH"
    REFUSED = "REFUSED"
    FAILED = "FAILED"
    POSTPONED = "POSTPONED"
    UNREACHABLE = "UNREACHABLE"


@dataclass(frozen=True, slots=True)
class Outgoing:
    """One message on its way; `may_have_arrived` asks to look before sending again."""

    idempotency_key: str
    body: Mapping[str, Any]
    may_have_arrived: bool = False
    attempts: int = 1


@dataclass(frozen=True, slots=True)
class Answer:
    """What a target said, in one sentence, and the number it keeps the document under.

    MISMATCH: it holds something else. REFUSED: sending again cannot help. FAILED: it may or may
    not have arrived. POSTPONED: the target works and asks for this one again later. UNREACHABLE:
    it certainly did not arrive.
    """

    outcome: Outcome
    note: str
    reference: str = ""
    wait_seconds: float | None = None


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a polled feed: messages as raw bytes, and where to go on."""

    bodies: tuple[bytes, ...]
    next_cursor: str
    has_more: bool


class FeedError(Exception):
    """A feed could not be read; says why. `wait_seconds` is how long it asked us to wait."""

    def __init__(self, message: str, *, wait_seconds: float | None = None) -> None:
        super().__init__(message)
        self.wait_seconds = wait_seconds


Deliver = Callable[[Outgoing], Answer]
"""Sends one message over the network; never raises."""

Reader = Callable[[Raw], Reading]
"""Turns a message into a reading; never raises on what the partner sent."""
