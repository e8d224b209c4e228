"""Detention from real clocks, with the reason when there is none."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from rating.engine.book import AccessorialRule, FreeTime, RateBook
from rating.engine.choices import Basis, CapPeriod, Increments, StopKind
from rating.engine.facts import Clock, LoadFacts, Pause
from rating.engine.quote import Line, Quote
from rating.engine.rate import rate
from tests.rating.engine.building import (
    BOOK,
    DETENTION,
    LOAD,
    TERMS,
    clock,
    only,
    utc,
    with_stop,
)


def quote(facts: LoadFacts = LOAD, rule: AccessorialRule = DETENTION) -> Quote:
    return rate(facts, only(BOOK, rule))


def detained(facts: LoadFacts = LOAD, rule: AccessorialRule = DETENTION, stop: int = 2) -> Line:
    return next(line for line in quote(facts, rule).lines if line.identity == ("DET", stop, 1))


def stayed(hours: int, minutes: int = 0) -> LoadFacts:
    """Held at stop 2 for so long after its appointment, and nowhere else."""
    left = utc("2026-11-18T19:00") + timedelta(hours=hours, minutes=minutes)
    facts = with_stop(LOAD, 2, departed=Clock(at=left))
    return with_stop(facts, 3, departed=clock("2026-11-19T12:00"))


def rule(**changes: Any) -> AccessorialRule:
    return replace(DETENTION, **changes)


def terms(**changes: Any) -> AccessorialRule:
    return replace(DETENTION, detention=replace(TERMS, **changes))


def test_each_stop_over_its_free_time_is_a_charge_of_its_own():
    lines = [line for line in quote().lines if line.code == "DET"]

    assert [(line.description, line.quantity, line.amount) for line in lines] == [
        ("Detention, stop 2", Decimal("1.25"), Decimal("93.75")),
        ("Detention, stop 3", Decimal("1.50"), Decimal("112.50")),
    ]


def test_the_steps_lead_from_the_clock_to_the_amount():
    assert [(step.text, step.value) for step in detained().steps] == [
        ("Came 13:48 EST; the clock starts at the appointment", "14:00 EST"),
        ("Free time", "2h 00m"),
        ("Left 17:12 EST, free until 16:00 EST", "1h 12m over"),
        ("Round up to the next 15 minutes", "1.25 h"),
        ("1.25 h × $75.00 per h", "$93.75"),
        ("Amount", "$93.75"),
    ]


def test_both_clocks_and_the_appointment_are_evidence():
    evidence = detained().evidence

    assert [(each.text, each.source, each.reference, each.at) for each in evidence] == [
        ("Arrived Nov 18 13:48 EST", "ELD geofence", "milestone:7", "2026-11-18T18:48:00Z"),
        ("Left Nov 18 17:12 EST", "ELD geofence", "milestone:8", "2026-11-18T22:12:00Z"),
        ("Appointment Nov 18 14:00 EST", "appointment", "", "2026-11-18T19:00:00Z"),
        ("Free until Nov 18 16:00 EST", "", "", "2026-11-18T21:00:00Z"),
    ]


def test_the_end_of_the_free_time_is_data_also_where_nothing_is_charged():
    charged = detained().evidence[-1]
    free = next(each for each in quote(stayed(1)).no_charges if each.stop_sequence == 2)

    assert (charged.kind, charged.at) == ("free_until", "2026-11-18T21:00:00Z")
    assert (free.evidence[-1].kind, free.evidence[-1].at) == (charged.kind, charged.at)


@pytest.mark.parametrize("changes", [{"is_fcfs": True}, {"appointment_from": None}])
def test_without_an_appointment_that_counts_there_are_two_clocks(changes: dict[str, Any]):
    line = detained(with_stop(LOAD, 2, **changes))

    assert [each.kind for each in line.evidence] == ["clock", "clock", "free_until"]


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"appointment_from": None}, "The clock starts at arrival"),
        ({"is_fcfs": True}, "First come, first served; the clock starts at arrival"),
        (
            {"appointment_from": utc("2026-11-18T18:30")},
            "Came 18m late; the clock starts at arrival",
        ),
    ],
)
def test_the_first_step_says_why_the_clock_starts(changes: dict[str, Any], words: str):
    assert detained(with_stop(LOAD, 2, **changes)).steps[0].text == words


def test_the_summary_is_the_stay_at_the_place():
    over_night = with_stop(LOAD, 2, departed=clock("2026-11-19T06:30"))

    assert detained().summary == "14:00 – 17:12, 2h free"
    assert detained(over_night).summary == "Nov 18 14:00 – Nov 19 01:30, 2h free"


def test_pauses_are_shown_and_taken_off():
    lunch = Pause(start=clock("2026-11-18T20:00"), end=clock("2026-11-18T20:30"))
    line = detained(with_stop(LOAD, 2, pauses=(lunch,)))

    assert line.amount == Decimal("56.25")
    assert [(step.text, step.value) for step in line.steps[1:4]] == [
        ("Excluded time", "30m"),
        ("Free time", "2h 00m"),
        ("Left 17:12 EST, free until 16:30 EST", "42m over"),
    ]


def test_inside_the_free_time_nothing_is_charged_and_the_reason_is_kept():
    found = quote(stayed(2))

    assert all(line.code != "DET" for line in found.lines)
    assert ("DET-4", "DET", "2h 00m is inside 2h 00m free time", 2) in [
        (each.rule, each.code, each.reason, each.stop_sequence) for each in found.no_charges
    ]


def test_a_minute_over_the_free_time_is_an_increment():
    assert detained(stayed(2, 1)).amount == Decimal("18.75")


def test_time_that_fills_no_increment_says_so():
    found = quote(stayed(2, 7), terms(increments=Increments.HALF_AND_OVER))

    assert "7m over free time counts as no 15 minutes" in [each.reason for each in found.no_charges]


@pytest.mark.parametrize(
    ("increments", "minutes", "words", "amount"),
    [
        (Increments.ANY_STARTED, 16, "Round up to the next 15 minutes", "37.50"),
        (Increments.HALF_AND_OVER, 23, "Round to the nearest 15 minutes", "37.50"),
        (Increments.FULL_ONLY, 29, "Count full 15 minutes only", "18.75"),
    ],
)
def test_the_rounding_of_time_is_a_setting(
    increments: Increments, minutes: int, words: str, amount: str
):
    line = detained(stayed(2, minutes), terms(increments=increments))

    assert line.steps[3].text == words
    assert line.amount == Decimal(amount)


def test_a_rate_may_be_for_each_increment():
    line = detained(rule=rule(basis=Basis.PER_UNIT, rate=Decimal(20)))

    assert (line.quantity, line.unit, line.rate, line.amount) == (
        Decimal(5), "15 min", Decimal(20), Decimal(100),
    )  # fmt: skip
    assert [step.value for step in line.steps[3:5]] == ["5 × 15 min", "$100.00"]


def test_a_rate_may_be_for_the_day():
    by_day = replace(terms(increment_minutes=1440), basis=Basis.PER_DAY, rate=Decimal(60))
    line = detained(stayed(30), by_day)

    assert (line.quantity, line.unit, line.amount) == (Decimal(2), "day", Decimal("120.00"))


def test_an_increment_that_divides_no_hour_is_billed_exactly():
    line = detained(stayed(2, 20), replace(terms(increment_minutes=20), rate=Decimal("1000.01")))

    assert line.quantity == Decimal("0.3333")
    assert line.amount == Decimal("333.34")


def test_a_minimum_counts_once_something_is_billable():
    line = detained(stayed(2, 1), rule(minimum=Decimal(61)))

    assert (line.basis, line.amount) == (Basis.MINIMUM, Decimal("61.00"))


def test_a_cap_holds_the_whole_stay():
    line = detained(stayed(60), rule(maximum=Decimal(600)))

    assert (line.basis, line.amount) == (Basis.MAXIMUM, Decimal("600.00"))


@pytest.mark.parametrize(
    ("hours", "amount"),
    [
        (8, "450.00"),  # 6 billable hours, under the cap
        (10, "600.00"),  # exactly the cap
        (26, "600.00"),  # 24 billable hours: one day at its cap
        (28, "750.00"),  # a day at its cap and 2 hours
        (74, "1800.00"),  # three days at the cap
    ],
)
def test_a_daily_cap_holds_each_24_hours_apart(hours: int, amount: str):
    line = detained(stayed(hours), rule(maximum=Decimal(600), cap_period=CapPeriod.DAY))

    assert line.amount == Decimal(amount)


def test_a_daily_cap_that_is_not_reached_changes_nothing():
    line = detained(rule=rule(maximum=Decimal(600), cap_period=CapPeriod.DAY))

    assert (line.basis, line.amount) == (Basis.PER_HOUR, Decimal("93.75"))


def test_a_late_truck_forfeits_where_the_contract_says_so():
    late = with_stop(LOAD, 2, appointment_from=utc("2026-11-18T18:00"))
    found = quote(late)

    assert ("DET", 2, 1) not in [line.identity for line in found.lines]
    assert "arrived 48m late, over the 30m allowed" in [each.reason for each in found.no_charges]


@pytest.mark.parametrize(("clocks", "which"), [("arrived", "arrival"), ("departed", "departure")])
def test_a_missing_clock_of_a_delivered_load_is_a_problem(clocks: str, which: str):
    found = quote(with_stop(LOAD, 2, **{clocks: None}))

    assert [(each.code, each.subject_key, each.stop_sequence) for each in found.problems] == [
        ("clock_missing", "stop:2", 2)
    ]
    assert found.problems[0].message == (
        f"DET-4: stop 2 has no {which} time, so waiting cannot be told"
    )
    assert ("DET", 2, 1) not in [line.identity for line in found.lines]


def test_a_truck_that_is_still_there_is_neither_charged_nor_a_problem():
    facts = with_stop(replace(LOAD, is_delivered=False), 3, departed=None)
    found = quote(facts)

    assert found.problems == ()
    assert [line.identity for line in found.lines if line.code == "DET"] == [("DET", 2, 1)]


@pytest.mark.parametrize(
    "changes",
    [
        {"is_complete": True, "arrived": None, "departed": None},
        {"arrived": None},
    ],
)
def test_a_stop_that_is_over_needs_both_clocks_before_delivery_too(changes: dict[str, Any]):
    facts = with_stop(replace(LOAD, is_delivered=False), 2, **changes)

    assert [each.code for each in quote(facts).problems] == ["clock_missing"]


def test_a_reversed_clock_is_a_problem_never_nothing():
    found = quote(with_stop(LOAD, 2, departed=clock("2026-11-18T18:00")))

    assert [(each.code, each.subject_key) for each in found.problems] == [
        ("clock_reversed", "stop:2")
    ]
    assert found.problems[0].message == (
        "DET-4: stop 2 was left Nov 18 13:00 EST, before the arrival Nov 18 13:48 EST"
    )


def test_a_skipped_stop_is_not_looked_at():
    found = quote(with_stop(LOAD, 2, is_skipped=True, departed=None))

    assert found.problems == ()


def test_a_rule_for_one_kind_of_stop_leaves_the_others_alone():
    found = quote(rule=rule(stop_kind=StopKind.DELIVERY))

    assert [line.stop_sequence for line in found.lines if line.code == "DET"] == [3]
    assert found.problems == ()


def test_a_rule_without_terms_charges_nothing():
    assert [line.code for line in quote(rule=rule(detention=None)).lines] == ["LHS"]


def test_the_weight_of_the_stop_chooses_its_free_time_before_the_loads():
    by_weight = terms(
        free_times=(FreeTime(minutes=60), FreeTime(minutes=120, from_weight_lb=Decimal(10000)))
    )
    light = with_stop(LOAD, 2, weight_lb=Decimal(9000))

    assert detained(rule=by_weight).quantity == Decimal("1.25")
    assert detained(light, by_weight).quantity == Decimal("2.25")


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"approval_above_minutes": 71}, "1h 12m is over 1h 11m"),
        ({"approval_above_minutes": 72}, ""),
        (
            {"approval_above_minutes": None, "approval_above_amount": Decimal("93.74")},
            "over $93.74",
        ),
        ({"approval_above_minutes": None, "approval_above_amount": Decimal("93.75")}, ""),
        ({"always_needs_approval": True}, "every charge of this rule needs approval"),
    ],
)
def test_the_rule_says_when_a_person_must_approve(changes: dict[str, Any], reason: str):
    line = detained(rule=rule(**changes))

    assert line.approval_reason == reason
    assert line.needs_approval is bool(reason)


def test_the_price_does_not_depend_on_lanes():
    bare = RateBook(version=BOOK.version, accessorials=(DETENTION,))

    assert rate(LOAD, bare).total == Decimal("206.25")
