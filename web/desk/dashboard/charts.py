"""Drawings of figures: values in, positions out. Pure; the templates write the SVG."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import ROUND_CEILING, Decimal

STEPS = tuple(Decimal(each) for each in ("1", "2", "5", "10", "20", "25", "50", "100"))
MOST_LINES = 5
LEFT, RIGHT, TOP, BOTTOM = 34, 46, 12, 22
# Where the foot of a word stands below its point, and how high a word is.
FOOT, WORD_HEIGHT = 4, 12


@dataclass(frozen=True, slots=True)
class Mark:
    """A grid line or a label: where, and its words."""

    at: float
    words: str


@dataclass(frozen=True, slots=True)
class Line:
    """One line in pieces, for weeks without a value break it; its last point has a word."""

    css: str
    pieces: tuple[str, ...]
    dots: tuple[tuple[float, float], ...]
    end: tuple[float, float] | None
    words: str
    lift: float = 0

    @property
    def below(self) -> float:
        """Return how far below the last point the word's foot stands."""
        return round(FOOT - self.lift, 1)


@dataclass(frozen=True, slots=True)
class LineChart:
    """Everything the drawing of lines over weeks needs."""

    width: int
    height: int
    lines: tuple[Line, ...]
    rows: tuple[Mark, ...]
    columns: tuple[Mark, ...]
    right: float


@dataclass(frozen=True, slots=True)
class Box:
    """A part of a bar."""

    css: str
    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class BarChart:
    """Everything the drawing of bars needs; a stack has its total above it."""

    width: int
    height: int
    boxes: tuple[Box, ...]
    rows: tuple[Mark, ...]
    columns: tuple[Mark, ...]
    totals: tuple[tuple[float, float, str], ...]
    right: float


def draw_lines(
    series: Sequence[tuple[str, Sequence[Decimal | None], str]],
    labels: Sequence[str],
    *,
    width: int = 416,
    height: int = 190,
    most: Decimal | None = None,
) -> LineChart | None:
    """Return lines of (class, values, words of the last one); None where no value is known."""
    known = [value for _, values, _ in series for value in values if value is not None]
    if not known:
        return None
    top, step = scale(most or max(known))
    right = width - RIGHT
    between = (right - LEFT) / max(len(labels) - 1, 1)

    def place(position: int, value: Decimal) -> tuple[float, float]:
        return round(LEFT + position * between, 1), _height_of(value, top, height)

    return LineChart(
        width=width,
        height=height,
        lines=_apart(
            _line(css, [v if v is None else place(n, v) for n, v in enumerate(values)], words)
            for css, values, words in series
        ),
        rows=_grid(top, step, height),
        columns=tuple(
            Mark(round(LEFT + n * between, 1), words)
            for n, words in enumerate(labels)
            if n % 3 == len(labels[1:]) % 3
        ),
        right=right,
    )


def _apart(lines: Iterable[Line]) -> tuple[Line, ...]:
    """Lift words that would be written over the word of a point just below."""
    told: list[Line] = []
    ceiling = float("inf")
    for line in sorted(lines, key=lambda each: -each.end[1] if each.end else 0):
        height = line.end[1] if line.end else 0
        lift = max(height - ceiling, 0) if line.end else 0
        told.append(replace(line, lift=lift))
        if line.end:
            ceiling = height - lift - WORD_HEIGHT
    return tuple(reversed(told))


def _line(css: str, places: Sequence[tuple[float, float] | None], words: str) -> Line:
    runs: list[list[tuple[float, float]]] = [[]]
    for place in places:
        if place is None:
            runs.append([])
        else:
            runs[-1].append(place)
    last = places[-1]
    return Line(
        css=css,
        pieces=tuple(" ".join(f"{x},{y}" for x, y in run) for run in runs if len(run) > 1),
        dots=tuple(run[0] for run in runs if len(run) == 1 and run[0] != last),
        end=last,
        words=words if last else "",
    )


def draw_stacks(
    stacks: Sequence[Sequence[int]],
    labels: Sequence[str],
    *,
    css: Sequence[str],
    width: int = 330,
    height: int = 176,
) -> BarChart | None:
    """Return stacked bars, the first part at the bottom; None where all are empty."""
    if not any(map(sum, stacks)):
        return None
    top, step = scale(Decimal(max(map(sum, stacks))))
    right = width - 8
    slot = (right - LEFT) / len(stacks)
    bar = round(slot * 0.62, 1)
    boxes, totals = [], []
    for place, stack in enumerate(stacks):
        x, below = round(LEFT + place * slot + (slot - bar) / 2, 1), 0
        for look, count in zip(css, stack, strict=True):
            if count:
                high = _height_of(Decimal(below + count), top, height)
                low = _height_of(Decimal(below), top, height)
                boxes.append(Box(look, x, high, bar, round(low - high, 1)))
            below += count
        y = _height_of(Decimal(below), top, height) - 5
        totals.append((round(x + bar / 2, 1), round(y, 1), str(below)))
    columns = [Mark(x, words) for (x, _, _), words in zip(totals, labels, strict=True)]
    return BarChart(
        width, height, tuple(boxes), _grid(top, step, height), tuple(columns), tuple(totals), right
    )


@dataclass(frozen=True, slots=True)
class Bar:
    """One horizontal bar beside its words."""

    words: str
    value: str
    width: float
    y: float
    is_longest: bool


def draw_bars(rows: Sequence[tuple[str, Decimal | None, str]], *, track: int) -> list[Bar]:
    """Return bars of (words, value, shown); the longest fills the track."""
    longest = max((value for _, value, _ in rows if value), default=Decimal(0))
    return [
        Bar(
            words=words,
            value=shown,
            width=round(float(value / longest) * track, 1) if value and longest else 0,
            y=8 + 26 * place,
            is_longest=bool(value) and value == longest,
        )
        for place, (words, value, shown) in enumerate(rows)
    ]


def draw_spark(
    values: Sequence[Decimal | int | None], *, width: int = 150, height: int = 26
) -> str:
    """Return the path of a small line over the known values; empty for fewer than two."""
    known = [(place, Decimal(v)) for place, v in enumerate(values) if v is not None]
    if len(known) < 2:
        return ""
    low, high = min(v for _, v in known), max(v for _, v in known)
    span, last = (high - low) or Decimal(1), len(values) - 1
    points = [
        f"{place / last * (width - 4) + 2:.1f} {float((high - v) / span) * (height - 6) + 3:.1f}"
        for place, v in known
    ]
    return "M" + "L".join(points)


def scale(most: Decimal) -> tuple[Decimal, Decimal]:
    """Return the highest grid line above `most`, and the step between lines."""
    if most <= 0:
        return Decimal(1), Decimal(1)
    power = Decimal(1)
    while True:
        for each in STEPS:
            step = each * power
            if most / step <= MOST_LINES:
                lines = (most / step).to_integral_value(ROUND_CEILING)
                return lines * step, step
        power *= 100


def _grid(top: Decimal, step: Decimal, height: int) -> tuple[Mark, ...]:
    return tuple(
        Mark(_height_of(n * step, top, height), f"{n * step:,f}".rstrip(".") or "0")
        for n in range(int(top / step) + 1)
    )


def _height_of(value: Decimal, top: Decimal, height: int) -> float:
    share = float(max(value, Decimal(0)) / top)
    return round(height - BOTTOM - share * (height - TOP - BOTTOM), 1)
