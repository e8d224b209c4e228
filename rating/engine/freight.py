"""What a tariff says about the freight itself: its class, its density and the space it takes."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from rating.engine.choices import SpaceMeasure


@dataclass(frozen=True, slots=True, kw_only=True)
class FakRange:
    """Freight of all kinds: every class from `min_class` to `max_class` is rated as one."""

    min_class: str
    max_class: str
    rated_class: str

    @property
    def label(self) -> str:
        """The range as a contract prints it: "50 to 100"."""
        return f"{self.min_class} to {self.max_class}"


@dataclass(frozen=True, slots=True, kw_only=True)
class ScaleRow:
    """The class from this density on, in pounds per cubic foot, up to the next row."""

    from_pcf: Decimal
    freight_class: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ScaleEdition:
    """A density scale as it stood from one day to another; None is open."""

    name: str
    effective_from: date | None = None
    effective_to: date | None = None
    rows: tuple[ScaleRow, ...] = ()

    def holds(self, day: date) -> bool:
        """Whether the edition is the one in force on `day`."""
        began = self.effective_from is None or self.effective_from <= day
        return began and (self.effective_to is None or day <= self.effective_to)


@dataclass(frozen=True, slots=True, kw_only=True)
class DensityScale:
    """A published scale from density to class, in all its editions."""

    name: str
    editions: tuple[ScaleEdition, ...] = ()

    def edition_on(self, day: date) -> ScaleEdition | None:
        """The edition in force on `day`, None where the scale has none."""
        return next((edition for edition in self.editions if edition.holds(day)), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class SpaceRule:
    """Freight that takes more space than `over` weighs at least `pounds_per_unit` of it.

    Only freight lighter than `under_pcf` is meant, all freight where that is None. A class below
    `floor_class` is raised to it. `discount_percent` replaces every other discount, 0 is none and
    None keeps them. `includes_limit` is "750 cubic feet or more" against "more than 750".
    """

    measure: SpaceMeasure
    over: Decimal
    pounds_per_unit: Decimal
    under_pcf: Decimal | None = None
    includes_limit: bool = False
    floor_class: str = ""
    discount_percent: Decimal | None = None
    uses_fak: bool = True

    @property
    def label(self) -> str:
        """The rule as tariffs call it."""
        return "Cubic capacity" if self.measure == SpaceMeasure.CUBIC_FEET else "Linear foot"
