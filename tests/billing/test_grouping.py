"""The customer's terms say which loads share an invoice."""

from datetime import UTC, datetime

import pytest

from billing.rules.grouping import Groupable, group_loads

MONDAY = datetime(2026, 11, 16, 15, tzinfo=UTC)
SUNDAY_NIGHT_IN_CHICAGO = datetime(2026, 11, 23, 5, tzinfo=UTC)


def grouped(*loads: Groupable) -> list[list[int]]:
    return group_loads((load, load.load_id) for load in loads)


def a_load(n: int, grouping: str, **more) -> Groupable:
    told = {"customer_id": 1, "currency": "USD", "over_at": MONDAY, **more}
    return Groupable(load_id=n, grouping=grouping, **told)


def test_each_load_goes_alone_unless_the_terms_say_otherwise() -> None:
    assert grouped(a_load(1, "PER_LOAD"), a_load(2, "PER_LOAD")) == [[1], [2]]


def test_loads_of_one_po_share_an_invoice_and_one_without_goes_alone() -> None:
    loads = [
        a_load(1, "PER_PO", orders=("4501", "4502")),
        a_load(2, "PER_PO"),
        a_load(3, "PER_PO", orders=("4502", "4501")),
        a_load(4, "PER_PO"),
    ]

    assert grouped(*loads) == [[1, 3], [2], [4]]


def test_a_week_is_the_customers_own() -> None:
    def delivered(n: int, at: datetime, zone: str) -> Groupable:
        return a_load(n, "PER_WEEK", over_at=at, timezone=zone)

    chicago = [delivered(1, MONDAY, "America/Chicago")]
    chicago.append(delivered(2, SUNDAY_NIGHT_IN_CHICAGO, "America/Chicago"))
    london = [delivered(1, MONDAY, "Europe/London")]
    london.append(delivered(2, SUNDAY_NIGHT_IN_CHICAGO, "Europe/London"))

    assert grouped(*chicago) == [[1, 2]]
    assert grouped(*london) == [[1], [2]]


@pytest.mark.parametrize("other", [{"customer_id": 2}, {"currency": "CAD"}])
def test_customers_and_currencies_never_mix(other: dict[str, object]) -> None:
    assert grouped(a_load(1, "TOGETHER"), a_load(2, "TOGETHER", **other)) == [[1], [2]]


def test_all_together_is_one_invoice() -> None:
    assert grouped(a_load(1, "TOGETHER"), a_load(2, "TOGETHER")) == [[1, 2]]
