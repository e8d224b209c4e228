"""What a load leaves: charges less costs, in one currency, and a word where it cannot be told."""

from decimal import Decimal

import pytest

from billing.rules.margin import Margin, margin_of

DOLLARS = [(Decimal("900.00"), "USD"), (Decimal("50.50"), "USD")]


def test_the_margin_is_what_the_charges_leave_with_its_share():
    told = margin_of(Decimal("1200.00"), currency="USD", costs=DOLLARS)

    assert told == Margin(
        "USD", cost=Decimal("950.50"), amount=Decimal("249.50"), percent=Decimal("20.8")
    )


def test_a_load_that_costs_more_than_it_brings_has_a_negative_margin():
    told = margin_of(Decimal("900.00"), currency="USD", costs=DOLLARS)

    assert (told.amount, told.percent) == (Decimal("-50.50"), Decimal("-5.6"))


def test_costs_of_another_currency_give_no_margin_and_say_so():
    told = margin_of(Decimal("1200.00"), currency="CAD", costs=[*DOLLARS, (Decimal(10), "CAD")])

    assert (told.cost, told.amount, told.percent) == (None, None, None)
    assert told.reason == "No margin: costs are in USD, charges in CAD."


@pytest.mark.parametrize(
    ("charges", "costs", "reason"),
    [
        (Decimal("1200.00"), [], "No cost is known."),
        (None, DOLLARS, "No margin before the load is rated."),
    ],
)
def test_what_is_missing_is_named(charges, costs, reason):
    told = margin_of(charges, currency="USD", costs=costs)

    assert (told.amount, told.reason) == (None, reason)


def test_a_load_that_is_charged_nothing_has_a_margin_and_no_share():
    told = margin_of(Decimal(0), currency="USD", costs=DOLLARS)

    assert (told.amount, told.percent) == (Decimal("-950.50"), None)
