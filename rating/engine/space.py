"""The space that freight takes: cubic feet, density, feet of trailer, and what they make it weigh.

Cubic feet are length x width x height x pieces / 1,728, of the greatest outer dimensions in
inches, as the classification measures. A tariff may deem a piece larger than it is: nothing can
stand on what cannot be stacked (Saia item 1001: 96 in high, others 84), and what is too wide for
a neighbour fills the trailer (from 70 in on: 96).

Feet of trailer are the floor that the freight takes over the trailer's width, in one of two
published ways. FLOOR_POSITIONS: as many positions stand side by side as fit, and every row begun
is one piece long: ceil(positions / floor(trailer / width)) x length, what dispatchers count.
WIDTH_SHARE: each position takes its own share, length / (trailer / width) x positions
(3plsupport.com, "Linear feet calculation"). Pieces that may be stacked share a position.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from math import ceil

from rating.engine.book import CardVersion
from rating.engine.choices import DeemedFor, FloorSpace, SpaceMeasure
from rating.engine.facts import Item, LoadFacts
from rating.engine.freight import SpaceRule
from rating.engine.money import ONE, ZERO, round_rate
from rating.engine.quote import Step
from rating.engine.wording import number

_INCHES = Decimal(12)
_CUBIC_INCHES = Decimal(1728)
# A deemed weight is billed in hundredths of a pound, space in thousandths of a cubic foot.
_POUND_PLACES = 2
_FEET_PLACES = 3
_UNITS = {SpaceMeasure.CUBIC_FEET: "ft³", SpaceMeasure.LINEAR_FEET: "ft"}


class Unmeasured(Exception):
    """A size that a rule needs was not told; `fact` names it."""

    def __init__(self, fact: str) -> None:
        super().__init__(fact)
        self.fact = fact


@dataclass(frozen=True, slots=True)
class Piece:
    """One item as a card measures it; `place` is its number on the load.

    The sizes raise Unmeasured where they were not told.
    """

    item: Item
    place: int
    version: CardVersion
    is_deemed: bool = True

    @property
    def length(self) -> Decimal:
        """Along the trailer, in inches."""
        return self._told("length", self.item.length_in)

    @property
    def width(self) -> Decimal:
        """Across the trailer, in inches."""
        told = self._told("width", self.item.width_in)
        begins, deemed = self.version.wide_from_in, self.version.wide_width_in
        is_wide = self.is_deemed and begins is not None and told >= begins
        return max(told, deemed or ZERO) if is_wide else told

    @property
    def height(self) -> Decimal:
        """From the floor up, in inches."""
        told = self._told("height", self.item.height_in)
        deemed = self.version.unstackable_height_in or ZERO
        return told if self.item.is_stackable or not self.is_deemed else max(told, deemed)

    @property
    def pieces(self) -> Decimal:
        """How many there are."""
        count = self.item.pieces
        return self._told("number of pieces", None if count is None else Decimal(count))

    @property
    def cubic_inches(self) -> Decimal:
        """The space of all the pieces."""
        return self.pieces * self.length * self.width * self.height

    @property
    def floor(self) -> Decimal:
        """The square inches of floor that all the pieces take."""
        trailer = self.version.trailer_width_in
        stacked = self.version.stacked_pieces if self.item.is_stackable else 1
        positions = ceil(self.pieces / stacked)
        if self.version.floor_space == FloorSpace.WIDTH_SHARE:
            return positions * self.length * self.width
        rows = ceil(positions / max(trailer // self.width, ONE))
        return rows * self.length * trailer

    @property
    def step(self) -> Step:
        """How the space was counted, sizes as they were deemed."""
        sizes = " × ".join(number(each) for each in (self.length, self.width, self.height))
        text = f"Space of item {self.place}: {number(self.pieces)} × {sizes} in"
        return Step(text=text, value=_cubic(self.cubic_inches))

    def _told(self, name: str, size: Decimal | None) -> Decimal:
        if size is None or size <= 0:
            raise Unmeasured(f"{name} of item {self.place}")
        return size


@dataclass(frozen=True, slots=True)
class Freight:
    """All the freight of a load as one card measures it. The measures raise Unmeasured."""

    facts: LoadFacts
    version: CardVersion

    @property
    def pounds(self) -> Decimal:
        """What it weighs."""
        if self.facts.freight_lb is None:
            raise Unmeasured("weight")
        return self.facts.freight_lb

    @property
    def pieces(self) -> list[Piece]:
        """Its items as they are deemed for space."""
        return [Piece(item, place, self.version) for place, item in enumerate(self.facts.items, 1)]

    @property
    def cubic_inches(self) -> Decimal:
        """By the dimensions of its items, else as somebody measured the load."""
        try:
            return self._piled
        except Unmeasured:
            if not self.facts.cubic_feet:
                raise
            return self.facts.cubic_feet * _CUBIC_INCHES

    @property
    def is_measured(self) -> bool:
        """Whether every item has its dimensions."""
        try:
            return bool(self._piled)
        except Unmeasured:
            return False

    @property
    def _piled(self) -> Decimal:
        return _sum([piece.cubic_inches for piece in self.pieces], "cubic feet")

    @property
    def linear_feet(self) -> Decimal:
        """As somebody measured it on the dock, else by the floor its items take."""
        if self.facts.linear_feet is not None:
            return self.facts.linear_feet
        floor = _sum([piece.floor for piece in self.pieces], "linear feet")
        return floor / self.version.trailer_width_in / _INCHES

    @property
    def density(self) -> Decimal:
        """Pounds per cubic foot."""
        return _density(self.pounds, self.cubic_inches)

    def measured(self, measure: SpaceMeasure) -> Decimal:
        """The space that a rule of this measure looks at."""
        if measure == SpaceMeasure.CUBIC_FEET:
            return self.cubic_inches / _CUBIC_INCHES
        return self.linear_feet


@dataclass(frozen=True, slots=True)
class Deemed:
    """A space rule that looked at the freight; without a rule it changed nothing."""

    steps: tuple[Step, ...] = ()
    rule: SpaceRule | None = None
    pounds: Decimal = ZERO


@dataclass(frozen=True, slots=True)
class Density:
    """Pounds per cubic foot, and how they were found."""

    pcf: Decimal
    steps: tuple[Step, ...]


def density_of(item: Item, place: int, facts: LoadFacts, version: CardVersion) -> Density:
    """The density of one item, for its class. Raises Unmeasured.

    What somebody measured of the whole load counts for an item that is the whole load.
    """
    piece = Piece(item, place, version, version.deemed_for == DeemedFor.CLASS_AND_SPACE)
    try:
        space, steps = piece.cubic_inches, [piece.step]
    except Unmeasured:
        if len(facts.items) > 1 or not facts.cubic_feet:
            raise
        space, steps = facts.cubic_feet * _CUBIC_INCHES, []
    pcf = _density(item.weight_lb, space)
    text = f"Density {number(item.weight_lb)} lb ÷ {_cubic(space)}"
    return Density(pcf, (*steps, Step(text=text, value=f"{number(pcf)} pcf")))


def cubic_feet_of(facts: LoadFacts, version: CardVersion) -> Decimal | None:
    """The space of the load as one card measures it, None where it was not told."""
    try:
        return round_rate(Freight(facts, version).cubic_inches / _CUBIC_INCHES, _FEET_PLACES)
    except Unmeasured:
        return None


def deem(facts: LoadFacts, version: CardVersion, rules: Sequence[SpaceRule]) -> Deemed:
    """What the freight weighs by the space it takes, with every rule that looked.

    Of several rules that act the one with the greater weight counts, on a tie the cubic one.
    Raises Unmeasured.
    """
    freight = Freight(facts, version)
    looked = [_look(rule, freight) for rule in sorted(rules, key=lambda rule: rule.measure)]
    steps = tuple(step for each in looked for step in each.steps)
    acting = [each for each in looked if each.rule]
    if not acting:
        return Deemed(steps)
    won = max(acting, key=lambda each: each.pounds)
    return Deemed(steps, won.rule, won.pounds)


def _look(rule: SpaceRule, freight: Freight) -> Deemed:
    """One rule: what is known may already say that it does not act."""
    lacking: Unmeasured | None = None
    for misses in (_misses_limit, _misses_density):
        try:
            reason = misses(rule, freight)
        except Unmeasured as error:
            lacking = lacking or error
            continue
        if reason:
            return Deemed((Step(text=f"{rule.label} rule: {reason}", value="no change"),))
    if lacking:
        raise lacking
    return _act(rule, freight)


def _misses_limit(rule: SpaceRule, freight: Freight) -> str:
    """Why the freight takes too little space for the rule, empty if it does not."""
    space = freight.measured(rule.measure)
    if space > rule.over or (rule.includes_limit and space == rule.over):
        return ""
    word = "under" if rule.includes_limit else "not over"
    return f"{_feet(space, rule.measure)} is {word} {_feet(rule.over, rule.measure)}"


def _misses_density(rule: SpaceRule, freight: Freight) -> str:
    """Why the freight is too dense for the rule, empty if it is not."""
    if rule.under_pcf is None or freight.density < rule.under_pcf:
        return ""
    return f"{number(freight.density)} pcf is not under {number(rule.under_pcf)} pcf"


def _act(rule: SpaceRule, freight: Freight) -> Deemed:
    space, actual = freight.measured(rule.measure), freight.pounds
    by_space = round_rate(space * rule.pounds_per_unit, _POUND_PLACES)
    pounds = max(actual, by_space)
    unit = _UNITS[rule.measure]
    steps = [Step(text=f"Deemed weight {_feet(space, rule.measure)} × "
                       f"{number(rule.pounds_per_unit)} lb per {unit}",
                  value=f"{number(by_space)} lb")]  # fmt: skip
    if pounds > by_space:
        steps.append(Step(text="The actual weight is greater", value=f"{number(actual)} lb"))
    return Deemed((*_measured_steps(rule, freight), *steps), rule, pounds)


def _measured_steps(rule: SpaceRule, freight: Freight) -> list[Step]:
    """Everything that led to a rule: sizes, space, density."""
    is_cubic = rule.measure == SpaceMeasure.CUBIC_FEET
    pieces = freight.pieces if is_cubic and freight.is_measured else []
    steps = [piece.step for piece in pieces]
    space = freight.measured(rule.measure)
    word = "from" if rule.includes_limit else "over"
    steps.append(
        Step(
            text=f"{rule.label} rule: {word} {_feet(rule.over, rule.measure)}",
            value=_feet(space, rule.measure),
        )
    )
    if rule.under_pcf is not None:
        text = f"{rule.label} rule: {number(freight.pounds)} lb ÷ "
        text += f"{_cubic(freight.cubic_inches)} is under "
        steps.append(
            Step(text=f"{text}{number(rule.under_pcf)} pcf", value=f"{number(freight.density)} pcf")
        )
    return steps


def _feet(space: Decimal, measure: SpaceMeasure) -> str:
    return f"{number(space)} {_UNITS[measure]}"


def _cubic(cubic_inches: Decimal) -> str:
    return _feet(cubic_inches / _CUBIC_INCHES, SpaceMeasure.CUBIC_FEET)


def _density(pounds: Decimal, cubic_inches: Decimal) -> Decimal:
    """Multiplied first, so that 640 lb in 53 1/3 cubic feet are 12 and not a hair less."""
    return pounds * _CUBIC_INCHES / cubic_inches


def _sum(measured: list[Decimal], fact: str) -> Decimal:
    if not measured:
        raise Unmeasured(fact)
    return sum(measured, ZERO)
