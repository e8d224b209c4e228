"""Paging by the last row seen: every row once, in order, whatever is added meanwhile."""

import pytest
from django.core.exceptions import BadRequest

from accounts.models import Customer
from tests.factories import CustomerFactory, LoadFactory
from web.lists.keyset import Ordering, decode, encode, paginate

pytestmark = pytest.mark.django_db
NEWEST = Ordering("pk")
BY_NAME = Ordering("name", is_descending=False)


def walk(ordering: Ordering, size: int) -> list[list[str]]:
    """Turn every page and return what each shows."""
    pages: list[list[str]] = []
    cursor = ""
    while not pages or cursor:
        page = paginate(Customer.objects.all(), ordering=ordering, cursor=cursor, size=size)
        pages.append([customer.name for customer in page.rows])
        cursor = page.next
    return pages


@pytest.mark.parametrize(("rows", "pages"), [(0, 1), (1, 1), (3, 1), (4, 2), (7, 3)])
def test_every_row_is_shown_once_in_order(rows: int, pages: int) -> None:
    names = [CustomerFactory(name=f"c{n}").name for n in range(rows)]

    walked = walk(NEWEST, size=3)

    assert [name for page in walked for name in page] == names[::-1]
    assert len(walked) == pages


def test_rows_that_tie_in_the_column_are_told_apart_by_id() -> None:
    for _ in range(5):
        CustomerFactory(name="same")
    CustomerFactory(name="a first")

    walked = walk(BY_NAME, size=2)

    assert [len(page) for page in walked] == [2, 2, 2]
    assert walked[0][0] == "a first"


def test_the_way_back_shows_the_same_pages() -> None:
    for n in range(7):
        CustomerFactory(name=f"c{n}")
    first = paginate(Customer.objects.all(), ordering=NEWEST, size=3)
    second = paginate(Customer.objects.all(), ordering=NEWEST, cursor=first.next, size=3)
    third = paginate(Customer.objects.all(), ordering=NEWEST, cursor=second.next, size=3)

    back = paginate(Customer.objects.all(), ordering=NEWEST, cursor=third.previous, size=3)
    start = paginate(Customer.objects.all(), ordering=NEWEST, cursor=back.previous, size=3)

    assert (back.rows, start.rows) == (second.rows, first.rows)
    assert (first.previous, start.previous, third.next) == ("", "", "")


def test_a_row_that_comes_in_on_top_moves_nothing_on_the_next_page() -> None:
    names = [CustomerFactory(name=f"c{n}").name for n in range(6)]
    first = paginate(Customer.objects.all(), ordering=NEWEST, size=3)
    CustomerFactory(name="late")

    second = paginate(Customer.objects.all(), ordering=NEWEST, cursor=first.next, size=3)

    assert [customer.name for customer in second.rows] == names[2::-1]


def test_an_instant_survives_the_cursor_to_the_microsecond(now) -> None:
    load = LoadFactory(changed_at=now.replace(microsecond=123456))
    ordering = Ordering("changed_at")

    is_reversed, values = decode(encode(load, ordering, is_reversed=False), ordering=ordering)

    assert (is_reversed, values) == (False, [load.changed_at, load.pk])


@pytest.mark.parametrize(
    "cursor", ["x", "bnVsbA", "WyJuIiwgIjEiXQ", "WyJ4IiwgMV0", "WyJuIl0", "WyJuIiwgdHJ1ZV0", "é"]
)
def test_a_cursor_that_no_page_gave_out_is_a_bad_request(cursor: str) -> None:
    with pytest.raises(BadRequest):
        paginate(Customer.objects.all(), ordering=NEWEST, cursor=cursor)
