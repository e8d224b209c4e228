"""Every word of a wait: what is charged, what is not, and what cannot be told.

As in `test_whole_lines.py`, nothing of these answers can change without being seen.
"""

from dataclasses import replace
from decimal import Decimal
from typing import Any

from rating.engine.choices import Conversion, HoursCounted, LayoverPeriod
from rating.engine.facts import Service
from rating.engine.quote import Line, NoCharge, Problem, Quote
from rating.engine.storing import to_plain
from tests.rating.engine.building import LOAD, clock, with_stop
from tests.rating.engine.test_delays import FCFS, SHARED, terms
from tests.rating.engine.test_layovers import converting, held, quote

NIGHTS = Service(
    code="LAYOVER", quantity=Decimal(2), unit="night", stop_sequence=2, source="dispatcher"
)
SHARED_BY_ALL = {"currency": "USD", "version_label": "Prairie Foods Reefer v6"}


def at_stop_2(found: Quote) -> list[dict[str, Any]]:
    """Lines, then what was not charged, then problems, all of stop 2."""
    answers: list[Line | NoCharge | Problem] = [*found.lines, *found.no_charges, *found.problems]
    plain = [to_plain(each) for each in answers if each.stop_sequence == 2]
    for each in plain:
        for part in ("steps", "evidence"):
            each[part] = [tuple(told.values()) for told in each.get(part, ())]
    return [{k: v for k, v in each.items() if k not in SHARED_BY_ALL} for each in plain]


def clocks(left: str, at: str) -> list[tuple[str, ...]]:
    """The evidence of the wait at stop 2, whose free time ends at 16:00."""
    return [
        (
            "clock",
            "Arrived Nov 18 13:48 EST",
            "ELD geofence",
            "milestone:7",
            "2026-11-18T18:48:00Z",
        ),
        ("clock", f"Left {left}", at),
        ("clock", "Appointment Nov 18 14:00 EST", "appointment", "2026-11-18T19:00:00Z"),
        ("free_until", "Free until Nov 18 16:00 EST", "2026-11-18T21:00:00Z"),
    ]


def test_a_layover_that_follows_detention_is_told_in_full():
    found = quote(held(11), converting())

    assert at_stop_2(found) == [
        {
            "code": "DET",
            "description": "Detention, stop 2",
            "summary": "Nov 18 14:00 – Nov 19 01:00, 2h free",
            "basis": "PER_HOUR",
            "quantity": "7.00",
            "unit": "h",
            "rate": "75",
            "amount": "525.00",
            "rule": "DET-4",
            "stop_sequence": 2,
            "steps": [
                ("Came 13:48 EST; the clock starts at the appointment", "14:00 EST"),
                ("Free time", "2h 00m"),
                ("Left 01:00 EST, free until 16:00 EST", "9h 00m over"),
                (
                    "After 9h of waiting it is a layover, which follows (LAY-1)",
                    "7h 00m of detention",
                ),
                ("Round up to the next 15 minutes", "7 h"),
                ("7 h × $75.00 per h", "$525.00"),
                ("Amount", "$525.00"),
            ],
            "evidence": clocks("Nov 19 01:00 EST", "2026-11-19T06:00:00Z"),
            "needs_approval": True,
            "approval_reason": "7h 00m is over 1h 00m",
        },
        {
            "code": "LAY",
            "description": "Layover, stop 2",
            "summary": "1 day from Nov 18 23:00 EST",
            "basis": "PER_UNIT",
            "quantity": "1",
            "unit": "day",
            "rate": "350",
            "amount": "350.00",
            "rule": "LAY-1",
            "stop_sequence": 2,
            "steps": [
                (
                    "After 9h of waiting it is a layover, which follows detention (DET-4)",
                    "Nov 18 23:00 EST",
                ),
                ("From Nov 18 23:00 EST to Nov 19 01:00 EST", "2h 00m"),
                ("Each 24 hours begun", "1 day"),
                ("1 day × $350.00 per day", "$350.00"),
                ("Amount", "$350.00"),
            ],
            "evidence": clocks("Nov 19 01:00 EST", "2026-11-19T06:00:00Z"),
        },
    ]


def test_a_layover_that_replaces_detention_is_told_in_full():
    found = quote(held(11), converting(conversion=Conversion.LAYOVER_REPLACES))

    assert at_stop_2(found) == [
        {
            "code": "LAY",
            "description": "Layover, stop 2",
            "summary": "1 day from Nov 18 14:00 EST",
            "basis": "PER_UNIT",
            "quantity": "1",
            "unit": "day",
            "rate": "350",
            "amount": "350.00",
            "rule": "LAY-1",
            "stop_sequence": 2,
            "steps": [
                (
                    "After 9h of waiting it is a layover, which replaces detention (DET-4)",
                    "Nov 18 23:00 EST",
                ),
                ("From Nov 18 14:00 EST to Nov 19 01:00 EST", "11h 00m"),
                ("Each 24 hours begun", "1 day"),
                ("1 day × $350.00 per day", "$350.00"),
                ("Amount", "$350.00"),
            ],
            "evidence": clocks("Nov 19 01:00 EST", "2026-11-19T06:00:00Z"),
        },
        {
            "rule": "DET-4",
            "code": "DET",
            "reason": "After 9h of waiting it is a layover, which replaces detention (LAY-1)",
            "stop_sequence": 2,
            "evidence": clocks("Nov 19 01:00 EST", "2026-11-19T06:00:00Z"),
            "steps": [],
        },
    ]


def test_a_layover_by_the_night_is_told_in_full():
    found = quote(held(35), converting(layover_period=LayoverPeriod.NIGHT))

    assert at_stop_2(found) == [
        {
            "code": "DET",
            "description": "Detention, stop 2",
            "summary": "Nov 18 14:00 – Nov 20 01:00, 2h free",
            "basis": "PER_HOUR",
            "quantity": "7.00",
            "unit": "h",
            "rate": "75",
            "amount": "525.00",
            "rule": "DET-4",
            "stop_sequence": 2,
            "steps": [
                ("Came 13:48 EST; the clock starts at the appointment", "14:00 EST"),
                ("Free time", "2h 00m"),
                ("Left 01:00 EST, free until 16:00 EST", "33h 00m over"),
                (
                    "After 9h of waiting it is a layover, which follows (LAY-1)",
                    "7h 00m of detention",
                ),
                ("Round up to the next 15 minutes", "7 h"),
                ("7 h × $75.00 per h", "$525.00"),
                ("Amount", "$525.00"),
            ],
            "evidence": clocks("Nov 20 01:00 EST", "2026-11-20T06:00:00Z"),
            "needs_approval": True,
            "approval_reason": "7h 00m is over 1h 00m",
        },
        {
            "code": "LAY",
            "description": "Layover, stop 2",
            "summary": "2 nights from Nov 18 23:00 EST",
            "basis": "PER_UNIT",
            "quantity": "2",
            "unit": "night",
            "rate": "350",
            "amount": "700.00",
            "rule": "LAY-1",
            "stop_sequence": 2,
            "steps": [
                (
                    "After 9h of waiting it is a layover, which follows detention (DET-4)",
                    "Nov 18 23:00 EST",
                ),
                ("From Nov 18 23:00 EST to Nov 20 01:00 EST", "26h 00m"),
                ("Each night begun", "2 nights"),
                ("2 nights × $350.00 per night", "$700.00"),
                ("Amount", "$700.00"),
            ],
            "evidence": clocks("Nov 20 01:00 EST", "2026-11-20T06:00:00Z"),
        },
    ]


def test_a_layover_that_was_recorded_is_told_in_full():
    found = quote(replace(held(11), services=(NIGHTS,)), converting())

    assert at_stop_2(found) == [
        {
            "code": "DET",
            "description": "Detention, stop 2",
            "summary": "Nov 18 14:00 – Nov 19 01:00, 2h free",
            "basis": "PER_HOUR",
            "quantity": "7.00",
            "unit": "h",
            "rate": "75",
            "amount": "525.00",
            "rule": "DET-4",
            "stop_sequence": 2,
            "steps": [
                ("Came 13:48 EST; the clock starts at the appointment", "14:00 EST"),
                ("Free time", "2h 00m"),
                ("Left 01:00 EST, free until 16:00 EST", "9h 00m over"),
                (
                    "After 9h of waiting it is a layover, which follows (LAY-1)",
                    "7h 00m of detention",
                ),
                ("Round up to the next 15 minutes", "7 h"),
                ("7 h × $75.00 per h", "$525.00"),
                ("Amount", "$525.00"),
            ],
            "evidence": clocks("Nov 19 01:00 EST", "2026-11-19T06:00:00Z"),
            "needs_approval": True,
            "approval_reason": "7h 00m is over 1h 00m",
        },
        {
            "code": "LAY",
            "description": "Layover, stop 2",
            "summary": "2 nights",
            "basis": "PER_UNIT",
            "quantity": "2",
            "unit": "night",
            "rate": "350",
            "amount": "700.00",
            "rule": "LAY-1",
            "stop_sequence": 2,
            "steps": [
                ("Recorded: Layover", "2 nights"),
                ("2 nights × $350.00 per night", "$700.00"),
                ("Amount", "$700.00"),
            ],
            "evidence": [("service", "LAYOVER, 2 nights", "dispatcher")],
        },
        {
            "rule": "LAY-1",
            "code": "LAY",
            "reason": "the layover at stop 2 is charged as it was recorded",
            "stop_sequence": 2,
            "evidence": clocks("Nov 19 01:00 EST", "2026-11-19T06:00:00Z"),
            "steps": [],
        },
    ]


def test_a_wait_that_several_pay_is_told_in_full():
    found = quote(
        with_stop(LOAD, 2, weight_lb=Decimal(3000), truck_weight_lb=Decimal(9000)), SHARED
    )

    assert at_stop_2(found) == [
        {
            "code": "DET",
            "description": "Detention, stop 2",
            "summary": "14:00 – 17:12, 2h free",
            "basis": "PER_HOUR",
            "quantity": "1",
            "unit": "share",
            "rate": "31.25",
            "amount": "31.25",
            "rule": "DET-4",
            "stop_sequence": 2,
            "steps": [
                ("Came 13:48 EST; the clock starts at the appointment", "14:00 EST"),
                ("Free time", "2h 00m"),
                ("Left 17:12 EST, free until 16:00 EST", "1h 12m over"),
                ("Round up to the next 15 minutes", "1.25 h"),
                ("1.25 h × $75.00 per h", "$93.75"),
                ("Share by weight, 3,000 of 9,000 lb at the stop", "$31.25"),
                ("Amount", "$31.25"),
            ],
            "evidence": [
                (
                    "clock",
                    "Arrived Nov 18 13:48 EST",
                    "ELD geofence",
                    "milestone:7",
                    "2026-11-18T18:48:00Z",
                ),
                (
                    "clock",
                    "Left Nov 18 17:12 EST",
                    "ELD geofence",
                    "milestone:8",
                    "2026-11-18T22:12:00Z",
                ),
                ("clock", "Appointment Nov 18 14:00 EST", "appointment", "2026-11-18T19:00:00Z"),
                ("free_until", "Free until Nov 18 16:00 EST", "2026-11-18T21:00:00Z"),
            ],
            "needs_approval": True,
            "approval_reason": "1h 12m is over 1h 00m",
        }
    ]


def test_a_share_that_cannot_be_told_is_told_in_full():
    found = quote(
        with_stop(replace(LOAD, weight_lb=None), 2, truck_weight_lb=Decimal(12000)), SHARED
    )

    assert at_stop_2(found) == [
        {
            "code": "fact_missing",
            "message": "DET-4: is shared by weight, and the load's own at stop 2 is not known",
            "subject_key": "fact:weight",
            "stop_sequence": 2,
            "steps": [],
            "evidence": [],
        }
    ]


def test_a_dock_without_hours_is_told_in_full():
    found = quote(
        with_stop(FCFS, 2, receiving_hours=()), terms(hours_counted=HoursCounted.ALL_STOPS)
    )

    assert at_stop_2(found) == [
        {
            "code": "fact_missing",
            "message": "DET-4: counts waiting inside receiving hours, and those of stop 2 are not "
            "known",
            "subject_key": "hours:2",
            "stop_sequence": 2,
            "steps": [],
            "evidence": [],
        }
    ]


def test_a_reversed_clock_is_told_in_full():
    found = quote(with_stop(LOAD, 2, departed=clock("2026-11-18T17:00")), terms())

    assert at_stop_2(found) == [
        {
            "code": "clock_reversed",
            "message": "DET-4: stop 2 was left Nov 18 12:00 EST, before the arrival Nov 18 13:48 "
            "EST",
            "subject_key": "stop:2",
            "stop_sequence": 2,
            "steps": [],
            "evidence": [],
        }
    ]


def test_a_late_truck_is_told_in_full():
    found = quote(with_stop(LOAD, 2, arrived=clock("2026-11-18T20:00")), converting())

    assert at_stop_2(found) == [
        {
            "rule": "DET-4",
            "code": "DET",
            "reason": "arrived 1h 00m late, over the 30m allowed",
            "stop_sequence": 2,
            "evidence": [
                ("clock", "Arrived Nov 18 15:00 EST", "ELD geofence", "2026-11-18T20:00:00Z"),
                (
                    "clock",
                    "Left Nov 18 17:12 EST",
                    "ELD geofence",
                    "milestone:8",
                    "2026-11-18T22:12:00Z",
                ),
                ("clock", "Appointment Nov 18 14:00 EST", "appointment", "2026-11-18T19:00:00Z"),
                ("free_until", "Free until Nov 18 17:00 EST", "2026-11-18T22:00:00Z"),
            ],
            "steps": [],
        }
    ]
