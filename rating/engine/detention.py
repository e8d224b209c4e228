"""Detention: a charge for each stop where the truck waited beyond its free time."""

from datetime import timedelta
from decimal import Decimal

from rating.engine.book import DetentionTerms
from rating.engine.charging import Desk, Outcome, Ruling
from rating.engine.choices import Basis, CapPeriod, Increments
from rating.engine.clocks import (
    ClockMissing,
    ClockReversed,
    Wait,
    measure_wait,
    whole_increments,
)
from rating.engine.facts import Clock, LoadFacts, StopFacts
from rating.engine.money import round_rate, tidy
from rating.engine.pricing import Bounds, Priced, bound
from rating.engine.quote import Evidence, ProblemCode, Step
from rating.engine.wording import clock, clock_on, day, local, money, number, short_span, span

_HOUR = 60
_DAY = 24 * _HOUR
# Hours are printed at four decimals; the amount is made from whole minutes.
_TIME_PLACES = 4


def charge_detention(desk: Desk) -> list[Outcome]:
    """What waiting costs at each stop that a rule covers; silent where the truck still is."""
    outcomes: list[Outcome] = []
    for stop in desk.facts.worked_stops:
        ruling = desk.ruling(stop)
        terms = ruling.rule.detention if ruling else None
        if ruling and terms:
            outcomes += _detain(ruling, terms, stop, desk.facts)
    return outcomes


def _detain(
    ruling: Ruling, terms: DetentionTerms, stop: StopFacts, facts: LoadFacts
) -> list[Outcome]:
    weight = facts.weight_lb if stop.weight_lb is None else stop.weight_lb
    wait = measure_wait(stop, terms, weight)
    if isinstance(wait, ClockMissing):
        return [_clock_missing(ruling, stop, wait)] if _is_due(stop, facts) else []
    if isinstance(wait, ClockReversed):
        return [_clock_reversed(ruling, stop, wait)]
    if wait.is_forfeited:
        late = f"{span(wait.late_minutes)} late, over the {span(terms.late_tolerance_minutes)}"
        return [ruling.nothing(f"arrived {late} allowed", stop.sequence)]
    return [_charge(ruling, stop, terms, wait)]


def _charge(ruling: Ruling, stop: StopFacts, terms: DetentionTerms, wait: Wait) -> Outcome:
    count = whole_increments(wait.over_free, terms.increment_minutes, terms.increments)
    if not count:
        return ruling.nothing(_within(wait, terms), stop.sequence)
    return ruling.line(
        _price(ruling, count * terms.increment_minutes, terms),
        summary=f"{_stay(stop, wait)}, {short_span(wait.free)} free",
        stop_sequence=stop.sequence,
        before=_time_steps(stop, wait),
        evidence=_evidence(stop, wait),
        minutes=wait.over_free,
    )


def _within(wait: Wait, terms: DetentionTerms) -> str:
    if not wait.over_free:
        return f"{span(wait.waited)} is inside {span(wait.free)} free time"
    return f"{span(wait.over_free)} over free time counts as no {terms.increment_minutes} minutes"


def _price(ruling: Ruling, minutes: int, terms: DetentionTerms) -> Priced:
    """`minutes` are whole increments. A daily cap holds each 24 hours of them apart."""
    rule, rounder = ruling.rule, ruling.version.rounder
    length, unit = _unit(rule.basis, terms)
    quantity = tidy(round_rate(Decimal(minutes) / length, _TIME_PLACES))
    amount = rounder.money(rule.rate * minutes / length)
    rate = money(rule.rate, rounder.currency)
    priced = Priced(
        basis=rule.basis,
        quantity=quantity,
        unit=unit,
        rate=rule.rate,
        amount=amount,
        steps=(
            Step(text=_rounding_words(terms), value=_count(quantity, unit)),
            Step(
                text=f"{_count(quantity, unit)} × {rate} per {unit}",
                value=money(amount, rounder.currency),
            ),
        ),
    )
    return bound(priced, _bounds(ruling, minutes, length), rounder)


def _unit(basis: Basis, terms: DetentionTerms) -> tuple[int, str]:
    """Minutes one unit of the rate pays for, and its name."""
    if basis == Basis.PER_HOUR:
        return _HOUR, "h"
    if basis == Basis.PER_DAY:
        return _DAY, "day"
    return terms.increment_minutes, f"{terms.increment_minutes} min"


def _count(quantity: Decimal, unit: str) -> str:
    return f"{number(quantity)} × {unit}" if unit[0].isdigit() else f"{number(quantity)} {unit}"


def _rounding_words(terms: DetentionTerms) -> str:
    length = f"{terms.increment_minutes} minutes"
    return {
        Increments.ANY_STARTED: f"Round up to the next {length}",
        Increments.HALF_AND_OVER: f"Round to the nearest {length}",
        Increments.FULL_ONLY: f"Count full {length} only",
    }[terms.increments]


def _bounds(ruling: Ruling, minutes: int, length: int) -> Bounds:
    rule, rounder = ruling.rule, ruling.version.rounder
    if rule.maximum is None or rule.cap_period == CapPeriod.STAY:
        return ruling.bounds
    days, rest = divmod(minutes, _DAY)
    whole_day = min(rounder.money(rule.rate * _DAY / length), rule.maximum)
    last_day = min(rounder.money(rule.rate * rest / length), rule.maximum)
    return Bounds(rule.minimum, days * whole_day + last_day)


def _time_steps(stop: StopFacts, wait: Wait) -> tuple[Step, ...]:
    zone = stop.timezone
    free_until = wait.started_at + timedelta(minutes=wait.free + wait.paused)
    steps = [Step(text=_start_words(stop, wait), value=clock(wait.started_at, zone))]
    if wait.paused:
        steps.append(Step(text="Excluded time", value=span(wait.paused)))
    return (
        *steps,
        Step(text="Free time", value=span(wait.free)),
        Step(
            text=f"Left {clock(wait.end.at, zone)}, free until {clock(free_until, zone)}",
            value=f"{span(wait.over_free)} over",
        ),
    )


def _start_words(stop: StopFacts, wait: Wait) -> str:
    came = clock(wait.start.at, stop.timezone)
    if wait.started_at > wait.start.at:
        return f"Came {came}; the clock starts at the appointment"
    if stop.is_fcfs:
        return "First come, first served; the clock starts at arrival"
    if wait.late_minutes:
        return f"Came {span(wait.late_minutes)} late; the clock starts at arrival"
    return "The clock starts at arrival"


def _stay(stop: StopFacts, wait: Wait) -> str:
    start, end = local(wait.started_at, stop.timezone), local(wait.end.at, stop.timezone)
    if start.date() == end.date():
        return f"{start:%H:%M} – {end:%H:%M}"
    return f"{day(start.date())} {start:%H:%M} – {day(end.date())} {end:%H:%M}"


def _evidence(stop: StopFacts, wait: Wait) -> tuple[Evidence, ...]:
    clocks = [_seen("Arrived", wait.start, stop), _seen("Left", wait.end, stop)]
    if stop.appointment_from is None or stop.is_fcfs:
        return tuple(clocks)
    due = Clock(at=stop.appointment_from, source="appointment")
    return (*clocks, _seen("Appointment", due, stop))


def _seen(word: str, seen: Clock, stop: StopFacts) -> Evidence:
    return Evidence(
        kind="clock",
        text=f"{word} {clock_on(seen.at, stop.timezone)}",
        source=seen.source,
        reference=seen.reference,
        at=seen.at.isoformat().replace("+00:00", "Z"),
    )


def _is_due(stop: StopFacts, facts: LoadFacts) -> bool:
    """Whether the stop is over, so that both its clocks should be known."""
    return stop.is_complete or facts.is_delivered or stop.departed is not None


def _clock_missing(ruling: Ruling, stop: StopFacts, missing: ClockMissing) -> Outcome:
    return ruling.problem(
        ProblemCode.CLOCK_MISSING,
        f"stop {stop.sequence} has no {missing.which} time, so waiting cannot be told",
        subject=f"stop:{stop.sequence}",
        stop_sequence=stop.sequence,
    )


def _clock_reversed(ruling: Ruling, stop: StopFacts, found: ClockReversed) -> Outcome:
    came, left = (clock_on(each.at, stop.timezone) for each in (found.start, found.end))
    return ruling.problem(
        ProblemCode.CLOCK_REVERSED,
        f"stop {stop.sequence} was left {left}, before the arrival {came}",
        subject=f"stop:{stop.sequence}",
        stop_sequence=stop.sequence,
    )
