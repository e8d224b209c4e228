"""No program runs what a cell says, and what was guarded is read back as it was."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from journal.rules.sheets import csv_lines, harmless, without_guard

RUNS = ["=1+1", "+1", "-A1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "|calc", "%0A"]


@pytest.mark.parametrize("text", [*RUNS, "'=1+1"])
def test_text_that_would_run_is_made_text(text: str) -> None:
    assert harmless(text) == f"'{text}"


@pytest.mark.parametrize("text", ["Prairie", "a=b", "", "'s-Hertogenbosch", "-1.50", "-7"])
def test_other_text_and_numbers_stay(text: str) -> None:
    assert harmless(text) == text


@given(st.text(alphabet="'=+-@|%\t1.a"))
def test_what_was_guarded_is_read_back_as_it_was(text: str) -> None:
    assert without_guard(harmless(text)) == text


def test_lines_guard_text_and_leave_numbers() -> None:
    assert list(csv_lines([("=1", Decimal("-1.50"), None)])) == ["'=1,-1.50,\r\n"]


def test_what_no_workbook_can_hold_is_left_out_before_it_is_looked_at() -> None:
    assert harmless("Cold\x0b \x01chain") == "Cold chain"
    assert harmless("\x01=1+1") == "'=1+1"
