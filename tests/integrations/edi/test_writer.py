"""What we write, others can read; what X12 cannot carry is refused before a byte is made."""

import io
from datetime import UTC, datetime

import pytest
import pyx12.x12file
from hypothesis import given
from hypothesis import strategies as st

from integrations.adapters.edi.envelopes import Interchange, read_file
from integrations.adapters.edi.segments import Delimiters
from integrations.adapters.edi.writer import (
    DelimiterInDataError,
    Envelope,
    write_interchange,
    write_segment,
)

ENVELOPE = Envelope(
    sender=("02", "LDNG"), receiver=("ZZ", "PRAIRIE"), control=905,
    at=datetime(2026, 3, 4, 9, 30, tzinfo=UTC),
)  # fmt: skip
ACCEPT = ("990", [("B1", "LDNG", "S104879", "20260304", "A"), ("L11", "774109381", "CN")])
DECLINE = ("990", [("B1", "LDNG", "S104880", "20260304", "E")])


def test_our_own_reader_finds_nothing_wrong():
    (part,) = read_file(write_interchange([ACCEPT, DECLINE], envelope=ENVELOPE))

    assert isinstance(part, Interchange)
    assert part.problems == part.groups[0].problems == []
    assert [s.problems for s in part.groups[0].sets] == [[], []]
    assert (part.sender, part.receiver) == (("02", "LDNG"), ("ZZ", "PRAIRIE"))
    assert part.groups[0].header.get(1) == "GF"


def test_the_isa_has_its_106_characters():
    data = write_interchange([ACCEPT], envelope=ENVELOPE)

    assert data[:3] == b"ISA"
    assert data[105:108] == b"~GS"


def test_an_independent_reader_finds_nothing_wrong():
    text = write_interchange([ACCEPT, DECLINE], envelope=ENVELOPE).decode()

    reader = pyx12.x12file.X12Reader(io.StringIO(text))
    names = [segment.get_seg_id() for segment in reader]
    reader.cleanup()

    assert names == ["ISA", "GS", "ST", "B1", "L11", "SE", "ST", "B1", "SE", "GE", "IEA"]
    assert reader.pop_errors() == []


def test_the_independent_reader_would_find_a_fault():
    text = write_interchange([ACCEPT], envelope=ENVELOPE).decode().replace("SE*4", "SE*9")

    reader = pyx12.x12file.X12Reader(io.StringIO(text))
    list(reader)
    reader.cleanup()

    assert reader.pop_errors() != []


@pytest.mark.parametrize("value", ["a*b", "a~b", "a>b", "a\nb", "a\x00b", "Müller", "“x”"])
def test_what_would_cut_a_segment_is_refused_with_its_place(value):
    with pytest.raises(DelimiterInDataError, match=r"^B102: "):
        write_segment(("B1", "LDNG", value))


def test_other_delimiters_make_room_for_the_value():
    delimiters = Delimiters(element="|", component="^", terminator="\x1e")

    assert write_segment(("N1", "SH", "A*B~C>D"), delimiters=delimiters) == "N1|SH|A*B~C>D\x1e"


def test_trailing_empty_elements_are_left_out():
    assert write_segment(("AT7", "X3", "", "", "")) == "AT7*X3~"


@pytest.mark.parametrize(
    "change",
    [{"control": 0}, {"control": 10**9}, {"sender": ("2", "LDNG")}, {"sender": ("02", "X" * 16)}],
)
def test_an_envelope_that_cannot_be_written_is_refused(change):
    fields = {
        "sender": ENVELOPE.sender, "receiver": ENVELOPE.receiver, "control": 1,
        "at": ENVELOPE.at,
    } | change  # fmt: skip

    with pytest.raises(ValueError, match="interchange"):
        write_interchange([ACCEPT], envelope=Envelope(**fields))


def test_a_group_holds_one_kind_of_set():
    with pytest.raises(ValueError, match="one kind"):
        write_interchange([ACCEPT, ("997", [("AK1", "SM", "1")])], envelope=ENVELOPE)


TEXT = st.text(st.characters(min_codepoint=32, max_codepoint=126, exclude_characters="*~>"))


@given(st.lists(st.lists(TEXT, min_size=1, max_size=6), max_size=8))
def test_what_is_written_is_read_back_the_same(rows):
    body = [("K1", *row) for row in rows]

    (part,) = read_file(write_interchange([("990", body)], envelope=ENVELOPE))

    assert isinstance(part, Interchange)
    read = [segment.elements for segment in part.groups[0].sets[0].segments[1:-1]]
    written = [tuple(_trimmed(row)) for row in body]
    assert read == written


def _trimmed(row):
    kept = list(row)
    while len(kept) > 1 and not kept[-1]:
        kept.pop()
    return kept
