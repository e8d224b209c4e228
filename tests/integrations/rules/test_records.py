"""Fields are read strictly; each fault names its field."""

from decimal import Decimal

import msgspec
import pytest

from integrations.rules.records import (
    FieldError,
    currency_of,
    decimal_of,
    read_record,
    unknown_fields,
    when_of,
)


class Stop(msgspec.Struct):
    """A stop."""

    name: str
    number: int = 0


class Trip(msgspec.Struct):
    """A trip."""

    stops: list[Stop] = []
    first: Stop | None = None


@pytest.mark.parametrize(
    ("data", "code", "field"),
    [
        ({"stops": [{"name": "a"}, {}]}, "missing_field", "stops[1].name"),
        ({"stops": [{"name": 1}]}, "invalid_field", "stops[0].name"),
        ({"first": {"name": "a", "number": "1"}}, "invalid_field", "first.number"),
        ({"stops": {}}, "invalid_field", "stops"),
        ([], "invalid_field", ""),
    ],
)
def test_a_fault_names_its_field(data, code, field):
    with pytest.raises(FieldError) as wrong:
        read_record(data, Trip)

    assert (wrong.value.code, wrong.value.field) == (code, field)
    assert str(wrong.value).endswith(".")


def test_unknown_fields_are_found_at_any_depth():
    data = {"stops": [{"name": "a", "x": 1}], "first": {"name": "b", "y": 2}, "z": 3}

    assert list(unknown_fields(data, Trip)) == ["stops[0].x", "first.y", "z"]


@pytest.mark.parametrize(
    ("value", "number"),
    [
        (None, None), ("0", Decimal(0)), ("12.50", Decimal("12.5")), (7, Decimal(7)),
        (Decimal("1E+3"), Decimal(1000)), ("12.500", Decimal("12.5")),
    ],
)  # fmt: skip
def test_a_quantity_is_plain_decimal_notation(value, number):
    assert decimal_of(value, field="f") == number


@pytest.mark.parametrize(
    "value",
    ["-1", "1.005", Decimal("0.001"), "1_000", "1,000", "1e3", " 1", "", "NaN", "Infinity",
     "\u0661", "+1", ".5", True, [], {}, "9" * 13],
)  # fmt: skip
def test_any_other_notation_is_refused(value):
    with pytest.raises(FieldError) as wrong:
        decimal_of(value, field="load.weight_lb")

    assert wrong.value.field == "load.weight_lb"


@pytest.mark.parametrize("value", ["US$", "usd", "US", "USDD", "\uff35SD", "U SD"])
def test_a_currency_is_three_capital_letters(value):
    with pytest.raises(FieldError):
        currency_of(value, field="currency")


def test_no_currency_is_no_fault():
    assert (currency_of("", field="c"), currency_of("CAD", field="c")) == ("", "CAD")


@pytest.mark.parametrize(
    "text",
    ["2026-03-04T09:12:00-06:00", "2026-03-04T09:12Z", "2026-03-04T09:12:00.123456+05:30"],
)
def test_a_time_with_an_offset_is_aware(text):
    assert when_of(text, field="at").tzinfo is not None


def test_a_time_without_one_is_local():
    assert when_of("2026-03-04T09:12:00", field="at").tzinfo is None


@pytest.mark.parametrize(
    "text",
    ["", "yesterday", "2026-03-04", "2026-02-30T00:00:00Z", "2026-03-04 09:12:00Z",
     "20260304T091200Z", "2026-03-04T24:01:00Z", "1066-10-14T09:00:00Z", "2026-W10-3T09:00:00Z",
     "2026-03-04T09:12:00+25:00", "2026-03-04T09:12:00\n", "\u0662026-03-04T09:12:00Z"],
)  # fmt: skip
def test_any_other_time_is_refused(text):
    with pytest.raises(FieldError):
        when_of(text, field="at")
