"""Deadlines say how long is left; lateness is a word and not only a colour."""

from datetime import datetime, timedelta

import pytest

from web.templatetags.deadlines import risk, words

CHICAGO = "America/Chicago"


@pytest.mark.parametrize(
    ("left", "tone", "said"),
    [
        (timedelta(minutes=-40), "t-bad", "40m over"),
        (timedelta(days=-3, hours=-4), "t-bad", "3d 4h over"),
        (timedelta(hours=1, minutes=50), "t-warn", "1h 50m left"),
        (timedelta(hours=3), "", "3h left"),
        (timedelta(hours=25), "", "Tomorrow 15:20 CT"),
        (timedelta(days=3), "", "Sun 14:20 CT"),
    ],
)
def test_a_deadline_is_said_in_words(now: datetime, left: timedelta, tone: str, said: str) -> None:
    assert words(now + left, now, CHICAGO) == (tone, said)


@pytest.mark.parametrize(("score", "bars"), [(22, 1), (40, 2), (69, 2), (70, 3), (100, 3)])
def test_a_risk_is_drawn_in_bars_and_said_in_figures(score: int, bars: int) -> None:
    drawn = risk(score)

    assert f'data-l="{bars}"' in drawn
    assert f'<span class="sr">Risk </span>{score}' in drawn
