"""Freight classes: their order, the class of a density, and freight of all kinds.

The order of classes is that of their numbers: 77.5 stands between 70 and 85.
"""

from collections.abc import Sequence
from decimal import Decimal, InvalidOperation

from rating.engine.freight import FakRange, ScaleEdition

# National Motor Freight Classification; the lowest class pays the least.
CLASSES = (
    "50", "55", "60", "65", "70", "77.5", "85", "92.5", "100", "110", "125", "150", "175", "200",
    "250", "300", "400", "500",
)  # fmt: skip
_BY_NUMBER = {Decimal(name): name for name in CLASSES}


def class_of(text: str) -> str:
    """The class as the classification spells it: "070" is 70. Empty where there is none such."""
    try:
        return _BY_NUMBER.get(Decimal(text.strip()), "")
    except InvalidOperation:
        return ""


def higher_class(one: str, other: str) -> str:
    """The dearer of two classes."""
    return max(one, other, key=Decimal)


def class_at(pcf: Decimal, edition: ScaleEdition) -> str:
    """The class of a density, in pounds per cubic foot; empty below the first row."""
    reached = [row for row in edition.rows if row.from_pcf <= pcf]
    return max(reached, key=lambda row: row.from_pcf).freight_class if reached else ""


def fak_range(freight_class: str, ranges: Sequence[FakRange]) -> FakRange | None:
    """The range a class belongs to, None where it is rated as it is."""
    number = Decimal(freight_class)
    return next(
        (each for each in ranges if Decimal(each.min_class) <= number <= Decimal(each.max_class)),
        None,
    )
