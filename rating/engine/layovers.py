"""A wait that lasts so long that it is no detention any more, but a layover."""

from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal

from rating.engine import spans
from rating.engine.book import DetentionTerms
from rating.engine.charging import Desk, Outcome, Ruling
from rating.engine.choices import Conversion, Increments, LayoverPeriod
from rating.engine.clocks import Wait, minutes_between, whole_increments
from rating.engine.facts import StopFacts
from rating.engine.quote import Evidence, ProblemCode, Step
from rating.engine.wording import clock_on, local, plural, short_span, span

_DAY = 24 * 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Layover:
    """A layover that a wait turned into: from `begin`, `after` minutes of waiting, to `end`."""

    rule: str
    after: int
    turned_at: datetime
    begin: datetime
    end: datetime
    replaces: bool
    period: LayoverPeriod

    @property
    def turn_words(self) -> str:
        """How both lines tell of it."""
        return f"After {short_span(self.after)} of waiting it is a layover"

    def count(self, timezone: str) -> int:
        """The periods that began: 24 hours of the clock, or midnights of the place and one."""
        if self.period == LayoverPeriod.DAY:
            minutes = minutes_between(self.begin, self.end)
            return whole_increments(minutes, _DAY, Increments.ANY_STARTED)
        first, last = (local(each, timezone).date() for each in (self.begin, self.end))
        return max((last - first).days, 1)


def find_layover(wait: Wait, terms: DetentionTerms) -> Layover | None:
    """The layover that the wait turned into, None while it is detention alone."""
    after = terms.layover_after_minutes
    if after is None or wait.billable <= after:
        return None
    turned_at = spans.reach(wait.counted, after) or wait.started_at
    replaces = terms.conversion == Conversion.LAYOVER_REPLACES
    return Layover(
        rule=terms.layover_rule,
        after=after,
        turned_at=turned_at,
        begin=wait.started_at if replaces else turned_at,
        end=wait.end.at,
        replaces=replaces,
        period=terms.layover_period,
    )


def charge_layover(
    desk: Desk, detention: Ruling, stop: StopFacts, layover: Layover, evidence: tuple[Evidence, ...]
) -> Outcome:
    """The charge of the layover rule for each period that began.

    A layover that was recorded at the stop is charged as it was recorded, and not once more.
    """
    ruling = desk.named(layover.rule)
    if ruling is None:
        return detention.problem(
            ProblemCode.NO_RATE,
            f"the wait at stop {stop.sequence} became a layover, and the card has no rule "
            f"{layover.rule} for this load",
            subject=f"rule:{layover.rule}",
            stop_sequence=stop.sequence,
        )
    if _is_recorded(desk, ruling, stop):
        reason = f"the layover at stop {stop.sequence} is charged as it was recorded"
        return ruling.nothing(reason, stop.sequence, evidence)
    count = layover.count(stop.timezone)
    unit = layover.period.value.lower()
    quantity = Decimal(count)
    return ruling.charge(
        replace(desk.measures, units=quantity, unit=unit, days=quantity),
        count=quantity,
        summary=f"{plural(count, unit)} from {clock_on(layover.begin, stop.timezone)}",
        stop_sequence=stop.sequence,
        before=_steps(detention, stop, layover, plural(count, unit)),
        evidence=evidence,
    )


def _is_recorded(desk: Desk, ruling: Ruling, stop: StopFacts) -> bool:
    return any(
        service.code == ruling.rule.service and service.stop_sequence in (None, stop.sequence)
        for service in desk.facts.services
    )


def _steps(detention: Ruling, stop: StopFacts, layover: Layover, periods: str) -> tuple[Step, ...]:
    effect = "which replaces" if layover.replaces else "which follows"
    length = span(minutes_between(layover.begin, layover.end))
    started = "24 hours" if layover.period == LayoverPeriod.DAY else "night"
    return (
        Step(
            text=f"{layover.turn_words}, {effect} detention ({detention.rule.rule})",
            value=clock_on(layover.turned_at, stop.timezone),
        ),
        Step(
            text=f"From {clock_on(layover.begin, stop.timezone)} "
            f"to {clock_on(layover.end, stop.timezone)}",
            value=length,
        ),
        Step(text=f"Each {started} begun", value=periods),
    )
