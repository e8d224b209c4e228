"""The X12 codes we act upon, in our own words. X12 owns the full lists.

A code that is not here is never guessed: it becomes a problem that shows it, and a partner profile
may say which known code it stands for.
"""

from typing import NamedTuple

PICKUP, DELIVERY = "PICKUP", "DELIVERY"


class Status(NamedTuple):
    """What a status code means to us: a milestone, and at which kind of stop."""

    kind: str
    stop_kind: str | None
    text: str


# Element 1650 (AT7-01)
STATUSES: dict[str, Status] = {
    "XB": Status("ACCEPTED", None, "shipment acknowledged"),
    "X3": Status("ARRIVED", PICKUP, "arrived at pickup"),
    "X8": Status("ARRIVED", PICKUP, "arrived at pickup dock"),
    "AF": Status("DEPARTED", PICKUP, "left pickup with the shipment"),
    "X6": Status("IN_TRANSIT", None, "on the way to delivery"),
    "X1": Status("ARRIVED", DELIVERY, "arrived at delivery"),
    "X5": Status("ARRIVED", DELIVERY, "arrived at delivery dock"),
    "D1": Status("DELIVERED", DELIVERY, "unloading done"),
    "CD": Status("DEPARTED", DELIVERY, "left delivery"),
    "CA": Status("CANCELLED", None, "shipment cancelled"),
    "A1": Status("ETA", PICKUP, "expected at pickup"),
    "AG": Status("ETA", DELIVERY, "expected at delivery"),
    "X2": Status("ETA", DELIVERY, "expected at delivery"),
    "SD": Status("DELAYED", None, "shipment delayed"),
    "AH": Status("EXCEPTION", DELIVERY, "delivery attempted"),
    "AP": Status("EXCEPTION", DELIVERY, "delivery not completed"),
    "A7": Status("EXCEPTION", DELIVERY, "refused by consignee"),
    "A9": Status("EXCEPTION", None, "shipment damaged"),
    "PA": Status("EXCEPTION", DELIVERY, "delivered in part"),
    "D2": Status("EXCEPTION", DELIVERY, "unloaded in part"),
    "A3": Status("EXCEPTION", None, "returned to shipper"),
    "AI": Status("EXCEPTION", None, "reconsigned"),
    "SN": Status("EXCEPTION", PICKUP, "not picked up"),
    "PU": Status("EXCEPTION", PICKUP, "pickup attempted"),
    "L1": Status("CHECK_CALL", PICKUP, "loading"),
    "CP": Status("CHECK_CALL", PICKUP, "loading done"),
    "AM": Status("CHECK_CALL", PICKUP, "loaded on truck"),
    "P1": Status("CHECK_CALL", None, "left terminal"),
    "X4": Status("CHECK_CALL", None, "arrived at terminal"),
    "R1": Status("CHECK_CALL", None, "received from another carrier"),
    "J1": Status("CHECK_CALL", None, "handed to another carrier"),
    "S1": Status("CHECK_CALL", None, "trailer spotted"),
    "CL": Status("CHECK_CALL", None, "trailer closed"),
    "AV": Status("CHECK_CALL", None, "available for delivery"),
    "AW": Status("CHECK_CALL", None, "awaiting delivery"),
    "AJ": Status("CHECK_CALL", None, "offered for delivery"),
    "OA": Status("CHECK_CALL", None, "out through the gate"),
    "I1": Status("CHECK_CALL", None, "in through the gate"),
    "K1": Status("CHECK_CALL", None, "arrived at customs"),
    "K2": Status("CHECK_CALL", None, "released by customs"),
    # Paperwork handed over is a note: a proof of delivery is a document, never assumed.
    "CB": Status("CHECK_CALL", None, "shipment closed"),
    "OP": Status("CHECK_CALL", None, "paperwork handed to consignee"),
}

# Element 1652 (AT7-03): appointments are notes; the plan itself comes by 204.
APPOINTMENTS: dict[str, Status] = {
    "AA": Status("CHECK_CALL", PICKUP, "pickup appointment"),
    "AB": Status("CHECK_CALL", DELIVERY, "delivery appointment"),
    "AC": Status("ETA", DELIVERY, "delivery expected"),
    "EP": Status("CHECK_CALL", PICKUP, "pickup no earlier than"),
    "LP": Status("CHECK_CALL", PICKUP, "pickup no later than"),
    "ED": Status("CHECK_CALL", DELIVERY, "delivery no earlier than"),
    "LD": Status("CHECK_CALL", DELIVERY, "delivery no later than"),
    "XA": Status("CHECK_CALL", PICKUP, "pickup appointment secured"),
    "X9": Status("CHECK_CALL", DELIVERY, "delivery appointment secured"),
}

# Elements 1651 and 1652 reasons (AT7-02, AT7-04)
REASONS: dict[str, str] = {
    "NS": "",
    "A1": "missed delivery",
    "A2": "wrong address",
    "AF": "accident",
    "AG": "consignee",
    "AH": "driver",
    "AI": "breakdown",
    "AJ": "other carrier",
    "AL": "previous stop",
    "AM": "shipper",
    "AN": "holiday",
    "AO": "weather",
    "AW": "past cut-off",
    "AY": "missed pickup",
    "B1": "consignee closed",
    "B5": "held for consignee",
    "B8": "no equipment to unload",
    "B9": "restricted receiving hours",
    "BD": "border",
    "BE": "road",
    "BG": "other",
    "BK": "appointment made before",
    "BQ": "overweight",
    "BS": "refused",
    "C2": "credit hold",
    "D1": "dispatch error",
    "D2": "no driver",
    "HB": "waiting for an appointment",
    "NF": "no freight",
    "P1": "processing",
    "S1": "shortage",
    "SN": "not ready",
    "T3": "no trailer",
    "UG": "driver waiting to load",
    "UH": "driver waiting to unload",
}

# Element 128 (L11-02) -> our reference kinds. Others are kept with their qualifier in front.
REFERENCE_KINDS: dict[str, str] = {
    "BM": "BOL",
    "CN": "PRO",
    "2I": "PRO",
    "PO": "PO",
    "ON": "ORDER",
    "OQ": "ORDER",
    "CR": "CUSTOMER_REF",
    "CO": "CUSTOMER_REF",
    "SI": "SHIPMENT_ID",
    "LO": "SHIPMENT_ID",
    "P8": "PICKUP_NO",
    "PU": "PICKUP_NO",
    "SN": "SEAL",
}
STOP_SEQUENCE_QUALIFIER = "QN"

# Element 163 (S5-02): what is done at a stop
STOP_REASONS: dict[str, str] = {
    "LD": "PICKUP",
    "CL": "PICKUP",
    "PL": "PICKUP",
    "PA": "PICKUP",
    "RT": "PICKUP",
    "AL": "PICKUP",
    "UL": "DELIVERY",
    "CU": "DELIVERY",
    "PU": "DELIVERY",
    "DT": "DROP",
    "ST": "DROP",
}

# Element 432 (G62-01) -> which bound of the appointment it sets, and how strongly (lower wins).
APPOINTMENT_BOUNDS: dict[str, tuple[str, int]] = {
    "69": ("from", 0),  # scheduled pickup
    "70": ("from", 0),  # scheduled delivery
    "77": ("from", 0),  # pickup appointment
    "78": ("from", 0),  # delivery appointment
    "37": ("from", 1),  # ship not before
    "38": ("to", 1),  # ship not later
    "53": ("from", 1),  # deliver not before
    "54": ("to", 1),  # deliver not later
    "10": ("from", 2),  # requested pickup
    "68": ("from", 2),  # requested delivery
    "02": ("from", 2),  # requested delivery
}
RESPOND_BY = "64"

# Element 40 (N7-11)
EQUIPMENT: dict[str, str] = {
    "CN": "CONTAINER",
    "FT": "FLATBED",
    "TF": "VAN53",
    "TL": "VAN53",
    "TV": "VAN53",
    "RT": "REEFER53",
    "TW": "REEFER53",
}

# Element 91 (MS3-04), and what is seen there in the wild
SHIPMENT_TYPES: dict[str, str] = {
    "J": "TRUCKLOAD",
    "TL": "TRUCKLOAD",
    "FT": "TRUCKLOAD",
    "LT": "LTL",
    "X": "INTERMODAL",
}

# Element 353 (B2A-01)
PURPOSES: dict[str, str] = {"00": "ORIGINAL", "01": "CANCEL", "04": "CHANGE", "05": "REPLACE"}

# Element 623: a zone with its own clocks (the summer rule applies), or a fixed offset.
TIME_CODES: dict[str, str] = {
    "ET": "America/New_York",
    "CT": "America/Chicago",
    "MT": "America/Denver",
    "PT": "America/Los_Angeles",
    "AT": "America/Anchorage",
    "TT": "America/Halifax",
    "NT": "America/St_Johns",
    "HT": "Pacific/Honolulu",
    "ES": "-05:00",
    "ED": "-04:00",
    "CS": "-06:00",
    "CD": "-05:00",
    "MS": "-07:00",
    "MD": "-06:00",
    "PS": "-08:00",
    "PD": "-07:00",
    "AS": "-09:00",
    "AD": "-08:00",
    "TS": "-04:00",
    "TD": "-03:00",
    "HS": "-10:00",
    "NS": "-03:30",
    "ND": "-02:30",
    "UT": "+00:00",
    "GM": "+00:00",
    **{f"{hours:02}": f"+{hours:02}:00" for hours in range(1, 13)},
    # The second half counts down: 13 is twelve hours behind, 24 one hour.
    **{f"{code:02}": f"-{25 - code:02}:00" for code in range(13, 25)},
}
LOCAL_TIME = "LT"
