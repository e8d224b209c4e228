"""Dates and money in the reader's manner: from one place, for every page."""

from datetime import date
from decimal import Decimal

import pytest

from web.lists.counts import shown
from web.locales import HOUSE, asked_for, current, written_for
from web.templatetags.clocks import day
from web.templatetags.figures import money, number

TODAY = date(2026, 11, 5)


@pytest.mark.parametrize(
    ("locale", "date_written", "money_written"),
    [
        ("en_US", "Nov 5, 2026", "$1,652.01"),
        ("en_CA", "Nov 5, 2026", "US$1,652.01"),
        ("en_GB", "5 Nov 2026", "US$1,652.01"),
        ("en_DE", "5 Nov 2026", "1.652,01\N{NO-BREAK SPACE}US$"),
    ],
)
def test_dates_and_money_follow_the_locale(
    locale: str, date_written: str, money_written: str
) -> None:
    with written_for(locale):
        assert day(TODAY) == date_written
        assert money(Decimal("1652.01"), "USD") == money_written


def test_a_canadian_dollar_is_told_from_an_american_one_on_both_sides() -> None:
    assert money(Decimal(86), "CAD") == "CA$86.00"
    with written_for("en_CA"):
        assert money(Decimal(86), "CAD") == "$86.00"


def test_counts_are_grouped_as_the_locale_does() -> None:
    with written_for("en_DE"):
        assert number(38420) == "38.420"
        assert shown(1001) == "1.000+"


def test_the_manner_ends_with_the_page() -> None:
    with written_for("en_GB"):
        pass

    assert current() == HOUSE


@pytest.mark.parametrize(
    ("header", "locale"),
    [
        ("en-GB,en;q=0.8", "en_GB"),
        ("fr-CA,fr;q=0.9,en;q=0.5", "en_CA"),
        ("de-DE", "en_DE"),
        ("en", HOUSE),
        ("xx-<script>", HOUSE),
        ("", HOUSE),
    ],
)
def test_a_browser_is_asked_for_its_country(header: str, locale: str) -> None:
    assert asked_for(header) == locale
