"""What somebody types for a number is that number, or is asked for again."""

from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError

from web.numbers import PlainDecimalField


@pytest.mark.parametrize(
    "text", ["1e3", "1_000", "\u0661\u0660", "NaN", "Infinity", "1,000.00", "0x1", "1 000"]
)
def test_what_python_alone_takes_for_a_number_is_refused(text: str) -> None:
    with pytest.raises(ValidationError, match="Enter a number"):
        PlainDecimalField(max_digits=12, decimal_places=2).clean(text)


@pytest.mark.parametrize(
    ("text", "meant"),
    [("1000", "1000"), (" 12.50 ", "12.50"), (".5", "0.5"), ("-3", "-3"), ("5.", "5")],
)
def test_plain_digits_are_read(text: str, meant: str) -> None:
    assert PlainDecimalField(max_digits=12, decimal_places=2).clean(text) == Decimal(meant)
