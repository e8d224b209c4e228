"""What was told of a wait: what is not counted, what defeats it, what supports it."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from rating.engine.book import AccessorialRule
from rating.engine.choices import CarrierDelay, HoursCounted, Prorating
from rating.engine.facts import Clock, LoadFacts, OpenHours, Pause
from rating.engine.quote import Line, NoCharge, Quote
from rating.engine.rate import rate
from tests.rating.engine.building import BOOK, DETENTION, LOAD, TERMS, clock, only, utc, with_stop

# Stop 2 counts from 14:00 to 17:12 local (19:00Z to 22:12Z), two hours free.
WEEKDAYS = tuple(OpenHours(weekday=n, opens_at=420, closes_at=960) for n in range(5))


def quote(facts: LoadFacts, rule: AccessorialRule = DETENTION) -> Quote:
    return rate(facts, only(BOOK, rule))


def detained(facts: LoadFacts, rule: AccessorialRule = DETENTION) -> Line:
    return next(line for line in quote(facts, rule).lines if line.identity == ("DET", 2, 1))


def free(facts: LoadFacts, rule: AccessorialRule = DETENTION) -> NoCharge:
    return next(each for each in quote(facts, rule).no_charges if each.stop_sequence == 2)


def terms(**changes: Any) -> AccessorialRule:
    return replace(DETENTION, detention=replace(TERMS, **changes))


def told(code: str, start: str = "20:00", end: str = "", **more: Any) -> LoadFacts:
    pause = Pause(
        start=clock(f"2026-11-18T{start}", source="tms", reference="milestone:44"),
        end=clock(f"2026-11-18T{end}") if end else None,
        code=code,
        **more,
    )
    return with_stop(LOAD, 2, pauses=(pause,))


@pytest.mark.parametrize("code", ["AH", "AI", "D1", "D2"])
def test_the_carriers_own_delay_is_not_paid(code: str):
    line = detained(told(code, "20:00", "20:30"))

    assert line.amount == Decimal("56.25")
    assert line.steps[1].value == "30m"
    assert line.steps[1].text.startswith("Excluded time: ")
    assert line.steps[1].text.endswith(f"({code})")


def test_a_delay_without_an_end_lasts_until_the_truck_leaves():
    found = free(told("AH", "20:30"))

    assert found.reason == "1h 30m is inside 2h 00m free time"
    assert ("delay", "Driver (AH), not counted, Nov 18 15:30 EST", "tms", "milestone:44") in [
        (each.kind, each.text, each.source, each.reference) for each in found.evidence
    ]


@pytest.mark.parametrize("code", ["AG", "AM", "B8", "B9", "SN", "UG", "UH", "ZZ"])
def test_a_delay_of_the_shipper_or_consignee_supports_detention(code: str):
    line = detained(told(code))

    assert line.amount == Decimal("93.75")
    assert [each.kind for each in line.evidence].count("delay") == 1
    assert "counted as waiting" in next(e.text for e in line.evidence if e.kind == "delay")


def test_the_words_of_the_teller_come_before_ours():
    line = detained(told("B8", reason="forklift down"))

    assert "Forklift down (B8), counted as waiting, Nov 18 15:00 EST" in [
        each.text for each in line.evidence
    ]


def test_the_contract_may_let_the_carriers_delay_forfeit_everything():
    rule = terms(carrier_delay=CarrierDelay.FORFEITS_DETENTION)

    assert free(told("D2", "19:10", "19:20"), rule).reason == (
        "the delay told Nov 18 14:10 EST is the carrier's own: no driver (D2)"
    )
    assert detained(told("UH"), rule).amount == Decimal("93.75")


def test_the_contract_may_count_the_carriers_delay():
    rule = terms(carrier_delay=CarrierDelay.COUNTED)

    assert detained(told("AH", "20:00", "20:30"), rule).amount == Decimal("93.75")


def test_which_reasons_are_the_carriers_is_a_setting():
    rule = terms(excluded_reasons="AO")

    assert detained(told("AH", "20:00", "20:30"), rule).amount == Decimal("93.75")
    assert detained(told("AO", "20:00", "20:30"), rule).amount == Decimal("56.25")


@pytest.mark.parametrize(
    ("most", "end", "excluded"),
    [(60, "20:30", 30), (60, "21:45", 60), (60, "", 60), (30, "20:45", 30), (0, "20:45", 0)],
)
def test_a_meal_break_is_not_counted_up_to_what_the_rule_allows(most: int, end: str, excluded: int):
    line = detained(told("MEAL", "20:00", end), terms(meal_break_minutes=most, free_times=()))

    assert line.quantity == Decimal(-(-(192 - excluded) // 15)) / 4


def test_a_delay_that_ends_before_it_begins_is_a_problem():
    (problem,) = quote(told("AH", "20:30", "20:00")).problems

    assert (problem.code, problem.subject_key) == ("clock_reversed", "stop:2")
    assert "a delay at stop 2 ended Nov 18 15:00 EST" in problem.message


def test_pauses_that_nobody_pays_for_are_called_so():
    line = detained(told("", "20:00", "20:30"))

    assert "Pause, not counted, Nov 18 15:00 EST" in [each.text for each in line.evidence]


FCFS = with_stop(LOAD, 2, is_fcfs=True, receiving_hours=WEEKDAYS)


@pytest.mark.parametrize(
    ("counted", "is_fcfs", "minutes"),
    [
        # Came 13:48, left 17:12; the dock closes at 16:00.
        (HoursCounted.ALWAYS, True, 204),
        (HoursCounted.FIRST_COME, True, 132),
        (HoursCounted.FIRST_COME, False, 192),
        (HoursCounted.ALL_STOPS, False, 120),
    ],
)
def test_where_waiting_counts_inside_receiving_hours_is_a_setting(
    counted: HoursCounted, is_fcfs: bool, minutes: int
):
    facts = with_stop(FCFS, 2, is_fcfs=is_fcfs)
    line = detained(facts, terms(hours_counted=counted, free_times=(), increment_minutes=1))

    assert line.quantity == (Decimal(minutes) / 60).quantize(Decimal("0.0001"))


def test_free_time_that_is_not_used_up_today_goes_on_when_the_dock_opens():
    left = with_stop(FCFS, 2, arrived=clock("2026-11-18T20:00"), departed=clock("2026-11-19T14:30"))
    line = detained(left, terms(hours_counted=HoursCounted.FIRST_COME))

    # Came 15:00: an hour that day, another from 07:00; left 09:30.
    assert line.evidence[-1].at == "2026-11-19T13:00:00Z"
    assert line.quantity == Decimal("1.50")
    assert ("Inside receiving hours", "3h 30m") in [(s.text, s.value) for s in line.steps]


def test_hours_that_are_not_known_are_a_problem_once_they_would_matter():
    rule = terms(hours_counted=HoursCounted.ALL_STOPS)
    unknown = with_stop(LOAD, 2, receiving_hours=())
    (problem, _) = quote(unknown, rule).problems

    assert (problem.code, problem.subject_key) == ("fact_missing", "hours:2")
    short = with_stop(unknown, 2, departed=clock("2026-11-18T20:00"))
    assert free(short, rule).reason == "1h 00m is inside 2h 00m free time"


SHARED = terms(prorating=Prorating.BY_WEIGHT)


@pytest.mark.parametrize(
    ("own", "whole", "amount"),
    [
        ("3000", "12000", "23.44"),
        ("12000", "12000", "93.75"),
        ("12000", "9000", "93.75"),  # the truck cannot carry less than this load
        ("3000", None, "93.75"),
    ],
)
def test_several_payors_share_detention_by_weight(own: str, whole: str | None, amount: str):
    facts = with_stop(
        LOAD, 2, weight_lb=Decimal(own), truck_weight_lb=Decimal(whole) if whole else None
    )
    line = detained(facts, SHARED)

    assert line.amount == Decimal(amount)
    assert abs(line.quantity * line.rate - line.amount) < Decimal("0.01")


def test_the_share_is_a_step():
    facts = with_stop(LOAD, 2, weight_lb=Decimal(3000), truck_weight_lb=Decimal(12000))
    line = detained(facts, SHARED)

    assert [(step.text, step.value) for step in line.steps[-2:]] == [
        ("Share by weight, 3,000 of 12,000 lb at the stop", "$23.44"),
        ("Amount", "$23.44"),
    ]
    assert detained(facts).amount == Decimal("93.75")


def test_a_share_of_a_weight_nobody_knows_is_a_problem():
    facts = with_stop(replace(LOAD, weight_lb=None), 2, truck_weight_lb=Decimal(12000))
    problems = [(each.code, each.subject_key) for each in quote(facts, SHARED).problems]

    assert ("fact_missing", "fact:weight") in problems


def test_the_night_the_clocks_went_back_is_an_hour_longer():
    stop: dict[str, Any] = {
        "timezone": "America/Chicago", "is_fcfs": True, "appointment_from": None,
        "receiving_hours": tuple(
            OpenHours(weekday=n, opens_at=1320, closes_at=360) for n in range(7)
        ),
        "arrived": Clock(at=utc("2026-11-01T03:00")), "departed": Clock(at=utc("2026-11-01T13:00")),
    }  # fmt: skip
    rule = terms(hours_counted=HoursCounted.FIRST_COME, free_times=())

    # 22:00 to 06:00 that night lasts nine hours; left at 07:00.
    assert detained(with_stop(LOAD, 2, **stop), rule).quantity == Decimal(9)
