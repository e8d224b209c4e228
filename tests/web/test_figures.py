"""Figures as people read them."""

from decimal import Decimal

import pytest

from web.templatetags import figures

MINUS = "\N{MINUS SIGN}"


@pytest.mark.parametrize(
    ("amount", "currency", "words"),
    [
        ("1652.01", "USD", "$1,652.01"),
        ("-12", "USD", f"{MINUS}$12.00"),
        ("86", "CAD", "CA$86.00"),
        ("1500", "JPY", "¥1,500"),
        ("0.00", "EUR", "€0.00"),
    ],
)
def test_money_names_its_currency(amount: str, currency: str, words: str) -> None:
    assert figures.money(Decimal(amount), currency) == words


def test_an_unknown_amount_is_empty_and_not_zero() -> None:
    assert [figures.money(None, "USD"), figures.amount(None), figures.rate(None)] == ["", "", ""]


@pytest.mark.parametrize(
    ("value", "words"), [("206.25", "+206.25"), ("-5", f"{MINUS}5.00"), ("0", "0.00")]
)
def test_a_change_carries_its_sign(value: str, words: str) -> None:
    assert figures.signed(Decimal(value)) == words


@pytest.mark.parametrize(
    ("value", "words"),
    [("2.42", "2.4200"), ("0.46", "0.4600"), ("75", "75.00"), ("0.312575", "0.312575")],
)
def test_a_rate_has_the_places_of_a_tariff(value: str, words: str) -> None:
    assert figures.rate(Decimal(value)) == words


def test_a_measure_has_no_idle_zeros() -> None:
    measures = (Decimal("38420.00"), Decimal("1.2500"), 377)

    assert [figures.number(m) for m in measures] == ["38,420", "1.25", "377"]


def test_counts_agree_with_their_noun() -> None:
    assert [figures.plural(n, "load,loads") for n in (0, 1, 1204)] == [
        "0 loads",
        "1 load",
        "1,204 loads",
    ]


def test_file_sizes_are_rough() -> None:
    assert [figures.filesize(n) for n in (640, 48_200, 1_240_000)] == ["640 B", "48 KB", "1.2 MB"]
