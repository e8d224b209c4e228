"""The tokenizer reads what partners do to delimiters and line ends."""

import pytest

from integrations.adapters.edi.segments import NoInterchangeError, decode, tokenize
from tests.integrations.edi.samples import status, tender

NAMES = ["ISA", "GS", "ST", "B10", "LX", "AT7", "MS1", "SE", "GE", "IEA"]


def names(text: str) -> list[str]:
    return [segment.name for segment in tokenize(text).segments]


def test_delimiters_are_those_the_isa_names():
    text = status().replace("*", "|").replace("~", "$")

    tokens = tokenize(text)

    assert (tokens.delimiters.element, tokens.delimiters.terminator) == ("|", "$")
    assert [segment.name for segment in tokens.segments] == NAMES
    assert tokens.segments[5].get(1) == "X3"


def test_a_byte_order_mark_is_passed_over():
    assert names(decode(b"\xef\xbb\xbf" + status().encode())) == NAMES


@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
def test_line_ends_after_terminators_are_no_data(line_end):
    assert names(status().replace("~", f"~{line_end}")) == NAMES


@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
def test_a_line_end_can_be_the_terminator(line_end):
    text = status().replace("~", line_end)

    assert names(text) == NAMES
    assert tokenize(text).segments[-1].get(2) == "000000008"


def test_indentation_is_no_data():
    assert names(status().replace("~", "~\r\n    ")) == NAMES


@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
def test_a_file_wrapped_at_80_columns_reads_as_the_unwrapped_one(line_end):
    text = tender()
    wrapped = line_end.join(text[start : start + 80] for start in range(0, len(text), 80))

    plain, folded = tokenize(text), tokenize(wrapped)

    assert [s.elements for s in folded.segments] == [s.elements for s in plain.segments]
    assert folded.isa_length == 106


def test_a_short_isa_is_read_and_its_length_told():
    text = status().replace("          ", "").replace("PRAIRIE        ", "PRAIRIE")

    tokens = tokenize(text)

    assert [segment.name for segment in tokens.segments] == NAMES
    assert tokens.isa_length < 106


def test_a_left_out_isa16_does_not_swallow_the_terminator():
    text = status().replace("*>~", "*~").replace("~", "~\r\n")

    assert names(text) == NAMES


def test_a_cut_file_is_told_from_a_whole_one():
    assert tokenize(status()).is_terminated
    assert not tokenize(status()[:-30]).is_terminated


def test_every_segment_keeps_its_place_in_the_text():
    text = status()

    segments = tokenize(text).segments

    assert "".join(text[s.start : s.end] for s in segments) == text
    assert [s.position for s in segments] == list(range(1, 11))


def test_an_element_that_was_not_sent_is_empty():
    at7 = tokenize(status()).segments[5]

    assert at7.get(4) == ""
    assert at7.get(99) == ""


@pytest.mark.parametrize(
    "text",
    ["", "ISA", "ISA*00*", "ISAX00*          *", "SA*00*  *", "UNB+UNOA:2'", "ISA" + "*" * 16],
)
def test_what_is_no_isa_is_refused(text):
    with pytest.raises(NoInterchangeError):
        tokenize(text)


def test_bytes_that_are_no_utf8_are_read_as_latin_1():
    assert decode("Café".encode("latin-1")) == "Café"
