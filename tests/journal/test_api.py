"""What every list and body of the API has in common."""

from datetime import UTC, datetime
from decimal import Decimal
from io import BytesIO
from typing import Any

import pytest
from rest_framework.exceptions import ParseError, ValidationError
from rest_framework.request import Request
from rest_framework.test import APIRequestFactory

from journal.api import (
    LARGEST_ID,
    InstantField,
    KeysetPagination,
    PlainDecimalField,
    PlainIntegerField,
    StrictJSONParser,
    write_cursor,
)
from journal.models import Anchor

pytestmark = pytest.mark.django_db


def page(**parameters: Any) -> tuple[list[int], str | None]:
    request = Request(APIRequestFactory().get("/", parameters))
    paginator = KeysetPagination()
    rows = paginator.paginate_queryset(Anchor.objects.all(), request)
    return [row.position for row in rows], paginator.next_cursor


@pytest.fixture
def _five_rows(db: None) -> None:
    for day in range(1, 6):
        Anchor.objects.create(anchored_on=datetime(2026, 3, day), position=day, hash="0" * 64)


@pytest.mark.usefixtures("_five_rows")
class TestPages:
    def test_each_page_starts_after_the_one_before(self):
        first, after_first = page(size=2)
        second, after_second = page(size=2, cursor=after_first)
        third, after_third = page(size=2, cursor=after_second)

        assert (first, second, third) == ([5, 4], [3, 2], [1])
        assert after_third is None

    def test_a_page_that_ends_with_the_last_row_has_no_next(self):
        assert page(size=5) == ([5, 4, 3, 2, 1], None)

    def test_without_a_size_there_are_fifty_rows_at_most(self):
        assert page()[0] == [5, 4, 3, 2, 1]

    @pytest.mark.parametrize("size", ["0", "000", "", "1.5", "+1", " 1", "ten"])
    def test_a_size_that_is_no_number_is_refused(self, size):
        with pytest.raises(ValidationError):
            page(size=size)

    @pytest.mark.parametrize(
        "cursor",
        ["", "k", "1", "a" * 5000, write_cursor(1) + "=", write_cursor(LARGEST_ID + 1), "k\u0661"],
    )
    def test_a_cursor_that_was_never_given_out_is_refused(self, cursor):
        with pytest.raises(ValidationError):
            page(cursor=cursor)

    def test_a_cursor_beyond_the_end_gives_an_empty_page(self):
        assert page(cursor=write_cursor(1)) == ([], None)


@pytest.mark.parametrize(
    ("field", "told", "read"),
    [
        (PlainDecimalField(8, 2), "38420.5", Decimal("38420.5")),
        (PlainDecimalField(8, 2), 1.1, Decimal("1.1")),
        (PlainIntegerField(), "12", 12),
        (InstantField(), "2026-03-04T08:00:00-06:00", datetime(2026, 3, 4, 14, tzinfo=UTC)),
    ],
)
def test_a_plain_value_is_read(field, told, read):
    assert field.run_validation(told) == read


@pytest.mark.parametrize(
    ("field", "told"),
    [
        (PlainDecimalField(8, 2), "1_000"),
        (PlainDecimalField(8, 2), "NaN"),
        (PlainDecimalField(8, 2), "1e3"),
        (PlainDecimalField(8, 2), "\u0661"),
        (PlainDecimalField(8, 2), True),
        (PlainDecimalField(8, 2), float("inf")),
        (PlainIntegerField(), "1_0"),
        (PlainIntegerField(), False),
        (PlainIntegerField(), 1.5),
        (InstantField(), "2026-03-08T02:30:00"),
        (InstantField(), "2026-03-04"),
        (InstantField(), "0001-01-01T00:00:00+14:00"),
    ],
)
def test_a_value_that_can_be_mistaken_is_refused(field, told):
    with pytest.raises(ValidationError):
        field.run_validation(told)


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b" \n", "empty_body"),
        (b"{", "invalid_json"),
        (b"\xff\xfe\x00", "invalid_json"),
        (b"[1234567890123456789]", "number_too_large"),
        (b"[Infinity]", "invalid_json"),
        (b'{"a":' * 100_000, "too_deep"),
    ],
)
def test_json_that_can_be_read_in_two_ways_is_refused(body, code):
    with pytest.raises(ParseError) as refusal:
        StrictJSONParser().parse(BytesIO(body))

    assert refusal.value.get_codes() == code


@pytest.mark.parametrize(
    ("body", "codes"),
    [
        (b'{"a": {"b": 1, "b": 1}}', {"b": ["duplicate_key"]}),
        (b'{"stops": [{"name": "\\u0000"}]}', {"stops.0.name": ["forbidden_character"]}),
    ],
)
def test_json_is_refused_at_the_field_that_is_wrong(body, codes):
    with pytest.raises(ValidationError) as refusal:
        StrictJSONParser().parse(BytesIO(body))

    assert refusal.value.get_codes() == codes


def test_a_fraction_is_read_as_it_was_written():
    assert StrictJSONParser().parse(BytesIO(b"[0.1]")) == [Decimal("0.1")]
