"""Weight breaks: in a column of their own each, or all in one cell."""

import re
from collections.abc import Iterable
from decimal import Decimal, InvalidOperation
from itertools import pairwise

from rating.engine.classes import CLASSES
from rating.queries.cells.kinds import Spoilt, Unclear
from rating.queries.cells.numbers import (
    read_number,
    spell_number,
)
from rating.queries.cells.words import folded

MOST_BREAKS = 200

# A break: class or empty, from how many pounds, the rate for a hundredweight.
Break = tuple[str, Decimal, Decimal]

_BREAK = re.compile(r"(\d[\d.]*)\s*(?:lb)?\s*(?:class\s+(\S+?))?\s*[:=]\s*(\S+)", re.IGNORECASE)
_HEADINGS = {
    "l5c": 0, "min5c": 0, "m5c": 500, "m1m": 1000, "m2m": 2000, "m5m": 5000, "m10m": 10000,
    "m20m": 20000, "m30m": 30000, "m40m": 40000,
}  # fmt: skip
_HEADING = re.compile(
    r"(?:class\s*(?P<class>[\d.]+)\s+)?(?:>=?|from|≥|over)?\s*(?P<weight>\d[\d,]*(?:\.\d+)?)"
    r"\s*(?P<unit>lbs?\.?|#|\+|pounds)?"
    r"(?:\s*(?:-|–|to)\s*\d[\d,]*(?:\.\d+)?\s*(?:lbs?\.?|#)?)?(?P<also>\s*(?:lbs?\.?|\+))?",
    re.IGNORECASE,
)  # fmt: skip


def read_break_heading(text: str) -> tuple[str, Decimal] | None:
    """Class and weight of a break column: L5C, M5C, "500 lb", "1000-1999", "class 70 500 lb"."""
    if (known := _HEADINGS.get(folded(text))) is not None:
        return "", Decimal(known)
    found = _HEADING.fullmatch(text.strip())
    if not found or not re.search(r"lb|#|\+|pounds|>|≥|from|over|\d\s*(?:-|–|to)\s*\d", text, re.I):
        return None
    return found["class"] or "", Decimal(found["weight"].replace(",", ""))


def spell_break_heading(freight_class: str, weight: Decimal) -> str:
    """The heading of a break column that `read_break_heading` reads."""
    before = f"class {freight_class} " if freight_class else ""
    return f"{before}{spell_number(weight)} lb"


def read_breaks(text: str, *, decimal: str = ".", currency: str = "") -> tuple[Break, ...]:
    """The breaks of one cell: "0: 14.38; 500: 10.29; 500 class 70: 9.10"."""
    parts = [part.strip() for part in text.split(";") if part.strip()]
    found = [_BREAK.fullmatch(part) for part in parts]
    if isinstance(text, Spoilt) or not all(found) or len(parts) > MOST_BREAKS:
        raise Unclear("weight breaks such as 0: 14.38; 500: 10.29; 500 class 70: 9.10")
    return tidy_breaks(
        (each[2] or "", _weight(each[1]), read_number(each[3], decimal=decimal, currency=currency))
        for each in found
        if each
    )


def spell_breaks(breaks: Iterable[Break]) -> str:
    """Breaks in one cell, as `read_breaks` reads them."""
    return "; ".join(
        f"{spell_number(weight)}{f' class {of}' if of else ''}: {spell_number(rate)}"
        for of, weight, rate in breaks
    )


def tidy_breaks(breaks: Iterable[Break]) -> tuple[Break, ...]:
    """Breaks in the order of the engine; raises Unclear for the same weight twice."""
    found = sorted(breaks)
    for one, other in pairwise(found):
        if one[:2] == other[:2]:
            raise Unclear(f"each break once; {spell_number(one[1])} lb is there twice")
    if strange := next((of for of, _, _ in found if of and of not in CLASSES), None):
        raise Unclear(f"a freight class such as 70 or 92.5, not {strange[:20]}")
    return tuple(found)


def _weight(text: str) -> Decimal:
    try:
        return Decimal(text)
    except InvalidOperation as error:
        raise Unclear("weight breaks in pounds") from error
