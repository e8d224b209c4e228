"""JSON that two readers could read differently is refused."""

import json
from contextlib import suppress
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from journal.rules.strictjson import MAX_DEPTH, StrictJSONError, parse_json

VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**17), 10**17)
    | st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00")),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(
        st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=5),
        inner, max_size=4),
    max_leaves=12,
)  # fmt: skip


@given(VALUES, st.booleans())
def test_good_json_means_what_it_means_everywhere(value, ascii_only):
    assert parse_json(json.dumps(value, ensure_ascii=ascii_only).encode()) == value


@given(st.binary(max_size=80))
def test_any_bytes_are_a_value_or_a_refusal(data):
    with suppress(StrictJSONError):
        parse_json(data)


def test_a_mark_at_the_beginning_is_passed_over():
    assert parse_json(b'\xef\xbb\xbf{"a": 1}') == {"a": 1}


def test_fractions_keep_every_digit():
    assert parse_json(b"[0.1, 1.10, 2e3]") == [Decimal("0.1"), Decimal("1.10"), Decimal("2E+3")]


def test_brackets_inside_texts_are_no_depth():
    text = "[{" * 500 + '"'

    assert parse_json(json.dumps([text]).encode()) == [text]


def test_depth_is_counted_exactly():
    assert parse_json(b"[" * MAX_DEPTH + b"]" * MAX_DEPTH)
    with pytest.raises(StrictJSONError) as refused:
        parse_json(b"[" * (MAX_DEPTH + 1) + b"]" * (MAX_DEPTH + 1))
    assert refused.value.code == "too_deep"


def test_wide_is_not_deep():
    wide = [[number] for number in range(1_000)]

    assert parse_json(json.dumps(wide).encode()) == wide


def test_an_open_text_does_not_take_for_ever():
    body = b'["' + b"[{" * 400_000

    with pytest.raises(StrictJSONError):
        parse_json(body)


@pytest.mark.parametrize(
    ("body", "field"),
    [
        (b'{"a": {"b": ["x", "\\u0000"]}}', "a.b[1]"),
        (b'["\\ud83d"]', "[0]"),
        (b'{"\\udc00": 1}', ""),
    ],
)
def test_nul_and_half_a_pair_are_refused_where_they_stand(body, field):
    with pytest.raises(StrictJSONError) as refused:
        parse_json(body)

    assert (refused.value.code, refused.value.field) == ("forbidden_character", field)


def test_a_whole_pair_is_a_letter():
    assert parse_json(b'"\\ud83d\\ude9a"') == "\U0001f69a"
