"""Counts stop where they stop being useful."""

import pytest

from accounts.models import Customer
from tests.factories import CustomerFactory
from web.lists import counts

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(("rows", "shown"), [(0, "0"), (3, "3"), (4, "3+")])
def test_a_count_reads_no_further_than_its_limit(
    monkeypatch: pytest.MonkeyPatch, django_assert_num_queries, rows: int, shown: str
) -> None:
    monkeypatch.setattr(counts, "LIMIT", 3)
    for _ in range(rows):
        CustomerFactory()

    with django_assert_num_queries(1) as asked:
        counted = counts.bounded_count(Customer.objects.order_by("name"))

    assert counted == shown
    assert "LIMIT 4" in asked[0]["sql"]
    assert "ORDER BY" not in asked[0]["sql"]
