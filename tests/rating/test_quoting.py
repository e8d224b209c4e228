"""Loads of dispatch, priced under published cards."""

from decimal import Decimal

import pytest

from rating.operations.quoting import quote_load
from tests.rating.making import NOW, delivered_load, per_mile_programme, published

pytestmark = pytest.mark.django_db


def test_the_load_of_the_pictures_costs_what_the_pictures_say():
    published(fuel=per_mile_programme())

    quote = quote_load(delivered_load(), at=NOW)

    assert [(line.description, line.amount) for line in quote.lines] == [
        ("Linehaul", Decimal("912.34")),
        ("Fuel surcharge", Decimal("173.42")),
        ("Stop-off, stop 2", Decimal("75.00")),
        ("Detention, stop 2", Decimal("93.75")),
        ("Detention, stop 3", Decimal("112.50")),
        ("Lumper, stop 3", Decimal("285.00")),
    ]
    assert quote.total == Decimal("1652.01")
    assert quote.problems == ()
