"""A rate book: one version of a card with everything it needs to price a load.

The rows are what a pricing desk keeps, typed; there is no formula language. A book may hold all
lanes of a card or only those that a query found for one load: the price is the same.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from rating.engine.choices import (
    Anchor,
    Basis,
    BelowTable,
    BeyondTable,
    CapPeriod,
    CarrierDelay,
    ClassSource,
    ClockEnd,
    ClockStart,
    Conversion,
    DeemedFor,
    FloorSpace,
    FuelMethod,
    FuelUnit,
    HolidayShift,
    HoursCounted,
    Increments,
    LateArrival,
    LayoverPeriod,
    Occurrences,
    Precedence,
    Prorating,
    StopKind,
    Timing,
    Trigger,
)
from rating.engine.freight import DensityScale, FakRange, SpaceRule
from rating.engine.money import Rounder, Rounding
from rating.engine.places import ANYWHERE, Place


class BookError(ValueError):
    """A tariff that cannot be computed with, such as no miles to the gallon."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WeightBreak:
    """The rate per hundredweight from this weight on, up to the next break."""

    from_weight_lb: Decimal
    rate: Decimal
    freight_class: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class LaneRow:
    """One row of a lane grid. Empty equipment, commodity or shipment type means any.

    `row` numbers the row within its version and is the last word when everything else ties.
    `cost_floor` is what a unit must bring in; it warns the desk and prices nothing.
    """

    row: int
    origin: Place = ANYWHERE
    destination: Place = ANYWHERE
    basis: Basis
    rate: Decimal = Decimal(0)
    minimum: Decimal | None = None
    maximum: Decimal | None = None
    discount_percent: Decimal | None = None
    equipment: str = ""
    commodity: str = ""
    shipment_type: str = ""
    priority: int = 0
    breaks: tuple[WeightBreak, ...] = ()
    cost_floor: Decimal | None = None

    @property
    def label(self) -> str:
        """Both ends as people say them: "604 to OH"."""
        return f"{self.origin.label} to {self.destination.label}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Zone:
    """A named set of places, a ZONE or a coarser REGION."""

    name: str
    members: frozenset[Place]
    is_region: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class FreeTime:
    """Minutes at a stop that cost nothing, by kind of stop and by weight."""

    minutes: int
    stop_kind: StopKind | None = None
    from_weight_lb: Decimal = Decimal(0)


@dataclass(frozen=True, slots=True, kw_only=True)
class DetentionTerms:
    """How waiting becomes billable time. Times are whole minutes.

    After `layover_after_minutes` of waiting the rule named `layover_rule` charges each started
    `layover_period`. `excluded_reasons` are the codes of delays (X12 element 1651) that the
    carrier answers for, parted by spaces; of a meal break `meal_break_minutes` at most are not
    counted.
    """

    free_times: tuple[FreeTime, ...]
    increment_minutes: int = 60
    increments: Increments = Increments.ANY_STARTED
    clock_start: ClockStart = ClockStart.LATER_OF_ARRIVAL_AND_APPOINTMENT
    clock_end: ClockEnd = ClockEnd.DEPARTED_ELSE_UNLOADED
    late_tolerance_minutes: int = 0
    late_arrival: LateArrival = LateArrival.STARTS_AT_ARRIVAL
    layover_after_minutes: int | None = None
    layover_rule: str = ""
    conversion: Conversion = Conversion.LAYOVER_FOLLOWS
    layover_period: LayoverPeriod = LayoverPeriod.DAY
    excluded_reasons: str = "AH AI D1 D2"
    carrier_delay: CarrierDelay = CarrierDelay.EXCLUDED
    meal_break_minutes: int = 60
    hours_counted: HoursCounted = HoursCounted.ALWAYS
    prorating: Prorating = Prorating.NONE

    def __post_init__(self) -> None:
        if self.increment_minutes < 1:
            raise BookError("a detention increment lasts at least a minute")


@dataclass(frozen=True, slots=True, kw_only=True)
class Tier:
    """The rate from this count or quantity on: the second extra stop, the 144th inch."""

    from_quantity: Decimal
    rate: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessorialRule:
    """One rule of the accessorial schedule, known to people by its `rule` ("DET-4").

    `code` is the charge it makes. `service` names the recorded service a SERVICE rule listens
    to, and `occurrences` how often it is charged; `receipt_kind` the document a RECEIPT rule
    passes through. `free_stops` counts from the first stop. `notice_minutes` is how long before
    pickup a cancellation stays free.
    """

    rule: str
    code: str
    name: str
    trigger: Trigger
    basis: Basis = Basis.FLAT
    rate: Decimal = Decimal(0)
    minimum: Decimal | None = None
    maximum: Decimal | None = None
    cap_period: CapPeriod = CapPeriod.STAY
    tiers: tuple[Tier, ...] = ()

    equipment: str = ""
    commodity: str = ""
    shipment_type: str = ""
    stop_kind: StopKind | None = None
    service: str = ""
    occurrences: Occurrences = Occurrences.EVENT
    receipt_kind: str = ""
    fee_amount: Decimal = Decimal(0)
    fee_percent: Decimal = Decimal(0)
    free_stops: int = 2
    notice_minutes: int | None = None
    detention: DetentionTerms | None = None

    bears_fuel: bool = False
    always_needs_approval: bool = False
    approval_above_amount: Decimal | None = None
    approval_above_minutes: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FuelRow:
    """A row of a fuel table; both ends belong to it, compared at three decimals."""

    from_price: Decimal
    to_price: Decimal
    value: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class FuelTiming:
    """Which published price is in force on the load's day.

    WEEKLY: from `lag_days` after the survey day, for a week (Monday's price from Tuesday is 1).
    MONTH_DAY: the month's first price, from `month_day` to the day before it in the next month.
    MONTH_AVERAGE: the mean of all prices of the month `lag_months` before.
    """

    timing: Timing = Timing.WEEKLY
    lag_days: int = 1
    month_day: int = 15
    lag_months: int = 2
    survey_weekday: int = 0
    holiday_shift: HolidayShift = HolidayShift.NONE
    anchor: Anchor = Anchor.PICKUP


@dataclass(frozen=True, slots=True, kw_only=True)
class FuelProgramme:
    """How fuel is charged.

    FORMULA: (index - base_price) / miles_per_gallon for each mile, nothing below the base.
    STEPS: `step_value` for every started `increment` over `base_price`.
    TABLE: the row that holds the index. PUBLISHED: the index is the surcharge itself.
    `rate_places` rounds the surcharge per mile or percent; None leaves it exact.
    `rounding` overrides the card's for the fuel line (GSA truncates).
    """

    name: str
    series: str
    series_name: str = ""
    method: FuelMethod
    unit: FuelUnit
    base_price: Decimal = Decimal(0)
    miles_per_gallon: Decimal = Decimal(1)
    increment: Decimal = Decimal(1)
    step_value: Decimal = Decimal(1)
    last_price: Decimal | None = None
    rate_places: int | None = None
    rate_rounding: Rounding = Rounding.HALF_UP
    rounding: Rounding | None = None
    rows: tuple[FuelRow, ...] = ()
    below_table: BelowTable = BelowTable.NOTHING
    beyond_table: BeyondTable = BeyondTable.REFUSE
    timing: FuelTiming = FuelTiming()

    def __post_init__(self) -> None:
        if self.miles_per_gallon <= 0 or self.increment <= 0:
            raise BookError(f"{self.name}: miles per gallon and increment must be above 0")


@dataclass(frozen=True, slots=True, kw_only=True)
class CardVersion:
    """The head of a version: whose card, which number, and the settings of its tariff.

    A piece that nothing may stand on counts as `unstackable_height_in` high, one from
    `wide_from_in` on as `wide_width_in` wide; None leaves the measure as it is, and a deemed
    measure never makes a piece smaller. `stacked_pieces` share a floor position where they may.
    """

    card: str
    number: int
    currency: str
    id: int | None = None
    effective_from: date | None = None
    effective_to: date | None = None
    precedence: Precedence = Precedence.SPECIFIC
    rounding: Rounding = Rounding.HALF_UP
    rounding_places: int | None = None
    minimum_charge: Decimal | None = None
    discount_percent: Decimal = Decimal(0)
    allows_deficit: bool = True
    class_source: ClassSource = ClassSource.DECLARED
    deemed_for: DeemedFor = DeemedFor.CLASS_AND_SPACE
    unstackable_height_in: Decimal | None = None
    wide_from_in: Decimal | None = None
    wide_width_in: Decimal | None = None
    floor_space: FloorSpace = FloorSpace.FLOOR_POSITIONS
    trailer_width_in: Decimal = Decimal(96)
    stacked_pieces: int = 1

    def __post_init__(self) -> None:
        if self.trailer_width_in <= 0 or self.stacked_pieces < 1:
            raise BookError(f"{self.card}: a trailer has a width, and a position holds a piece")

    @property
    def label(self) -> str:
        """The version as people quote it: "Prairie Foods Reefer v6"."""
        return f"{self.card} v{self.number}"

    @property
    def rounder(self) -> Rounder:
        """How this card rounds a line."""
        return Rounder(self.currency, self.rounding, self.rounding_places)


@dataclass(frozen=True, slots=True, kw_only=True)
class RateBook:
    """One card version with all its rows, its fuel programme and its density scale."""

    version: CardVersion
    lanes: tuple[LaneRow, ...] = ()
    zones: Mapping[str, Zone] = field(default_factory=dict)
    accessorials: tuple[AccessorialRule, ...] = ()
    fuel: FuelProgramme | None = None
    fak: tuple[FakRange, ...] = ()
    space_rules: tuple[SpaceRule, ...] = ()
    density_scale: DensityScale | None = None
