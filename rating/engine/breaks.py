"""Weight breaks and deficit weight.

The charge is the lowest of the actual weight at its own break and, for *every* higher break b,
the weight of b at b's rate (the alternation rule; Transwood: "lowest charge obtainable under
the different rates and minimum weight"). On a tie the actual weight stays. With mixed classes
every item moves to the rates of break b, and the missing pounds pay the lowest of them.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from rating.engine.book import WeightBreak
from rating.engine.facts import Item
from rating.engine.money import HUNDRED, ZERO


@dataclass(frozen=True, slots=True)
class Part:
    """One item at the rate it is billed at, per hundredweight."""

    item: Item
    rate: Decimal

    @property
    def exact(self) -> Decimal:
        """The unrounded charge."""
        return self.item.weight_lb * self.rate / HUNDRED


@dataclass(frozen=True, slots=True)
class WeightCharge:
    """The way of billing the weight that costs least."""

    parts: tuple[Part, ...]
    billed_lb: Decimal
    deficit_lb: Decimal

    @property
    def deficit_rate(self) -> Decimal:
        """The rate of the missing pounds: the lowest on the shipment."""
        return min(part.rate for part in self.parts)

    @property
    def exact(self) -> Decimal:
        """The unrounded charge, deficit included."""
        deficit = self.deficit_lb * self.deficit_rate / HUNDRED
        return sum((part.exact for part in self.parts), deficit)


def charge_weight(
    items: Sequence[Item], breaks: Sequence[WeightBreak], *, allows_deficit: bool
) -> WeightCharge | None:
    """The cheapest lawful way to bill `items`; None when no break covers their weight.

    A shipment lighter than the first break is billed as that break, a minimum weight.
    """
    actual = sum((item.weight_lb for item in items), ZERO)
    scales = [_scale(breaks, item.freight_class) for item in items]
    higher = {each.from_weight_lb for scale in scales for each in scale}
    billed = [actual, *(weight for weight in higher if weight > actual and allows_deficit)]
    ways = [way for weight in billed if (way := _bill(items, scales, actual, weight))]
    return min(ways, key=lambda way: (way.exact, way.billed_lb), default=None)


def _scale(breaks: Sequence[WeightBreak], freight_class: str) -> list[WeightBreak]:
    """The breaks of a class, or the breaks of any class if it has none of its own."""
    own = [each for each in breaks if each.freight_class == freight_class]
    held = own or [each for each in breaks if not each.freight_class]
    return sorted(held, key=lambda each: each.from_weight_lb)


def _bill(
    items: Sequence[Item], scales: list[list[WeightBreak]], actual: Decimal, billed: Decimal
) -> WeightCharge | None:
    parts = []
    for item, scale in zip(items, scales, strict=True):
        reached = [each for each in scale if each.from_weight_lb <= billed]
        if not reached:
            return None
        parts.append(Part(item, reached[-1].rate))
    return WeightCharge(tuple(parts), billed, billed - actual)
