"""The parts of the dashboard: each figure with its words, its chart and the way to its rows."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from accounts.models import Customer
from insights.queries.figures.measuring import Split
from insights.queries.figures.standing import AGES
from insights.queries.figures.telling import Told, tell_split
from insights.queries.figures.trends import Ageing, Week
from insights.rules.figures import BY_KEY, Figure, Reading, Unit
from rating.engine.money import round_rate
from web.desk.dashboard import charts
from web.desk.dashboard.filters import Asked
from web.desk.dashboard.words import (
    DAY,
    LONG_HOURS,
    compared,
    counted,
    hours,
    in_unit,
    told_value,
    tone,
)

ROWS = "desk:dashboard_rows"
MOST_GROUPS = 8
STACK = ("b1", "b2", "b4", "bb")


@dataclass(frozen=True, slots=True)
class Stat:
    """A headline figure: its value leads to its rows, and a small line tells the last weeks."""

    name: str
    sentence: str
    values: tuple[str, ...]
    notes: tuple[str, ...]
    href: str
    spark: str = ""
    tone: str = "mute"


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a table: words, cells, and the rows behind it."""

    words: str
    href: str
    cells: tuple[str, ...]
    key: str = ""
    is_bad: bool = False


def headline(told: Told, asked: Asked, *, spark: Sequence[Any] = ()) -> Stat:
    """Return a figure of one value as a headline."""
    reading = told.reading() or Reading(n=0, value=None)
    notes = (compared(told), counted(reading, told.figure))
    return Stat(
        name=told.figure.name,
        sentence=told.figure.sentence,
        values=(told_value(reading, told.figure),),
        notes=tuple(note for note in notes if note),
        href=asked.address(ROWS, told.figure.key),
        spark=charts.draw_spark(spark),
        tone=tone(told),
    )


def cases(told: Told, asked: Asked, *, ageing: Sequence[Ageing]) -> Stat:
    """Return the open cases as a headline, with those past their time."""
    late, snoozed = told.reading("late"), told.reading("snoozed")
    notes = [f"{late.n:,} past SLA"] if late else []
    if snoozed and snoozed.n:
        notes.append(f"{snoozed.n:,} snoozed")
    reading = told.reading() or Reading(n=0, value=None)
    return Stat(
        told.figure.name,
        told.figure.sentence,
        (told_value(reading, told.figure),),
        tuple(notes),
        asked.address(ROWS, told.figure.key),
        charts.draw_spark([each.total for each in ageing]),
        "warn" if late and late.n else "mute",
    )


def by_currency(told: Told, asked: Asked, *, unit: Unit, none: str) -> Stat:
    """Return a figure that is told by currency; amounts of several stand one below the other.

    The currency with most rows comes first, and what has too few is a note beside one that is told.
    """
    found = [each for each in told.readings if each.currency and "-" not in each.part]
    found.sort(key=lambda each: (each.value is None, -each.n))
    wholes = [each for each in found if each.value is not None] or found[:1]
    notes = [
        f"{_in(each, wholes)}{text}"
        for each in wholes
        for text in (compared(told, each.part), counted(each, told.figure))
        if text
    ]
    if few := [each.currency for each in found if each not in wholes]:
        notes.append(f"too few in {' and '.join(sorted(few))}")
    return Stat(
        told.figure.name,
        told.figure.sentence,
        tuple(in_unit(each.value, unit, each.currency) for each in wholes) or (none,),
        tuple(notes),
        asked.address(ROWS, told.figure.key),
        tone=tone(told, wholes[0].part) if len(wholes) == 1 else "mute",
    )


def _in(reading: Reading, wholes: Sequence[Reading]) -> str:
    return f"{reading.currency} " if len(wholes) > 1 else ""


@dataclass(frozen=True, slots=True)
class Weekly:
    """Twelve weeks as lines and as a table."""

    lines: charts.LineChart | None
    label: str
    heads: tuple[str, ...]
    rows: tuple[Row, ...]
    unit: str = ""


def cycle_chart(weeks: Sequence[Week], asked: Asked) -> Weekly:
    """Return delivery to invoice by week, in days where that reads better."""
    is_long = max((week.p90 or 0 for week in weeks), default=0) >= LONG_HOURS
    unit, sign = (Decimal(DAY), "d") if is_long else (Decimal(1), "h")
    medians = [_in_unit(week.median, unit) for week in weeks]
    ninetieth = [_in_unit(week.p90, unit) for week in weeks]
    lines = charts.draw_lines(
        [("l2", ninetieth, f"{ninetieth[-1]} {sign}"), ("l1", medians, f"{medians[-1]} {sign}")],
        labels(weeks),
    )
    named = "Days" if is_long else "Hours"
    return Weekly(
        lines,
        f"{named} from delivery to first invoice by week: {_course(weeks, 'median')}"
        f" in the middle, {_course(weeks, 'p90')} for nine in ten loads.",
        ("Week from", "Loads", "Median", "p90"),
        tuple(
            _week_row(week, asked, "delivery-to-invoice", hours(week.median), hours(week.p90))
            for week in weeks
        ),
        named,
    )


def through_chart(weeks: Sequence[Week], asked: Asked) -> Weekly:
    """Return the straight-through share by week."""
    shares = [week.straight_through for week in weeks]
    return Weekly(
        charts.draw_lines(
            [("l1", shares, in_unit(shares[-1], Unit.PERCENT))],
            labels(weeks),
            width=330,
            most=Decimal(100),
        ),
        "Share of loads invoiced without anybody stepping in by week, in percent: from"
        f" {in_unit(_first(shares), Unit.PERCENT)} to {in_unit(shares[-1], Unit.PERCENT)}.",
        ("Week from", "Loads", "Share"),
        tuple(
            _week_row(week, asked, "straight-through", in_unit(week.straight_through, Unit.PERCENT))
            for week in weeks
        ),
    )


def _in_unit(hours_told: Decimal | None, unit: Decimal) -> Decimal | None:
    return None if hours_told is None else round_rate(hours_told / unit, 1)


def _course(weeks: Sequence[Week], name: str) -> str:
    values = [getattr(week, name) for week in weeks]
    return f"{hours(_first(values))} to {hours(values[-1])}"


def _first(values: Iterable[Decimal | None]) -> Decimal | None:
    return next((value for value in values if value is not None), None)


def _week_row(week: Week, asked: Asked, key: str, *cells: str) -> Row:
    days = {"period": "custom", "first_on": week.first_on, "last_on": week.last_on}
    return Row(short(week.first_on), asked.address(ROWS, key, **days), (f"{week.n:,}", *cells))


def labels(weeks: Sequence[Week]) -> list[str]:
    """Return the words below a chart of weeks: the first day of each."""
    return [short(week.first_on) for week in weeks]


def short(on: date) -> str:
    """Write a day within the last year: Nov 16."""
    return f"{on:%b} {on.day}"


@dataclass(frozen=True, slots=True)
class Stacked:
    """Open cases at the ends of weeks, as bars and as a table."""

    bars: charts.BarChart | None
    label: str
    rows: tuple[Row, ...]
    heads: tuple[str, ...] = ("Week to", *(words for words, _ in AGES), "Open")


def ageing_chart(ageing: Sequence[Ageing]) -> Stacked:
    """Return the open cases at week ends by age."""
    first, last = ageing[0], ageing[-1]
    return Stacked(
        charts.draw_stacks(
            [each.counts for each in ageing], [short(each.on) for each in ageing], css=STACK
        ),
        f"Open exceptions at the end of each week by age: from {first.total} to {last.total};"
        f" older than three days from {first.counts[-1]} to {last.counts[-1]}.",
        tuple(
            Row(short(each.on), "", tuple(f"{n:,}" for n in (*each.counts, each.total)))
            for each in ageing
        ),
    )


@dataclass(frozen=True, slots=True)
class Bars:
    """Readings as horizontal bars and as a table."""

    name: str
    label: str
    bars: list[charts.Bar]
    rows: list[Row]
    width: int
    left: int
    track: int

    @property
    def after(self) -> int:
        """Return where the track ends."""
        return self.left + self.track

    @property
    def height(self) -> int:
        """Return the height of the drawing."""
        return 26 * len(self.bars) + 4


def bars_of(
    told: Told, asked: Asked, readings: Sequence[Reading], *, name: str, width: int, left: int
) -> Bars:
    """Return readings as bars beside their words."""
    track = width - left - 76
    values = [(each.words, each.value, told_value(each, told.figure)) for each in readings]
    return Bars(
        name=name,
        label=f"{name}: {', '.join(f'{words} {shown}' for words, _, shown in values)}.",
        bars=charts.draw_bars(values, track=track),
        rows=lines_of(told, asked, readings),
        width=width,
        left=left,
        track=track,
    )


def lines_of(told: Told, asked: Asked, readings: Iterable[Reading]) -> list[Row]:
    """Return readings as lines of a table: value and number of rows."""
    return [
        Row(
            each.words,
            asked.address(ROWS, told.figure.key, part=each.part),
            (told_value(each, told.figure), f"{each.n:,}"),
        )
        for each in readings
    ]


def kinds_of(told: Told, asked: Asked) -> list[Row]:
    """Return the kinds of open cases: how many, and how many of them are past their time."""
    return [
        Row(
            each.words,
            asked.address(ROWS, told.figure.key, part=each.part),
            (f"{each.n:,}", f"{each.more['Past SLA']:,}"),
        )
        for each in told.readings
        if each.more
    ]


def wholes_of(told: Told, asked: Asked) -> list[Row]:
    """Return a figure as a whole, a line for each currency: value, what it was, rows."""
    return [
        Row(
            f"{told.figure.name}, {each.currency}" if each.currency else told.figure.name,
            asked.address(ROWS, told.figure.key, part=each.part),
            (told_value(each, told.figure), compared(told, each.part), counted(each, told.figure)),
        )
        for each in _wholes(told.readings)
    ]


def groups(
    asked: Asked, by: str, *, figures: Sequence[Figure], names: Mapping[Any, str]
) -> list[Row]:
    """Return what the busiest customers or lanes make of some figures."""
    splits = [_by_group(tell_split(figure, asked.frame, by=by) or []) for figure in figures]
    busiest = list(splits[0])[:MOST_GROUPS]
    return [
        Row(
            names[group] if by == "customer" else lane_words(group),
            asked.address("desk:dashboard", **{by: group}),
            (
                f"{splits[0][group].n:,}",
                *(
                    _cell(split.get(group), figure)
                    for split, figure in zip(splits, figures, strict=True)
                ),
            ),
            key=str(group),
        )
        for group in busiest
    ]


def lane_words(lane: str) -> str:
    """Write a lane: IL to OH."""
    origin, _, destination = lane.partition("-")
    return f"{origin or '?'} to {destination or '?'}"


def _by_group(splits: Sequence[Split]) -> dict[Any, Reading]:
    """Return the whole of each group; of several currencies the one with most rows."""
    return {each.group: max(_wholes(each.readings), key=lambda r: r.n) for each in splits}


def _wholes(readings: Sequence[Reading]) -> list[Reading]:
    return [each for each in readings if each.part in ("", each.currency)]


def _cell(reading: Reading | None, figure: Figure) -> str:
    if reading is None:
        return ""
    text = told_value(reading, figure)
    return f"{text} {reading.currency}".strip() if reading.value is not None else text


def debtors(asked: Asked) -> list[Row]:
    """Return DSO by customer beside the terms, furthest over them first."""
    splits = tell_split(BY_KEY["dso"], asked.frame, by="customer") or []
    customers = Customer.objects.in_bulk([each.group for each in splits])
    found = [
        (reading.value - customers[each.group].terms_days, reading, customers[each.group])
        for each in splits
        for reading in each.readings
        if reading.value is not None
    ]
    found.sort(key=lambda each: (-each[0], each[2].name))
    return [
        Row(
            f"{customer.name}, {reading.currency}"
            if reading.currency != customer.currency
            else customer.name,
            asked.address(ROWS, "dso", customer=customer.pk, part=reading.part),
            (
                f"{reading.value}",
                str(customer.terms_days),
                f"{over:+}".replace("-", "\N{MINUS SIGN}"),
            ),
            is_bad=over > customer.terms_days / 2,
        )
        for over, reading, customer in found[:MOST_GROUPS]
    ]
