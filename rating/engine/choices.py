"""Where real tariffs disagree, the choice has a name here and is a setting of the card.

The values are stored in the database and in frozen facts: rename nothing, only add.
"""

from enum import StrEnum


class Basis(StrEnum):
    """What a rate is multiplied with. The last three are bases of a billed line only."""

    FLAT = "FLAT"
    AS_QUOTED = "AS_QUOTED"
    PER_MILE = "PER_MILE"
    PER_KM = "PER_KM"
    PER_CWT = "PER_CWT"
    PER_POUND = "PER_POUND"
    PER_KG = "PER_KG"
    PER_TON = "PER_TON"
    PER_TONNE = "PER_TONNE"
    PER_PIECE = "PER_PIECE"
    PER_PALLET = "PER_PALLET"
    PER_STOP = "PER_STOP"
    PER_HOUR = "PER_HOUR"
    PER_DAY = "PER_DAY"
    PER_CUBIC_FOOT = "PER_CUBIC_FOOT"
    PER_UNIT = "PER_UNIT"
    PERCENT = "PERCENT"
    PASS_THROUGH = "PASS_THROUGH"  # noqa: S105
    MINIMUM = "MINIMUM"
    MAXIMUM = "MAXIMUM"


class PlaceKind(StrEnum):
    """How precisely one end of a lane is named."""

    LOCATION = "LOCATION"
    POSTAL = "POSTAL"
    POSTAL3 = "POSTAL3"
    CITY = "CITY"
    ZONE = "ZONE"
    STATE = "STATE"
    REGION = "REGION"
    COUNTRY = "COUNTRY"
    ANY = "ANY"


class Precedence(StrEnum):
    """Whose order of lane precision a card follows; the tables are in `lanes.py`."""

    SPECIFIC = "SPECIFIC"
    REVENOVA = "REVENOVA"
    CITY_FIRST = "CITY_FIRST"


class StopKind(StrEnum):
    """What happens to the freight at a stop."""

    PICKUP = "PICKUP"
    STOP_OFF = "STOP_OFF"
    DELIVERY = "DELIVERY"
    DROP = "DROP"


class Trigger(StrEnum):
    """What makes an accessorial rule look at a load."""

    ALWAYS = "ALWAYS"
    EXTRA_STOP = "EXTRA_STOP"
    DETENTION = "DETENTION"
    RECEIPT = "RECEIPT"
    SERVICE = "SERVICE"
    TRUCK_NOT_USED = "TRUCK_NOT_USED"


class ClockStart(StrEnum):
    """When waiting begins for a truck that is early or on time."""

    LATER_OF_ARRIVAL_AND_APPOINTMENT = "LATER_OF_ARRIVAL_AND_APPOINTMENT"
    ARRIVAL = "ARRIVAL"


class ClockEnd(StrEnum):
    """When waiting ends. X12 partners send D1 (unloaded), CD (departed), or both."""

    DEPARTED = "DEPARTED"
    UNLOADED = "UNLOADED"
    DEPARTED_ELSE_UNLOADED = "DEPARTED_ELSE_UNLOADED"


class LateArrival(StrEnum):
    """What a truck that came later than tolerated still gets."""

    STARTS_AT_ARRIVAL = "STARTS_AT_ARRIVAL"
    FORFEITS_DETENTION = "FORFEITS_DETENTION"


class Increments(StrEnum):
    """How time over the free time becomes whole increments."""

    ANY_STARTED = "ANY_STARTED"
    HALF_AND_OVER = "HALF_AND_OVER"
    FULL_ONLY = "FULL_ONLY"


class CarrierDelay(StrEnum):
    """What a delay that the carrier answers for does to detention at the stop."""

    EXCLUDED = "EXCLUDED"
    FORFEITS_DETENTION = "FORFEITS_DETENTION"
    COUNTED = "COUNTED"


class HoursCounted(StrEnum):
    """Where the clock runs only while the dock receives."""

    ALWAYS = "ALWAYS"
    FIRST_COME = "FIRST_COME"
    ALL_STOPS = "ALL_STOPS"


class Prorating(StrEnum):
    """What one payor of several on a truck owes of its detention."""

    NONE = "NONE"
    BY_WEIGHT = "BY_WEIGHT"


class Conversion(StrEnum):
    """What becomes of detention once a wait has turned into a layover."""

    LAYOVER_FOLLOWS = "LAYOVER_FOLLOWS"
    LAYOVER_REPLACES = "LAYOVER_REPLACES"


class LayoverPeriod(StrEnum):
    """What a layover is charged for: each started 24 hours, or each night begun."""

    DAY = "DAY"
    NIGHT = "NIGHT"


class Occurrences(StrEnum):
    """How often a service is charged that was recorded more than once."""

    EVENT = "EVENT"
    EACH = "EACH"
    STOP = "STOP"
    END = "END"
    LOAD = "LOAD"


class CapPeriod(StrEnum):
    """What a maximum caps: the whole stay, or each 24 hours of it."""

    STAY = "STAY"
    DAY = "DAY"


class FuelMethod(StrEnum):
    """How an index price becomes a surcharge."""

    FORMULA = "FORMULA"
    STEPS = "STEPS"
    TABLE = "TABLE"
    PUBLISHED = "PUBLISHED"


class FuelUnit(StrEnum):
    """What the surcharge is: money for each mile, or percent of the net linehaul."""

    PER_MILE = "PER_MILE"
    PERCENT = "PERCENT"


class BelowTable(StrEnum):
    """What an index under the first row of a table means."""

    NOTHING = "NOTHING"
    FIRST_ROW = "FIRST_ROW"
    REFUSE = "REFUSE"


class BeyondTable(StrEnum):
    """What an index over the last row of a table, or over the last step, means."""

    REFUSE = "REFUSE"
    LAST_ROW = "LAST_ROW"
    CONTINUE = "CONTINUE"


class Timing(StrEnum):
    """Which published price is in force on a day."""

    WEEKLY = "WEEKLY"
    MONTH_DAY = "MONTH_DAY"
    MONTH_AVERAGE = "MONTH_AVERAGE"


class HolidayShift(StrEnum):
    """What happens when a holiday delays the publication of a price."""

    NONE = "NONE"
    WITH_PUBLICATION = "WITH_PUBLICATION"


class Anchor(StrEnum):
    """Which day of a load a date rule looks at."""

    PICKUP = "PICKUP"
    TENDER = "TENDER"
    DELIVERY = "DELIVERY"


class WhenNoLane(StrEnum):
    """What a card that has no lane for a load does."""

    REFUSE = "REFUSE"
    NEXT_CARD = "NEXT_CARD"


class ClassSource(StrEnum):
    """Where the class comes from: the bill of lading, or the density of the freight."""

    DECLARED = "DECLARED"
    DENSITY = "DENSITY"
    DECLARED_ELSE_DENSITY = "DECLARED_ELSE_DENSITY"


class DeemedFor(StrEnum):
    """What a deemed height or width counts for: the space alone, or the density class too."""

    SPACE = "SPACE"
    CLASS_AND_SPACE = "CLASS_AND_SPACE"


class FloorSpace(StrEnum):
    """How pieces become feet of trailer: whole rows across the floor, or a share of its width."""

    FLOOR_POSITIONS = "FLOOR_POSITIONS"
    WIDTH_SHARE = "WIDTH_SHARE"


class SpaceMeasure(StrEnum):
    """The space that makes freight weigh more than the scale says."""

    CUBIC_FEET = "CUBIC_FEET"
    LINEAR_FEET = "LINEAR_FEET"
