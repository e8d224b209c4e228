"""The drawing of a stop's clocks: one scale for a load, marks on the hours of the place."""

from datetime import UTC, datetime, timedelta
from typing import Any

from billing.models import Charge
from web.desk.loads.charges import charge_rows
from web.desk.loads.dwell import WIDTH, Stay, draw_bars

SEVEN = datetime(2026, 11, 18, 13, tzinfo=UTC)  # 07:00 in Chicago
HOUR = timedelta(hours=1)


def stay(**fields) -> Stay:
    known = {
        "appointment_from": None, "appointment_to": None, "arrived_at": None, "left_at": None,
        "free_until": None, "timezone": "America/Chicago",
    }  # fmt: skip
    return Stay(**(known | fields))


def drawn(*stays: Stay) -> list[Any]:
    """Return the bars; each test knows which of their parts are there."""
    return list(draw_bars(stays))


def test_nothing_known_is_nothing_drawn() -> None:
    assert draw_bars([stay(), stay()]) == [None, None]


def test_bars_of_one_load_share_one_scale() -> None:
    short = stay(arrived_at=SEVEN, left_at=SEVEN + HOUR)
    long = stay(arrived_at=SEVEN, left_at=SEVEN + 3 * HOUR)

    one, three = drawn(short, long)

    assert abs(three.free.width - 3 * one.free.width) < 0.2


def test_marks_stand_on_the_hours_of_the_place() -> None:
    [bar] = drawn(stay(appointment_from=SEVEN, arrived_at=SEVEN - HOUR / 4, left_at=SEVEN))

    seven = next(tick for tick in bar.ticks if tick.words == "07:00")
    assert seven.x == bar.appointment_at
    assert all(0 <= tick.x <= WIDTH for tick in bar.ticks)


def test_time_over_the_free_time_is_drawn_apart() -> None:
    waited = stay(arrived_at=SEVEN, left_at=SEVEN + 3 * HOUR, free_until=SEVEN + 2 * HOUR)

    [bar] = drawn(waited)

    assert abs(bar.free.width - 2 * bar.over.width) < 0.2
    assert abs(bar.over.x - (bar.free.x + bar.free.width)) < 0.2
    assert bar.left_at > bar.over.x


def test_the_end_of_the_free_time_is_what_the_rating_tells() -> None:
    told = {"kind": "free_until", "text": "Free until 09:00", "at": "2026-11-18T15:00:00Z"}
    waited = Charge(code="DET", stop_id=2, explanation={"evidence": [told]})
    older = Charge(code="DET", stop_id=2, explanation={"evidence": []})

    rows = charge_rows([waited, older])

    assert [row.free_until for row in rows] == [SEVEN + 2 * HOUR, None]
    assert rows[0].is_detention


def test_the_charge_of_a_later_difference_is_not_the_wait() -> None:
    [row] = charge_rows([Charge(code="DET", stop_id=2, adjusts=True)])

    assert not row.is_detention


def test_a_stay_inside_the_free_time_has_no_detention() -> None:
    [bar] = drawn(stay(arrived_at=SEVEN, left_at=SEVEN + HOUR, free_until=SEVEN + 2 * HOUR))

    assert bar.over is None
    assert bar.free.width > 0


def test_a_truck_that_only_has_an_appointment_is_a_line() -> None:
    [bar] = drawn(stay(appointment_from=SEVEN))

    assert bar.appointment_at is not None
    assert (bar.free, bar.arrived_at, bar.left_at) == (None, None, None)


def test_a_stay_of_days_is_marked_in_days() -> None:
    [bar] = drawn(stay(arrived_at=SEVEN, left_at=SEVEN + 80 * HOUR))

    assert {tick.words for tick in bar.ticks} >= {"Nov 19", "Nov 20"}
    assert len(bar.ticks) <= 7
