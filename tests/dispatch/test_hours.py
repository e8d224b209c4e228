"""Receiving hours as people write them."""

import pytest

from dispatch.rules.hours import HoursError, read_hours


def test_a_week_is_read_day_by_day():
    assert read_hours("Mon-Wed 07:00-15:30, Sat 08:00-12:00") == (
        (0, 420, 930), (1, 420, 930), (2, 420, 930), (5, 480, 720),
    )  # fmt: skip


def test_no_hours_are_no_openings():
    assert read_hours("  ") == ()


def test_days_may_run_over_the_weekend_and_hours_over_midnight():
    assert read_hours("sat-mon  22:00-06:00") == ((0, 1320, 360), (5, 1320, 360), (6, 1320, 360))


@pytest.mark.parametrize(
    "text", ["daily", "Mon-Fri 7-15", "Foo 07:00-15:00", "Mon 07:61-15:00", "Mon 07:00-25:00"]
)
def test_what_cannot_be_read_is_refused_with_an_example(text: str):
    with pytest.raises(HoursError, match="Mon-Fri 07:00-15:00"):
        read_hours(text)
