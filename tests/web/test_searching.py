"""The search by a beginning: the rows that LIKE would give, through the index, behind the wall."""

import pytest
from django.db import connection

from accounts.operations.scoping import enter_scope
from dispatch.models import Load
from tests.factories import LoadFactory
from web.lists.searching import matching_load_ids, numbered

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("text", ["10", "104882", "1_", "10%", "\\", "'", " 10 ", "l0"])
def test_it_finds_what_like_finds(text: str) -> None:
    for number in ("104882", "104999", "204882", "1_5", "10%5", "\\7", "'8", "L001"):
        LoadFactory(number=number)

    found = set(Load.objects.filter(numbered(text)))

    assert found == set(Load.objects.filter(number__startswith=text.strip().upper()))


def test_a_customers_search_goes_through_the_index_of_numbers(shipper) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
    enter_scope(shipper)

    plan = Load.objects.filter(numbered("1048")).explain()

    assert "~>=~ '1048'" in plan


def test_the_newest_are_found_first_and_no_more_than_asked() -> None:
    loads = [LoadFactory(number=f"1048{n}") for n in range(4)]

    assert matching_load_ids(Load.objects.all(), "1048", most=2) == [loads[3].pk, loads[2].pk]
