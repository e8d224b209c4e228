"""The 990 that we write beside those that others wrote: one structure, element by element."""

import os
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest

from integrations.adapters.edi.answers import Tender, write_answer
from integrations.adapters.edi.envelopes import Interchange, read_file
from integrations.adapters.edi.grammar import GRAMMARS, walk

AT = datetime(2026, 11, 19, 20, 20, tzinfo=UTC)
TENDER = Tender(
    sender=("ZZ", "FREIGHTBRIDGE"), receiver=("ZZ", "MWCX"), is_test=False, version="004010",
    scac="MWCX", shipment_id="LOAD500",
)  # fmt: skip
REASON = "Not answered by 2026-11-19 20:20 UTC"
# What an element of an envelope is made of, in every 990 there is; what differs by partner is not
# among them.
SHAPES = {
    "ISA": {11: "[U^]", 12: "00401", 13: r"\d{9}", 14: "[01]", 15: "[PT]"},
    "GS": {1: "GF", 4: r"\d{8}", 5: r"\d{4,8}", 6: r"\d{1,9}", 7: "X", 8: "004010.*"},
    "ST": {1: "990", 2: r"\d{4,9}"},
    "B1": {1: "[A-Z0-9]{2,4}", 2: ".{1,30}"},
    "SE": {1: r"\d+", 2: r"\d{4,9}"},
    "GE": {1: "1", 2: r"\d{1,9}"},
    "IEA": {1: "1", 2: r"\d{9}"},
}


@dataclass(frozen=True, slots=True)
class Answer:
    """A 990 as it lies in a file: its segments, each a list of elements."""

    interchange: Interchange
    lines: list[list[str]]

    @property
    def names(self) -> list[str]:
        return [line[0] for line in self.lines]


def read(data: bytes) -> Answer:
    (part,) = read_file(data)
    assert isinstance(part, Interchange)
    whole = part.whole
    separator, end = whole[3], whole[105]
    lines = [each.strip("\r\n").split(separator) for each in whole.split(end) if each.strip()]
    return Answer(part, lines)


@pytest.fixture(params=[True, False], ids=["accepted", "declined"])
def ours(request) -> Answer:
    """What we write to accept, or to decline with a reason."""
    reason = "" if request.param else REASON
    text = write_answer(
        TENDER, is_accepted=request.param, reason=reason, load="104882", control=77, at=AT
    )
    return read(text.encode("ascii"))


@pytest.fixture
def theirs() -> list[Answer]:
    folder = Path(os.environ["CONFORMANCE_DATA"]) / "edi990"
    return [read(path.read_bytes()) for path in sorted(folder.glob("*.edi"))]


def problems_of(answer: Answer) -> list[str]:
    """Return what our own reader finds wrong with an envelope and its one set."""
    (group,) = answer.interchange.groups
    (transaction,) = group.sets
    _, unexpected = walk(transaction.segments, GRAMMARS["990"])
    found = (*answer.interchange.problems, *group.problems, *transaction.problems, *unexpected)
    return [problem.code for problem in found]


def misshapen(answer: Answer) -> list[str]:
    return [
        f"{line[0]}{number:02} {line[number]!r}"
        for line in answer.lines
        for number, shape in SHAPES.get(line[0], {}).items()
        if not re.fullmatch(shape, line[number])
    ]


def test_ours_is_whole_and_each_element_is_made_of_what_it_should_be(ours) -> None:
    assert problems_of(ours) == []
    assert misshapen(ours) == []


def test_ours_answers_with_day_and_action_and_names_our_load(ours) -> None:
    told = {line[0]: line for line in ours.lines}

    assert told["B1"][1:4] == ["MWCX", "LOAD500", "20261119"]
    assert told["B1"][4] == ("D" if "K1" in told else "A")
    assert told["N9"] == ["N9", "CN", "104882"]
    assert all(len(element) <= 30 for element in told.get("K1", [])[1:])


@pytest.mark.conformance
def test_others_are_read_whole_and_made_of_the_same(theirs) -> None:
    assert len(theirs) == 2
    # One of them is marked as a test, which is no fault of its structure.
    assert {code for answer in theirs for code in problems_of(answer)} <= {"test_indicator"}
    assert [misshapen(answer) for answer in theirs] == [[], []]


@pytest.mark.conformance
def test_ours_has_every_segment_and_element_that_all_of_them_have_in_their_order(
    ours, theirs
) -> None:
    shared = [name for name in theirs[0].names if all(name in each.names for each in theirs)]

    assert [name for name in ours.names if name in shared] == shared
    for line in ours.lines:
        same = [each for answer in theirs for each in answer.lines if each[0] == line[0]]
        fewest = min((len(each) for each in same), default=0)
        assert len(line) >= fewest, line
        if line[0] == "ISA":
            assert [len(part) for part in line] == [len(part) for part in same[0]]


@pytest.mark.conformance
def test_an_acceptance_of_others_and_ours_differ_in_nothing_but_how_the_load_is_named(
    theirs,
) -> None:
    real = next(answer for answer in theirs if answer.lines[3][4:] == ["A"])
    (isa, gs, _, b1) = real.lines[:4]
    tender = Tender(
        sender=(isa[7], isa[8].strip()), receiver=(isa[5], isa[6].strip()), is_test=True,
        version="004010", scac=b1[1], shipment_id=b1[2],
    )  # fmt: skip
    day = datetime.strptime(f"{gs[4]}{gs[5]}", "%Y%m%d%H%M").replace(tzinfo=UTC)

    text = write_answer(
        tender, is_accepted=True, reason="", load="500", control=int(isa[13]), at=day
    )

    written = read(text.encode("ascii"))
    ours_isa, ours_gs, _, ours_b1 = written.lines[:4]
    # The component separator is each sender's own.
    assert ours_isa[:16] == isa[:16]
    assert (ours_gs, ours_b1) == (gs, b1)
    naming = {"N9", "L11"}
    assert {*written.names} ^ {*real.names} <= naming
    assert {*written.names} & naming
