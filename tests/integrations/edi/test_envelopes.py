"""Envelopes are checked; nothing a partner sends raises."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from integrations.adapters.edi.envelopes import Fragment, Interchange, read_file
from integrations.rules.leniency import FORGIVABLE
from tests.integrations.edi.samples import interchange, status, statuses, tender

BLANK = dict.fromkeys(map(ord, " \t\r\n\x1a\ufeff"))
AT7 = "AT7*X3*NS***20260304*0812*LT~"


def only(text: str) -> Interchange:
    (part,) = read_file(text.encode())
    assert isinstance(part, Interchange)
    return part


def codes(part: Interchange) -> list[str]:
    """Return every problem's code, wherever in the interchange it stands."""
    found = list(part.problems)
    for group in part.groups:
        found += group.problems
        for transaction in group.sets:
            found += transaction.problems
    return [problem.code for problem in found]


def test_a_whole_interchange_has_no_problem():
    part = only(tender())

    assert codes(part) == []
    assert (part.sender, part.receiver) == (("ZZ", "PRAIRIE"), ("ZZ", "LADING"))
    assert [s.kind for s in part.groups[0].sets] == ["204"]


@pytest.mark.parametrize(
    ("old", "new", "code", "sentence"),
    [
        ("SE*6*", "SE*7*", "count_mismatch", "Segment 8: SE01 says 7, but there are 6 segments."),
        ("GE*1*", "GE*2*", "count_mismatch",
         "Segment 9: GE01 says 2, but there are 1 transaction sets."),
        ("IEA*1*", "IEA*2*", "count_mismatch", "Segment 10: IEA01 says 2, but there are 1 groups."),
        ("IEA*1*000000008", "IEA*1*000000009", "control_mismatch",
         "Segment 10: IEA02 is '000000009' but ISA13 is '000000008'."),
        ("GE*1*8", "GE*1*9", "control_mismatch", "Segment 9: GE02 is '9' but GS06 is '8'."),
        ("SE*6*0001", "SE*6*0002", "control_mismatch",
         "Segment 8: SE02 is '0002' but ST02 is '0001'."),
        ("GS*QM*", "GS*IN*", "functional_code",
         "Segment 2: GS01 is 'IN'; a 214 travels in a group QM."),
        ("*0*P*", "*0*T*", "test_indicator", "Segment 1: ISA15 marks the interchange as a test."),
    ],
)  # fmt: skip
def test_a_fault_of_the_envelope_is_told_in_one_sentence_with_its_place(old, new, code, sentence):
    text = status()
    assert old in text

    part = only(text.replace(old, new))

    assert codes(part) == [code]
    problems = [*part.problems, *part.groups[0].problems, *part.groups[0].sets[0].problems]
    assert str(problems[0]) == sentence


def test_leading_zeros_of_control_numbers_do_not_matter():
    assert codes(only(status().replace("GE*1*8", "GE*001*008"))) == []


@pytest.mark.parametrize("kept", range(120, len(status()) - 5, 7))
def test_a_cut_file_is_refused_whatever_the_partner_is_forgiven(kept):
    part = only(status()[:kept])

    assert set(codes(part)) & {"cut", "control_mismatch"} - set(FORGIVABLE)


def test_one_bad_set_does_not_spoil_its_neighbour():
    good, bad = statuses(AT7), statuses(AT7).replace("SE*5*0001", "SE*9*0001")

    part = only(interchange(good, bad))

    assert [bool(s.problems) for s in part.groups[0].sets] == [False, True]
    assert part.problems == part.groups[0].problems == []


def test_a_segment_outside_every_set_spoils_the_interchange():
    part = only(status().replace("GE*", "N1*SH*NOBODY~GE*"))

    assert codes(part) == ["stray_segment"]


def test_two_interchanges_with_other_delimiters_in_one_file_are_two():
    second = status().replace("*", "|").replace("~", "$")

    parts = read_file(f"{tender()}\r\n{second}".encode())

    assert [codes(part) for part in parts if isinstance(part, Interchange)] == [[], []]


def test_an_interchange_cut_by_the_next_one_does_not_take_it_along():
    parts = read_file((tender()[:300] + "~" + status()).encode())

    assert [codes(part)[-1:] for part in parts if isinstance(part, Interchange)] == [["cut"], []]


def test_text_before_an_interchange_is_a_fragment_with_the_reason():
    fragment, part = read_file(b"hello\n" + status().encode())

    assert isinstance(fragment, Fragment)
    assert isinstance(part, Interchange)
    assert str(fragment.problem) == (
        "Segment 1: The text does not begin with ISA. It is no X12 interchange."
    )


def test_a_bare_transaction_set_is_refused_as_a_fragment():
    (fragment,) = read_file(statuses(AT7).encode())

    assert isinstance(fragment, Fragment)


@given(st.binary(max_size=400))
def test_no_bytes_raise(data):
    read_file(data)


@given(
    st.text("~*>\r\n ISAGSTE0129", max_size=60),
    st.integers(0, len(status())),
    st.integers(0, len(status())),
)
def test_no_mutilation_of_a_real_message_raises(noise, start, end):
    text = status()

    read_file((text[:start] + noise + text[end:]).encode())


@given(st.binary(max_size=300))
def test_no_byte_but_white_space_is_lost(data):
    text = data.decode("latin-1")
    parts = read_file(text.encode())

    kept = "".join(part.text if isinstance(part, Fragment) else part.whole for part in parts)

    assert kept.translate(BLANK) == text.translate(BLANK)
