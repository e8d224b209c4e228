"""Names of what happens to loads, and the one form that every partner's message is turned into.

Adapters make them, `dispatch.operations` takes them. Instants are aware UTC; the offset that the
source wrote is kept beside them in minutes.
"""

from dataclasses import dataclass, field, fields, replace
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

# A paper's later moves are document.accepted and document.rejected, recorded by its lifecycle.
LOAD_CREATED = "load.created"
LOAD_CHANGED = "load.changed"
LOAD_TRACKED = "load.tracked"
DOCUMENT_RECEIVED = "document.received"
TENDER_ANSWERED = "tender.answered"
TENDER_EXPIRED = "tender.expired"


class Purpose(StrEnum):
    """What a tender asks for."""

    ORIGINAL = "ORIGINAL"
    CHANGE = "CHANGE"
    REPLACE = "REPLACE"
    CANCEL = "CANCEL"


References = tuple[tuple[str, str], ...]

# What a change says nothing about: not zero, which is told.
UNTOLD: tuple[Any, ...] = (None, "", ())


@dataclass(frozen=True, slots=True)
class LoadKey:
    """How a message names its load: our number, or (kind, value) references."""

    references: References = ()
    number: str | None = None


@dataclass(frozen=True, slots=True)
class StopFacts:
    """One stop as a partner describes it; `kind` is a `Stop.Kind`.

    `receiving_hours` are written like "Mon-Fri 07:00-15:00"; `truck_weight_lb` is what all payors
    together have on the truck at the stop, `weight_lb` what this load has.
    """

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
    receiving_hours: str = ""
    truck_weight_lb: Decimal | None = None


@dataclass(frozen=True, slots=True)
class ItemFacts:
    """Pieces of one kind: their weight together, and the size in inches of each of them."""

    weight_lb: Decimal
    freight_class: str = ""
    description: str = ""
    pieces: int | None = None
    length_in: Decimal | None = None
    width_in: Decimal | None = None
    height_in: Decimal | None = None
    is_stackable: bool = True


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
    items: tuple[ItemFacts, ...] = ()
    cubic_feet: Decimal | None = None
    linear_feet: Decimal | None = None
    miles: Decimal | None = None
    miles_source: str = ""
    quoted_amount: Decimal | None = None
    currency: str = ""
    respond_by: datetime | None = None
    carrier_scac: str = ""

    def changed_by(self, change: "LoadFacts") -> "LoadFacts":
        """Return these facts with all that `change` tells laid over them.

        References add up. Stops or items, when any are told, are all there are.
        """
        told = {
            name: value
            for name in (field.name for field in fields(change))
            if (value := getattr(change, name)) not in UNTOLD
        }
        told["references"] = tuple(dict.fromkeys((*self.references, *change.references)))
        return replace(self, **told)


@dataclass(frozen=True, slots=True)
class MilestoneFacts:
    """Something that happened to a load; `kind` is a `Milestone.Kind`.

    The stop is named by its sequence, or by kind and place when the source knows no sequence.
    `source_reference` is the source's own id of the fact. `supersedes_reference` names what this
    one corrects or, with `is_retraction`, takes back: an id of the same source, or the `fact_key`
    of any milestone of the load. It may name something that has not come yet.
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
