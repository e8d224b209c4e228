"""Weight breaks and deficit weight.

The charge is the lowest of the actual weight at its own break and, for *every* higher break b,
the weight of b at b's rate (the alternation rule; Transwood: "lowest charge obtainable under
the different rates and minimum weight"). On a tie the actual weight stays. With mixed classes
every item moves to the rates of break b, and the missing pounds pay the lowest of them.

A deemed weight is a least weight: every way bills at least so much. The pounds it adds go to the
item with the lowest rate, as the missing pounds of a deficit do, so that more of any item never
costs less.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
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
    """The way of billing the weight that costs least.

    The weights of `parts` are the actual ones and, at the lowest rate, the deemed pounds.
    """

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
    items: Sequence[Item],
    breaks: Sequence[WeightBreak],
    *,
    allows_deficit: bool,
    least_lb: Decimal = ZERO,
) -> WeightCharge | None:
    """The cheapest lawful way to bill `items`; None when no break covers their weight.

    A shipment lighter than the first break is billed as that break, a minimum weight.
    `least_lb` is a deemed weight; it counts where the items weigh less.
    """
    weighed = sum((item.weight_lb for item in items), ZERO)
    actual = max(weighed, least_lb)
    scales = [_scale(breaks, item.freight_class) for item in items]
    higher = {each.from_weight_lb for scale in scales for each in scale}
    billed = [actual, *(weight for weight in higher if weight > actual and allows_deficit)]
    added = actual - weighed
    ways = [way for weight in billed if (way := _bill(items, scales, actual, weight, added))]
    return min(ways, key=lambda way: (way.exact, way.billed_lb), default=None)


def _scale(breaks: Sequence[WeightBreak], freight_class: str) -> list[WeightBreak]:
    """The breaks of a class, or the breaks of any class if it has none of its own."""
    own = [each for each in breaks if each.freight_class == freight_class]
    held = own or [each for each in breaks if not each.freight_class]
    return sorted(held, key=lambda each: each.from_weight_lb)


def _bill(
    items: Sequence[Item],
    scales: list[list[WeightBreak]],
    actual: Decimal,
    billed: Decimal,
    added: Decimal,
) -> WeightCharge | None:
    parts = []
    for item, scale in zip(items, scales, strict=True):
        reached = [each for each in scale if each.from_weight_lb <= billed]
        if not reached:
            return None
        parts.append(Part(item, reached[-1].rate))
    return WeightCharge(_with_added(parts, added), billed, billed - actual)


def _with_added(parts: list[Part], added: Decimal) -> tuple[Part, ...]:
    """The parts with the deemed pounds on the cheapest of them, whatever their order."""
    cheapest = min(
        range(len(parts)), key=lambda place: (parts[place].rate, parts[place].item.weight_lb)
    )
    item = parts[cheapest].item
    parts[cheapest] = replace(parts[cheapest], item=replace(item, weight_lb=item.weight_lb + added))
    return tuple(parts)
