"""The shapes of a TMS message, as docs/integrations.md describes them."""

from typing import Annotated, Any, Literal

from msgspec import Meta, Struct

Text20 = Annotated[str, Meta(max_length=20)]
Text40 = Annotated[str, Meta(max_length=40)]
Text80 = Annotated[str, Meta(max_length=80)]
Text120 = Annotated[str, Meta(max_length=120)]
Text160 = Annotated[str, Meta(max_length=160)]
Count = Annotated[int, Meta(ge=0, le=1_000_000)]
Sequence_ = Annotated[int, Meta(ge=1, le=99)]
StopKind = Literal["PICKUP", "STOP_OFF", "DELIVERY", "DROP"]


class Reference(Struct):
    """One number of the load."""

    kind: Literal[
        "PRO", "BOL", "PO", "SHIPMENT_ID", "ORDER", "CUSTOMER_REF", "PICKUP_NO", "CONTAINER",
        "SEAL", "TMS", "OTHER",
    ]  # fmt: skip
    value: Annotated[str, Meta(min_length=1, max_length=60, pattern="[0-9A-Za-z]")]


class PlannedStop(Struct):
    """A stop of a whole load."""

    sequence: Sequence_
    kind: StopKind
    timezone: Text40
    name: Text120 = ""
    address: Text160 = ""
    city: Text80 = ""
    state: Annotated[str, Meta(max_length=3)] = ""
    postal_code: Annotated[str, Meta(max_length=12)] = ""
    country: Annotated[str, Meta(min_length=2, max_length=2)] = "US"
    location_code: Text20 = ""
    appointment_from: str | None = None
    appointment_to: str | None = None
    is_fcfs: bool = False
    receiving_hours: Text160 = ""
    weight_lb: Any = None
    truck_weight_lb: Any = None
    pieces: Count | None = None


class Item(Struct):
    """Pieces of one kind: their weight together, and the size in inches of each of them."""

    weight_lb: Any
    freight_class: Annotated[str, Meta(max_length=8)] = ""
    description: Text120 = ""
    pieces: Count | None = None
    length_in: Any = None
    width_in: Any = None
    height_in: Any = None
    is_stackable: bool = True


class Load(Struct):
    """A load: its key, or all of it."""

    references: list[Reference] = []
    number: Text20 | None = None
    customer: Text20 = ""
    shipment_type: Literal["", "TRUCKLOAD", "LTL", "INTERMODAL", "DRAYAGE"] = ""
    equipment: Literal["", "VAN53", "REEFER53", "FLATBED", "CONTAINER", "OTHER"] = ""
    trailer: Text20 = ""
    commodity: Text120 = ""
    weight_lb: Any = None
    pieces: Count | None = None
    piece_unit: Annotated[str, Meta(max_length=10)] = ""
    items: list[Item] = []
    cubic_feet: Any = None
    linear_feet: Any = None
    miles: Any = None
    miles_source: Annotated[str, Meta(max_length=60)] = ""
    quoted_amount: Any = None
    currency: str = ""
    respond_by: str | None = None
    carrier_scac: Annotated[str, Meta(max_length=4)] = ""
    stops: list[PlannedStop] = []


class StopName(Struct):
    """Which stop a message is about."""

    sequence: Sequence_ | None = None
    kind: StopKind | None = None
    city: Text80 = ""
    state: Annotated[str, Meta(max_length=3)] = ""
    timezone: Text40 = ""


class Document(Struct):
    """A paper, its bytes in base64."""

    kind: Literal[
        "POD", "BOL", "LUMPER_RECEIPT", "SCALE_TICKET", "TEMPERATURE_LOG", "RATE_CONFIRMATION",
        "OTHER",
    ]  # fmt: skip
    filename: Text160
    content_base64: str
    signed_by: Text120 = ""
    amount: Any = None
    currency: str = ""
    receipt_number: Text40 = ""


class Service(Struct):
    """Something done beyond carrying."""

    code: Annotated[str, Meta(pattern="^[A-Z][A-Z0-9_]{0,19}$")]
    quantity: Any = None
    unit: Annotated[str, Meta(max_length=12)] = ""
    authorised_by: Text80 = ""


class Pause(Struct):
    """Waiting that is nobody's bill; without minutes it lasts until the truck leaves."""

    reason: Annotated[str, Meta(pattern="^[A-Z0-9]{1,8}$")]
    minutes: Annotated[int, Meta(ge=1, le=44_640)] | None = None


class Reweigh(Struct):
    """What a certified scale showed."""

    weight_lb: Any
    certificate: Text40 = ""


class Reclass(Struct):
    """The class an inspection found."""

    freight_class: Annotated[str, Meta(pattern="^[0-9]{2,3}(\\.5)?$")]
    certificate: Text40 = ""


class Message(Struct):
    """One message."""

    id: Annotated[str, Meta(min_length=1, max_length=120)]
    type: Annotated[str, Meta(min_length=1, max_length=60)]
    occurred_at: str
    load: Load
    stop: StopName | None = None
    document: Document | None = None
    service: Service | None = None
    pause: Pause | None = None
    reweigh: Reweigh | None = None
    reclass: Reclass | None = None
    carrier: Text80 = ""
    driver: Text80 = ""
    truck: Text20 = ""
    trailer: Text20 = ""
    reason: Annotated[str, Meta(max_length=500)] = ""
    corrects: Text120 = ""


class Header(Struct):
    """What tells whether a message concerns us."""

    type: Annotated[str, Meta(min_length=1, max_length=60)]
