"""Two sides in one run: interleaved rounds, medians, a ratio and its goal.

Sides take turns, and who begins changes, so that what else the machine does meets both alike.
Ratios carry over to other machines; seconds do not.
"""

import gc
import math
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from statistics import median
from time import perf_counter

FEWEST_ROUNDS = 15

Steps = Sequence[Callable[[], object]]
Clock = Callable[[], float]


@dataclass(frozen=True, slots=True)
class Side:
    """One way to do the same: a round takes every step, and they do `units` of it together."""

    name: str
    steps: Steps
    units: int


@dataclass(frozen=True, slots=True)
class Goal:
    """What the ratio of the medians may be: at most, or at least, `bound`."""

    bound: float
    is_most: bool

    def is_met_by(self, ratio: float) -> bool:
        """Tell whether a ratio keeps the promise."""
        return ratio <= self.bound if self.is_most else ratio >= self.bound

    def __str__(self) -> str:
        return f"{'<=' if self.is_most else '>='} {self.bound:g}x"


@dataclass(frozen=True, slots=True)
class Timing:
    """Seconds for one unit, a round each."""

    name: str
    seconds: tuple[float, ...]

    @property
    def median(self) -> float:
        """What one sees."""
        return median(self.seconds)

    @property
    def least(self) -> float:
        """What it costs when nobody is in the way."""
        return min(self.seconds)

    @property
    def interval(self) -> tuple[float, float]:
        """Between which rounds the median lies with 95 %: order statistics, no distribution."""
        ordered, count = sorted(self.seconds), len(self.seconds)
        reach = 1.96 * math.sqrt(count) / 2
        low = max(math.floor(count / 2 - reach), 0)
        high = min(math.ceil(count / 2 + reach), count - 1)
        return ordered[low], ordered[high]


@dataclass(frozen=True, slots=True)
class Result:
    """What a comparison came to: the median of the ratios of its rounds, and the goal."""

    name: str
    first: Timing
    second: Timing
    goal: Goal

    @property
    def ratio(self) -> float:
        """How many times slower the second side is for a goal at most, faster for one at least."""
        pairs = zip(self.first.seconds, self.second.seconds, strict=True)
        ratios = [other / one for one, other in pairs]
        return median(ratios) if self.goal.is_most else 1 / median(ratios)

    @property
    def is_met(self) -> bool:
        """Tell whether the goal is met."""
        return self.goal.is_met_by(self.ratio)


def compare(
    name: str,
    first: Side,
    second: Side,
    *,
    goal: Goal,
    rounds: int,
    clock: Clock = perf_counter,
) -> Result:
    """Run both sides `rounds` times in turns, after one round that does not count.

    Sides of as many steps take turns at each of them, so that a neighbour who wakes up for a
    second meets both.
    """
    sides = (first, second)
    seconds: tuple[list[float], list[float]] = ([], [])
    _round(sides, begins=0, clock=clock)
    for number in range(rounds):
        spent = _round(sides, begins=number % 2, clock=clock)
        for kept, total, side in zip(seconds, spent, sides, strict=True):
            kept.append(total / side.units)
    one, other = (Timing(side.name, tuple(kept)) for side, kept in zip(sides, seconds, strict=True))
    return Result(name, one, other, goal)


def _round(sides: tuple[Side, Side], *, begins: int, clock: Clock) -> list[float]:
    """Seconds of each side; the collector runs between rounds, not inside them."""
    spent = [0.0, 0.0]
    with _no_collector():
        for turn, steps in enumerate(_turns(sides)):
            order = (0, 1) if (turn + begins) % 2 else (1, 0)
            for side in order:
                start = clock()
                for step in steps[side]:
                    step()
                spent[side] += clock() - start
    return spent


def _turns(sides: tuple[Side, Side]) -> list[tuple[Steps, Steps]]:
    one, other = (side.steps for side in sides)
    if len(one) != len(other):
        return [(one, other)]
    return [([step], [beside]) for step, beside in zip(one, other, strict=True)]


@contextmanager
def _no_collector() -> Iterator[None]:
    gc.collect()
    gc.disable()
    try:
        yield
    finally:
        gc.enable()
