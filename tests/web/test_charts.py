"""Drawings of figures: what is written beside two points never lies one over the other."""

from decimal import Decimal

from web.desk.dashboard.charts import WORD_HEIGHT, draw_lines

WEEKS = ("Nov 9", "Nov 16")


def feet(*last: str) -> list[float]:
    """Return where the words of lines that end at these values stand."""
    drawn = draw_lines(
        [("l2", [Decimal(10), Decimal(value)], value) for value in last], labels=WEEKS
    )
    assert drawn is not None
    return [line.end[1] + line.below for line in drawn.lines if line.end]


def test_words_of_points_that_lie_close_stand_apart() -> None:
    upper, lower = feet("0.1", "0.0")

    assert lower - upper >= WORD_HEIGHT


def test_words_of_points_that_lie_apart_stand_beside_them() -> None:
    drawn = draw_lines(
        [("l2", [Decimal(9), Decimal(8)], "8"), ("l1", [Decimal(2), Decimal(1)], "1")],
        labels=WEEKS,
    )

    assert drawn is not None
    assert [line.lift for line in drawn.lines] == [0, 0]
