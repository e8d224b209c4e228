"""A series of prices as a line: values in, positions out."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal

from rating.engine.wording import day, number

WIDTH, HEIGHT = 720, 180
LEFT, RIGHT, TOP, BOTTOM = 44, 12, 10, 22
MOST_LABELS = 7
STEPS = tuple(Decimal(text) for text in ("0.05", "0.1", "0.2", "0.5", "1", "2", "5", "10"))
MOST_LINES = 5


@dataclass(frozen=True, slots=True)
class Mark:
    """A grid line or a label: where, and its words."""

    at: float
    words: str


@dataclass(frozen=True, slots=True)
class Chart:
    """Everything the drawing of a series needs."""

    points: str
    area: str
    last: tuple[float, float]
    rows: tuple[Mark, ...]
    columns: tuple[Mark, ...]


def draw_series(values: Sequence[tuple[date, Decimal]]) -> Chart | None:
    """Return the line of the values, oldest first; None where there are fewer than two."""
    if len(values) < 2:
        return None
    low, high, step = _bounds([value for _, value in values])
    first, last = values[0][0], values[-1][0]

    def x(on: date) -> float:
        share = (on - first).days / (last - first).days
        return round(LEFT + share * (WIDTH - LEFT - RIGHT), 1)

    def y(value: Decimal) -> float:
        share = float((value - low) / (high - low))
        return round(HEIGHT - BOTTOM - share * (HEIGHT - TOP - BOTTOM), 1)

    line = [(x(on), y(value)) for on, value in values]
    floor = HEIGHT - BOTTOM
    every = -(-len(values) // MOST_LABELS)
    return Chart(
        points=_path(line),
        area=_path([(line[0][0], floor), *line, (line[-1][0], floor)]),
        last=line[-1],
        rows=tuple(
            Mark(y(low + n * step), number(low + n * step, places=2))
            for n in range(int((high - low) / step) + 1)
        ),
        columns=tuple(Mark(x(on), day(on)) for on, _ in values[::every]),
    )


def _bounds(values: Sequence[Decimal]) -> tuple[Decimal, Decimal, Decimal]:
    """Return the lowest and highest grid line, and the step between them."""
    low, high = min(values), max(values)
    step = next((each for each in STEPS if (high - low) / each <= MOST_LINES - 1), STEPS[-1])
    first = (low / step).to_integral_value(ROUND_FLOOR) * step
    last = (high / step).to_integral_value(ROUND_CEILING) * step
    return first, last if last > first else first + step, step


def _path(points: Sequence[tuple[float, float]]) -> str:
    return " ".join(f"{x},{y}" for x, y in points)
