"""Canonical facts: the one form that every partner's message is turned into.

Adapters make them, `dispatch.operations` takes them. Instants are aware UTC; the offset that the
source wrote is kept beside them in minutes.
"""

from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any


class Purpose(StrEnum):
    """What a tender asks for."""

    ORIGINAL = "ORIGINAL"
    CHANGE = "CHANGE"
    REPLACE = "REPLACE"
    CANCEL = "CANCEL"


References = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class LoadKey:
    """How a message names its load: our number, or (kind, value) references."""

    references: References = ()
    number: str | None = None


@dataclass(frozen=True, slots=True)
class StopFacts:
    """One stop as a partner describes it; `kind` is a `Stop.Kind`."""

    sequence: int
    kind: str
    name: str = ""
    address: str = ""
    city: str = ""
    state: str = ""
    postal_code: str = ""
    country: str = "US"
    timezone: str = ""
    location_code: str = ""
    appointment_from: datetime | None = None
    appointment_to: datetime | None = None
    is_fcfs: bool = False
    weight_lb: Decimal | None = None
    pieces: int | None = None


@dataclass(frozen=True, slots=True)
class LoadFacts:
    """A load as a partner describes it. In a change, None and empty mean "as before"."""

    references: References
    stops: tuple[StopFacts, ...] = ()
    customer_code: str = ""
    purpose: Purpose = Purpose.ORIGINAL
    shipment_type: str = ""
    equipment: str = ""
    trailer: str = ""
    commodity: str = ""
    weight_lb: Decimal | None = None
    pieces: int | None = None
    piece_unit: str = ""
    miles: Decimal | None = None
    miles_source: str = ""
    quoted_amount: Decimal | None = None
    currency: str = ""
    respond_by: datetime | None = None
    carrier_scac: str = ""


@dataclass(frozen=True, slots=True)
class MilestoneFacts:
    """Something that happened to a load; `kind` is a `Milestone.Kind`.

    The stop is named by its sequence, or by kind and place when the source knows no sequence.
    `source_reference` is the source's own id of the fact, used to find what a correction
    supersedes.
    """

    kind: str
    occurred_at: datetime
    source_offset_minutes: int | None = None
    stop_sequence: int | None = None
    stop_kind: str = ""
    city: str = ""
    state: str = ""
    source_reference: str = ""
    supersedes_reference: str = ""
    is_retraction: bool = False
    detail: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class DocumentFacts:
    """A paper that came with a load; `kind` is a `Document.Kind`."""

    kind: str
    filename: str
    content: bytes
    occurred_at: datetime | None = None
    stop_sequence: int | None = None
    signed_by: str = ""
    amount: Decimal | None = None
    currency: str = ""
    receipt_number: str = ""
