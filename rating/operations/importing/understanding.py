"""Lines of a sheet as lanes, and every cell that is wrong with its address."""

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from decimal import Decimal
from itertools import product
from typing import Any

from journal.rules.sheets import without_guard
from rating.engine.choices import Basis
from rating.engine.places import Place
from rating.operations.importing.opening import Row
from rating.operations.importing.recognising import Headings, Layout
from rating.queries.cells.breaks import Break, read_breaks, tidy_breaks
from rating.queries.cells.columns import BLANK, READERS
from rating.queries.cells.kinds import Spoilt, Unclear
from rating.queries.cells.numbers import (
    habit_of,
    is_in_points,
    read_currency,
    read_number,
    spell_number,
)
from rating.queries.cells.places import MOST_PLACES, read_places

KEPT_FAULTS = 500
TOO_MANY = f"at most {MOST_PLACES:,} lanes from one line"
ENDS = ("origin", "destination")
NUMBERS = frozenset({"rate", "minimum", "maximum", "discount_percent", "cost_floor"})


@dataclass(frozen=True, slots=True)
class CellFault:
    """One cell that is wrong: where it stands, what was read there, what is wanted."""

    sheet: str
    address: str
    read: str
    wanted: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StagedRow:
    """A lane as the sheet names it."""

    line: int
    address: str
    origin: Place
    destination: Place
    values: Mapping[str, Any]
    breaks: tuple[Break, ...] | None

    def columns(self) -> tuple[Any, ...]:
        """The values of `STAGED`, in its order, after batch and position."""
        ends = [part for end in (self.origin, self.destination)
                for part in (end.kind.value, end.country, end.value)]  # fmt: skip
        return (
            self.line, self.address, *ends, *(self.values[name] for name in READERS),
            _breaks_as_json(self.breaks),
        )  # fmt: skip


# The columns of rating_stagedlane that a block fills.
STAGED = (
    "batch_id", "position", "line", "address",
    "origin_kind", "origin_country", "origin_value",
    "destination_kind", "destination_country", "destination_value",
    *READERS, "breaks", "verdict",
)  # fmt: skip


@dataclass(slots=True)
class Reader:
    """Reads the lines under `headings`; gathers lanes, faults, and how numbers are written."""

    headings: Headings
    sheet: str
    options: Mapping[str, str]
    currency: str = ""
    faults: list[CellFault] = field(default_factory=list)
    habits: dict[str, str] = field(default_factory=dict)

    def lanes_of(self, rows: Iterable[Row]) -> Iterator[StagedRow]:
        """The lanes of some lines; a line with a fault gives none."""
        read = self._grid_line if self.headings.layout == Layout.GRID else self._list_line
        for line, cells in rows:
            if any(cell.strip() for cell in cells):
                yield from read(line, cells)

    def kept_faults(self) -> list[dict[str, str]]:
        """The first faults, as they are stored."""
        return [asdict(fault) for fault in self.faults[:KEPT_FAULTS]]

    def _list_line(self, line: int, cells: Sequence[str]) -> list[StagedRow]:
        known = len(self.faults)
        texts = {
            name: (number, cells[number] if number < len(cells) else "")
            for number, name in self.headings.columns.items()
        }
        origins, destinations = (self._end(end, line, texts) for end in ENDS)
        breaks = self._breaks(line, cells, texts)
        values = self._values(line, texts, has_breaks=bool(breaks))
        self._check_currency(line, *texts.get("currency", (0, "")))
        if len(origins) * len(destinations) > MOST_PLACES:
            self._fault(line, 0, "", TOO_MANY)
        if len(self.faults) > known:
            return []
        address = spell_address(0, line)
        return [
            StagedRow(line=line, address=address, origin=origin, destination=destination,
                      values=values, breaks=breaks)
            for origin, destination in product(origins, destinations)
        ]  # fmt: skip

    def _grid_line(self, line: int, cells: Sequence[str]) -> list[StagedRow]:
        known = len(self.faults)
        country = self.options.get("country", "US")
        origins = self._places(line, 0, cells[0], country)
        lanes: list[StagedRow] = []
        for number, text in self.headings.ends.items():
            cell = cells[number] if number < len(cells) else ""
            if not cell.strip():
                continue
            rate = self._value("rate", line, number, cell)
            values = self._filled({"rate": rate})
            destinations = read_places(text, country=country)
            if len(lanes) + len(origins) * len(destinations) > MOST_PLACES:
                self._fault(line, number, "", TOO_MANY)
                return []
            ends = product(origins, destinations)
            lanes += [
                StagedRow(line=line, address=spell_address(number, line), origin=origin,
                          destination=destination, values=values, breaks=None)
                for origin, destination in ends
            ]  # fmt: skip
        return lanes if len(self.faults) == known else []

    def _end(self, end: str, line: int, texts: Mapping[str, tuple[int, str]]) -> tuple[Place, ...]:
        country = texts.get(f"{end}.country", (0, ""))[1].strip().upper()
        number, text = _end_text(end, texts)
        default = self.options.get("country", "US")
        return self._places(line, number, text, country if len(country) == 2 else default)

    def _places(self, line: int, number: int, text: str, country: str) -> tuple[Place, ...]:
        named = self.headings.columns.get(number, "")
        if named.endswith(".zip") and re.fullmatch(r"\d{3}", text.strip()):
            told = f"a ZIP with five digits (00{text.strip()}?), or a heading that says ZIP3"
            self._fault(line, number, text, told)
            return ()
        try:
            return read_places(_unguarded(text), country=country)
        except Unclear as error:
            self._fault(line, number, text, str(error))
            return ()

    def _values(
        self, line: int, texts: Mapping[str, tuple[int, str]], *, has_breaks: bool
    ) -> dict[str, Any]:
        values = self._filled(
            {
                name: self._value(name, line, *texts[name])
                for name in READERS
                if name in texts and texts[name][1].strip()
            }
        )
        if has_breaks and not texts.get("basis", (0, ""))[1].strip():
            values["basis"] = Basis.PER_CWT
        self._check(line, texts, values, has_breaks=has_breaks)
        return values

    def _check(
        self,
        line: int,
        texts: Mapping[str, tuple[int, str]],
        values: Mapping[str, Any],
        *,
        has_breaks: bool,
    ) -> None:
        """What the cells of one line say against each other, or leave open."""
        low, high = values["minimum"], values["maximum"]
        if low is not None and high is not None and low > high:
            told = f"a minimum that is not above the maximum {spell_number(high)}"
            self._fault(line, texts["minimum"][0], spell_number(low), told)
        if not values["basis"] and not texts.get("basis", (0, ""))[1].strip():
            self._fault(line, texts.get("basis", (0, ""))[0], "", "a basis, such as per mile")
        elif has_breaks and values["basis"] not in ("", Basis.PER_CWT):
            told = f"per cwt, since the line has weight breaks; not {values['basis']}"
            self._fault(line, texts.get("basis", (0, ""))[0], values["basis"], told)
        is_priced = has_breaks or texts.get("rate", (0, ""))[1].strip()
        if not is_priced and values["basis"] != Basis.AS_QUOTED:
            self._fault(line, self._rate_column(texts), "", "a rate")

    def _rate_column(self, texts: Mapping[str, tuple[int, str]]) -> int:
        """Where the price of a line is missing: its rate, else its first weight break."""
        named = [texts[name][0] for name in ("rate", "breaks") if name in texts]
        return next(iter([*named, *self.headings.breaks]))

    def _check_currency(self, line: int, number: int, text: str) -> None:
        if text.strip():
            try:
                read_currency(text, currency=self.currency)
            except Unclear as error:
                self._fault(line, number, text, str(error))

    def _value(self, name: str, line: int, number: int, text: str) -> Any:
        if name in NUMBERS:
            self._note_habit(line, number, text)
        if name == "discount_percent" and text.strip(" 0.,"):
            habit = "points" if is_in_points(text) else "below 1"
            self._note(habit, line, number, text)
        try:
            value = READERS[name](text, **self._writing())
            return self._points(text, value) if name == "discount_percent" else value
        except Unclear as error:
            self._fault(line, number, text, str(error))
            return BLANK.get(name, "")

    def _points(self, text: str, share: Decimal) -> Decimal:
        """Percent points of a discount: 15 of 0.15 where the sheet tells shares."""
        if self.options.get("discount") != "share" or is_in_points(text) or not share:
            return share
        return share * 100

    def _writing(self) -> dict[str, Any]:
        """How amounts are written in this sheet."""
        return {"decimal": self.options.get("decimal", "."), "currency": self.currency}

    def _filled(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """What a line does not say is what the person who imports said of the whole sheet."""
        given = {
            name: READERS[name](text) for name, text in self.options.items() if name in READERS
        }
        return {"basis": "", **BLANK, **given, **values}

    def _breaks(
        self, line: int, cells: Sequence[str], texts: Mapping[str, tuple[int, str]]
    ) -> tuple[Break, ...] | None:
        if not self.headings.breaks and "breaks" not in texts:
            return None
        try:
            number, text = texts.get("breaks", (0, ""))
            for rate in re.findall(r"[:=]\s*([^;]+)", text):
                self._note_habit(line, number, rate)
            told = read_breaks(text, **self._writing())
            number = next(iter(self.headings.breaks), number)
            return tidy_breaks([*told, *self._break_cells(line, cells)])
        except Unclear as error:
            self._fault(line, number, text, str(error))
            return ()

    def _break_cells(self, line: int, cells: Sequence[str]) -> Iterator[Break]:
        for number, (freight_class, weight) in self.headings.breaks.items():
            text = cells[number] if number < len(cells) else ""
            if text.strip():
                self._note_habit(line, number, text)
                try:
                    rate = read_number(text, **self._writing())
                except Unclear as error:
                    self._fault(line, number, text, str(error))
                else:
                    yield freight_class, weight, rate

    def _note_habit(self, line: int, number: int, text: str) -> None:
        if habit := habit_of(text):
            self._note(habit, line, number, text)

    def _note(self, habit: str, line: int, number: int, text: str) -> None:
        self.habits.setdefault(habit, f"{text.strip()[:40]} in {spell_address(number, line)}")

    def _fault(self, line: int, number: int, read: str, wanted: str) -> None:
        self.faults.append(
            CellFault(self.sheet, spell_address(number, line), read.strip()[:120], wanted)
        )


def spell_address(number: int, line: int) -> str:
    """The address of a cell as Excel shows it: (0, 7) is A7."""
    letters = ""
    number += 1
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return f"{letters}{line}"


def _end_text(end: str, texts: Mapping[str, tuple[int, str]]) -> tuple[int, str]:
    """The cell that names one end; of several the most precise that is filled."""
    if end in texts and texts[end][1].strip():
        return texts[end]
    held = {part: texts[f"{end}.{part}"] for part in ("zip", "postal", "city", "state", "zone",
            "region", "country") if texts.get(f"{end}.{part}", (0, ""))[1].strip()}  # fmt: skip
    if code := held.get("zip") or held.get("postal"):
        return code
    if "city" in held:
        number, city = held["city"]
        state = held["state"][1].strip() if "state" in held else ""
        return number, f"{city.strip()}, {state}"
    for part in ("state", "zone", "region", "country"):
        if part in held:
            number, text = held[part]
            prefix = "" if part == "state" else f"{part} "
            return number, prefix + text.strip()
    return next((cell for name, cell in texts.items() if name.startswith(end)), (0, ""))


def _unguarded(text: str) -> str:
    return text if isinstance(text, Spoilt) else without_guard(text.strip())


def _breaks_as_json(breaks: tuple[Break, ...] | None) -> str | None:
    if breaks is None:
        return None
    return "[" + ",".join(
        f"[{json.dumps(of)},{_digits(weight)},{_digits(rate)}]" for of, weight, rate in breaks
    ) + "]"  # fmt: skip


def _digits(number: Decimal) -> str:
    return spell_number(number) or "0"
