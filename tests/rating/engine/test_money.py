"""Rounding is the tariff's, exact, and refuses what is not money."""

from decimal import Decimal, Inexact, localcontext
from typing import Any

import pytest

from rating.engine.money import (
    Rounder,
    Rounding,
    UnknownCurrency,
    minor_units,
    round_money,
    round_rate,
    tidy,
)


@pytest.mark.parametrize(
    ("mode", "amount", "expected"),
    [
        (Rounding.HALF_UP, "1.005", "1.01"),
        (Rounding.HALF_UP, "0.125", "0.13"),
        (Rounding.HALF_UP, "244.332", "244.33"),
        (Rounding.HALF_UP, "-0.125", "-0.13"),
        (Rounding.HALF_EVEN, "0.125", "0.12"),
        (Rounding.HALF_EVEN, "0.135", "0.14"),
        (Rounding.TRUNCATE, "33.6499", "33.64"),
        (Rounding.TRUNCATE, "-33.6499", "-33.64"),
        (Rounding.UP, "33.6401", "33.65"),
        (Rounding.UP, "33.6400", "33.64"),
    ],
)
def test_each_mode_rounds_as_its_tariffs_do(mode: Rounding, amount: str, expected: str):
    assert round_money(Decimal(amount), "USD", mode) == Decimal(expected)


def test_half_up_is_the_default():
    assert round_money(Decimal("0.125"), "USD") == Decimal("0.13")


@pytest.mark.parametrize(
    ("currency", "places", "rounded"),
    [("USD", 2, "1234.57"), ("JPY", 0, "1235"), ("KWD", 3, "1234.568"), ("CLF", 4, "1234.5678")],
)
def test_the_minor_unit_is_the_currencys(currency: str, places: int, rounded: str):
    assert minor_units(currency) == places
    assert str(round_money(Decimal("1234.56784"), currency)) == rounded


@pytest.mark.parametrize("text", ["US$", "usd", "", "XXX", "UDS"])
def test_a_mistyped_currency_is_refused(text: str):
    with pytest.raises(UnknownCurrency, match="ISO 4217"):
        round_money(Decimal(1), text)


@pytest.mark.parametrize("amount", [1.1, True, "1.10", None])
def test_what_is_not_a_decimal_is_refused(amount: Any):
    with pytest.raises(TypeError, match="money is a Decimal, not"):
        round_money(amount, "USD")


@pytest.mark.parametrize("amount", ["NaN", "Infinity", "-Infinity"])
def test_what_is_not_a_number_is_refused(amount: str):
    with pytest.raises(ValueError, match="is not an amount"):
        round_money(Decimal(amount), "USD")


def test_a_whole_number_is_money():
    assert str(round_money(5, "USD")) == "5.00"


def test_nothing_owed_has_no_sign():
    assert str(round_money(Decimal("-0.004"), "USD")) == "0.00"


def test_a_tariff_may_bill_whole_dollars_in_dollars_and_cents():
    assert str(round_money(Decimal("1299.50"), "USD", places=0)) == "1300.00"


def test_a_tariff_cannot_bill_finer_than_the_currency():
    assert str(round_money(Decimal("1299.505"), "USD", places=4)) == "1299.51"


def test_a_rate_has_the_decimals_its_tariff_names():
    assert round_rate(Decimal("0.44549"), 3) == Decimal("0.445")
    assert round_rate(Decimal("0.4455"), 3, Rounding.TRUNCATE) == Decimal("0.445")


@pytest.mark.parametrize(
    ("value", "text"),
    [("2.420000", "2.42"), ("75", "75.00"), ("0.198000", "0.198"), ("1000", "1000.00")],
)
def test_a_tidy_rate_has_no_idle_zeros(value: str, text: str):
    assert str(tidy(Decimal(value))) == text


def test_a_round_number_is_tidy_without_decimals():
    assert str(tidy(Decimal("1200.0"), places=0)) == "1200"


def test_the_threads_own_context_does_not_matter():
    with localcontext() as context:
        context.prec = 3
        context.traps[Inexact] = True

        assert round_money(Decimal("123456.785"), "USD") == Decimal("123456.79")


def test_a_rounder_rounds_as_its_card_says():
    truncating = Rounder("USD", Rounding.TRUNCATE)
    whole_dollars = Rounder("USD", places=0)

    assert truncating.money(Decimal("9.999")) == Decimal("9.99")
    assert whole_dollars.money(Decimal("9.50")) == Decimal("10.00")


def test_the_threads_own_context_does_not_tidy():
    with localcontext() as context:
        context.prec = 3

        assert str(tidy(Decimal("1234.5670"))) == "1234.567"


def test_a_refusal_names_what_came():
    with pytest.raises(TypeError, match="not float"):
        round_money(1.1, "USD")  # type: ignore[arg-type]
