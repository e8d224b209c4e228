"""Figures told: the one way by which pages, API and files come to them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from insights.queries.figures import messages, money, passing, standing
from insights.queries.figures.measuring import Measure, Split, UnknownPart
from insights.rules.figures import FIGURES, Basis, Figure, Reading
from insights.rules.frames import Frame

MEASURES: Mapping[str, Measure] = {
    measure.figure.key: measure
    for module in (passing, standing, money, messages)
    for measure in module.MEASURES
}


class NotNarrowed(ValueError):
    """The figure cannot be told for one customer or lane; the sentence says why."""


@dataclass(frozen=True, slots=True)
class Told:
    """A figure as it was asked for, and as it was in the period before."""

    figure: Figure
    frame: Frame
    readings: tuple[Reading, ...]
    before: tuple[Reading, ...]

    def reading(self, part: str = "") -> Reading | None:
        """Return the reading of a part; None where there is none."""
        return next((each for each in self.readings if each.part == part), None)

    def was(self, part: str = "") -> Reading | None:
        """Return the reading of a part in the period before."""
        return next((each for each in self.before if each.part == part), None)


def tell(figure: Figure, frame: Frame, *, is_compared: bool = True) -> Told:
    """Read a figure and, unless that is not wanted, what it is compared with.

    Raises:
        NotNarrowed: it cannot be told for what the frame asks.
    """
    refuse_narrowing(figure, frame)
    measure = MEASURES[figure.key]
    before = _before(measure, frame) if is_compared else []
    return Told(figure, frame, tuple(measure.read(frame)), tuple(before))


def _before(measure: Measure, frame: Frame) -> list[Reading]:
    """Read the period before; what only stands now has none, unless its measure can tell."""
    if measure.before:
        return measure.before(frame)
    return [] if measure.figure.basis is Basis.NOW else measure.read(frame.before())


def tell_split(figure: Figure, frame: Frame, *, by: str) -> list[Split] | None:
    """Read a figure for each customer or lane; None where that is not offered."""
    refuse_narrowing(figure, frame)
    split = MEASURES[figure.key].split
    if split is None or (by == "lane" and not figure.by_lane):
        return None
    return split(frame, by)


def rows_behind(figure: Figure, frame: Frame, part: str = "") -> QuerySet[Any]:
    """Return the rows behind the reading of a part.

    Raises:
        NotNarrowed: the figure cannot be told for what the frame asks.
        UnknownPart: the figure has no such part.
    """
    refuse_narrowing(figure, frame)
    return MEASURES[figure.key].rows(frame, part)


def refuse_narrowing(figure: Figure, frame: Frame) -> None:
    """Raise NotNarrowed where the frame asks for a customer or lane that the figure cannot tell."""
    if frame.customer_id is not None and not figure.by_customer:
        raise NotNarrowed(f"{figure.name} is told for the house only: a message has a source.")
    if frame.lane and not figure.by_lane:
        raise NotNarrowed(f"{figure.name} is not told by lane: an invoice may bill several.")


def can_tell(figure: Figure, frame: Frame) -> bool:
    """Tell whether the figure exists for what the frame asks."""
    try:
        refuse_narrowing(figure, frame)
    except NotNarrowed:
        return False
    return True


def missing_measures() -> list[str]:
    """Return the figures that nobody measures; none, or something is wrong."""
    return [figure.key for figure in FIGURES if figure.key not in MEASURES]


__all__ = [
    "MEASURES", "NotNarrowed", "Told", "UnknownPart", "can_tell", "missing_measures",
    "rows_behind", "tell", "tell_split",
]  # fmt: skip
