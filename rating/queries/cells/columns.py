"""The columns of a lane beside its ends and breaks, and who reads each."""

from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any

from dispatch.models import Load
from rating.queries.cells.bases import read_basis
from rating.queries.cells.numbers import read_money, read_number, read_percent, read_whole
from rating.queries.cells.words import read_choice, read_word

_EQUIPMENT = {
    "VAN53": "van,dry van,dryvan,dry,53 van,53 dry van,van 53,53 ft van,53 ft dry van,"
    "53 foot van,53 foot dry van,v,dv",
    "REEFER53": "reefer,53 reefer,53 ft reefer,53 foot reefer,refrigerated,refrigerated van,"
    "reefer van,temperature controlled,r",
    "FLATBED": "flatbed,flat bed,flat,fb,f",
    "CONTAINER": "container,intermodal container,cntr",
}
_SHIPMENT_TYPES = {
    "TRUCKLOAD": "tl,ftl,truckload,truck load,full truckload,full truck load",
    "LTL": "ltl,less than truckload,less than truck load",
    "INTERMODAL": "intermodal,imdl,im,rail",
    "DRAYAGE": "drayage,dray",
}


Reader = Callable[..., Any]

# The columns of a lane beside its ends and breaks, in the order of a sheet.
READERS: dict[str, Reader] = {
    "basis": read_basis,
    "rate": read_number,
    "minimum": read_money,
    "maximum": read_money,
    "discount_percent": read_percent,
    "cost_floor": read_number,
    "equipment": read_choice(Load.Equipment, _EQUIPMENT),
    "commodity": read_word(120),
    "shipment_type": read_choice(Load.ShipmentType, _SHIPMENT_TYPES),
    "priority": read_whole,
}
BLANK: dict[str, Any] = {
    "rate": Decimal(0), "minimum": None, "maximum": None, "discount_percent": None,
    "cost_floor": None, "equipment": "", "commodity": "", "shipment_type": "", "priority": 0,
}  # fmt: skip
KEY = ("origin_key", "destination_key", "equipment", "commodity", "shipment_type")
COLUMNS: Sequence[str] = tuple(READERS)
