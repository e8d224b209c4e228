"""Detention: a charge for each stop where the truck waited beyond its free time."""

from dataclasses import replace
from decimal import Decimal

from rating.engine.book import DetentionTerms
from rating.engine.charging import Desk, Outcome, Ruling
from rating.engine.choices import Basis, CapPeriod, CarrierDelay, Increments, Prorating
from rating.engine.clocks import (
    ClockMissing,
    ClockReversed,
    Wait,
    measure_wait,
    whole_increments,
)
from rating.engine.delays import is_carriers, is_excluded, words_of
from rating.engine.facts import Clock, LoadFacts, Pause, StopFacts
from rating.engine.layovers import Layover, charge_layover, find_layover
from rating.engine.money import ONE, round_rate, tidy
from rating.engine.pricing import Bounds, Priced, bound
from rating.engine.quote import FREE_UNTIL, Evidence, ProblemCode, Step
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
            outcomes += _detain(desk, ruling, terms, stop)
    return outcomes


def _detain(desk: Desk, ruling: Ruling, terms: DetentionTerms, stop: StopFacts) -> list[Outcome]:
    weight = desk.facts.weight_lb if stop.weight_lb is None else stop.weight_lb
    wait = measure_wait(stop, terms, weight)
    if isinstance(wait, ClockMissing):
        return [_clock_missing(ruling, stop, wait)] if _is_due(stop, desk.facts) else []
    if isinstance(wait, ClockReversed):
        return [_clock_reversed(ruling, stop, wait)]
    if reason := _forfeited(stop, terms, wait):
        return [ruling.nothing(reason, stop.sequence, _evidence(stop, terms, wait))]
    if wait.over_free and wait.keeps_hours and not stop.receiving_hours:
        return [_hours_missing(ruling, stop)]
    layover = find_layover(wait, terms)
    if layover is None:
        return [_charge(ruling, stop, terms, wait, weight, minutes=wait.over_free)]
    evidence = _evidence(stop, terms, wait)
    return [
        _before_layover(ruling, stop, terms, wait, weight, layover),
        charge_layover(desk, ruling, stop, layover, evidence),
    ]


def _forfeited(stop: StopFacts, terms: DetentionTerms, wait: Wait) -> str:
    """Why nothing is owed for the wait however long it was, empty where something may be."""
    if wait.is_forfeited:
        late = f"{span(wait.late_minutes)} late, over the {span(terms.late_tolerance_minutes)}"
        return f"arrived {late} allowed"
    if terms.carrier_delay != CarrierDelay.FORFEITS_DETENTION:
        return ""
    own = next((pause for pause in stop.pauses if is_carriers(pause, terms)), None)
    if own is None:
        return ""
    told = clock_on(own.start.at, stop.timezone)
    return f"the delay told {told} is the carrier's own: {words_of(own)}"


def _before_layover(
    ruling: Ruling,
    stop: StopFacts,
    terms: DetentionTerms,
    wait: Wait,
    weight: Decimal | None,
    layover: Layover,
) -> Outcome:
    """The detention up to the layover; none where the layover replaces it."""
    if layover.replaces:
        reason = f"{layover.turn_words}, which replaces detention ({terms.layover_rule})"
        return ruling.nothing(reason, stop.sequence, _evidence(stop, terms, wait))
    minutes = max(layover.after - wait.free, 0)
    turn = Step(
        text=f"{layover.turn_words}, which follows ({terms.layover_rule})",
        value=f"{span(minutes)} of detention",
    )
    return _charge(ruling, stop, terms, wait, weight, minutes=minutes, turn=(turn,))


def _charge(
    ruling: Ruling,
    stop: StopFacts,
    terms: DetentionTerms,
    wait: Wait,
    weight: Decimal | None,
    *,
    minutes: int,
    turn: tuple[Step, ...] = (),
) -> Outcome:
    """Detention for so many minutes over the free time."""
    count = whole_increments(minutes, terms.increment_minutes, terms.increments)
    evidence = _evidence(stop, terms, wait)
    if not count:
        return ruling.nothing(_within(wait, minutes, terms), stop.sequence, evidence)
    priced = _price(ruling, count * terms.increment_minutes, terms)
    if _is_shared(stop, terms):
        if not weight:
            return _weight_missing(ruling, stop)
        priced = _prorate(priced, weight, stop.truck_weight_lb or weight, ruling)
    return ruling.line(
        priced,
        summary=f"{_stay(stop, wait)}, {short_span(wait.free)} free",
        stop_sequence=stop.sequence,
        before=(*_time_steps(stop, terms, wait), *turn),
        evidence=evidence,
        minutes=minutes,
    )


def _within(wait: Wait, minutes: int, terms: DetentionTerms) -> str:
    if not minutes:
        return f"{span(wait.billable)} is inside {span(wait.free)} free time"
    return f"{span(minutes)} over free time counts as no {terms.increment_minutes} minutes"


def _is_shared(stop: StopFacts, terms: DetentionTerms) -> bool:
    return terms.prorating == Prorating.BY_WEIGHT and stop.truck_weight_lb is not None


def _prorate(priced: Priced, own: Decimal, whole: Decimal, ruling: Ruling) -> Priced:
    """This payor's part of the charge by the weight at the stop; all of it when alone."""
    if own >= whole:
        return priced
    currency = ruling.version.currency
    amount = ruling.version.rounder.money(priced.amount * own / whole)
    share = Step(
        text=f"Share by weight, {number(own)} of {number(whole)} lb at the stop",
        value=money(amount, currency),
    )
    return replace(
        priced,
        quantity=ONE,
        unit="share",
        rate=amount,
        amount=amount,
        steps=(*priced.steps, share),
    )


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


def _time_steps(stop: StopFacts, terms: DetentionTerms, wait: Wait) -> tuple[Step, ...]:
    zone = stop.timezone
    steps = [Step(text=_start_words(stop, wait), value=clock(wait.started_at, zone))]
    if wait.keeps_hours:
        steps.append(Step(text="Inside receiving hours", value=span(wait.waited)))
    if wait.paused:
        steps.append(Step(text=_excluded_words(stop, terms), value=span(wait.paused)))
    free_until = wait.free_until or wait.end.at
    return (
        *steps,
        Step(text="Free time", value=span(wait.free)),
        Step(
            text=f"Left {clock(wait.end.at, zone)}, free until {clock(free_until, zone)}",
            value=f"{span(wait.over_free)} over",
        ),
    )


def _excluded_words(stop: StopFacts, terms: DetentionTerms) -> str:
    named = [words_of(each) for each in stop.pauses if each.code and is_excluded(each, terms)]
    return ": ".join(filter(None, ("Excluded time", ", ".join(dict.fromkeys(named)))))


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


def _evidence(stop: StopFacts, terms: DetentionTerms, wait: Wait) -> tuple[Evidence, ...]:
    """Both clocks, the appointment, what was told of the wait, and the end of the free time."""
    due = None if stop.is_fcfs else stop.appointment_from
    appointment = [Clock(at=due, source="appointment")] if due else []
    over = [Clock(at=wait.free_until)] if wait.free_until else []
    return (
        _seen("Arrived", wait.start, stop),
        _seen("Left", wait.end, stop),
        *(_seen("Appointment", each, stop) for each in appointment),
        *(_told(pause, stop, terms) for pause in stop.pauses),
        *(replace(_seen("Free until", each, stop), kind=FREE_UNTIL) for each in over),
    )


def _told(pause: Pause, stop: StopFacts, terms: DetentionTerms) -> Evidence:
    is_counted = not is_excluded(pause, terms)
    effect = "counted as waiting" if is_counted else "not counted"
    word = words_of(pause)
    seen = _seen(f"{word[0].upper()}{word[1:]}, {effect},", pause.start, stop)
    return replace(seen, kind="delay")


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
    began, ended = (clock_on(each.at, stop.timezone) for each in (found.start, found.end))
    words = f"stop {stop.sequence} was left {ended}, before the arrival {began}"
    if found.is_pause:
        words = f"a delay at stop {stop.sequence} ended {ended}, before it began {began}"
    return ruling.problem(
        ProblemCode.CLOCK_REVERSED,
        words,
        subject=f"stop:{stop.sequence}",
        stop_sequence=stop.sequence,
    )


def _hours_missing(ruling: Ruling, stop: StopFacts) -> Outcome:
    return ruling.problem(
        ProblemCode.FACT_MISSING,
        f"counts waiting inside receiving hours, and those of stop {stop.sequence} are not known",
        subject=f"hours:{stop.sequence}",
        stop_sequence=stop.sequence,
    )


def _weight_missing(ruling: Ruling, stop: StopFacts) -> Outcome:
    return ruling.problem(
        ProblemCode.FACT_MISSING,
        f"is shared by weight, and the load's own at stop {stop.sequence} is not known",
        subject="fact:weight",
        stop_sequence=stop.sequence,
    )
