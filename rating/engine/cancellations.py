"""Truck ordered and not used (TONU), and cancellations that came too late to be free."""

from dataclasses import replace

from rating.engine.charging import Desk, Outcome, Ruling
from rating.engine.clocks import minutes_between
from rating.engine.facts import Clock, LoadFacts
from rating.engine.money import ONE
from rating.engine.quote import Evidence, Step
from rating.engine.wording import clock_on, short_span


def charge_truck_not_used(desk: Desk) -> list[Outcome]:
    """One charge for a truck that was sent for nothing, or called off inside the notice."""
    ruling = desk.ruling()
    if ruling is None:
        return []
    facts = desk.facts
    if facts.truck_not_used:
        return [_charge(desk, ruling, facts.truck_not_used, "Truck ordered and not used")]
    if facts.cancelled is None:
        return []
    notice = _notice(facts, facts.cancelled)
    wanted = ruling.rule.notice_minutes
    if notice is None or wanted is None or notice >= wanted:
        return [ruling.nothing(_free_words(notice, wanted))]
    words = f"Cancelled inside the {short_span(wanted)} before pickup"
    return [_charge(desk, ruling, facts.cancelled, words)]


def _charge(desk: Desk, ruling: Ruling, when: Clock, words: str) -> Outcome:
    origin = desk.facts.origin
    told = clock_on(when.at, origin.timezone if origin else "UTC")
    return ruling.charge(
        replace(desk.measures, miles=desk.facts.deadhead_miles),
        count=ONE,
        summary=words,
        before=(Step(text=words, value=told),),
        evidence=(
            Evidence(
                kind="clock",
                text=f"{words}, {told}",
                source=when.source,
                reference=when.reference,
                at=when.at.isoformat().replace("+00:00", "Z"),
            ),
        ),
    )


def _notice(facts: LoadFacts, cancelled: Clock) -> int | None:
    """Minutes between the cancellation and the first appointment, None without one."""
    origin = facts.origin
    if origin is None or origin.appointment_from is None:
        return None
    return minutes_between(cancelled.at, origin.appointment_from)


def _free_words(notice: int | None, wanted: int | None) -> str:
    if wanted is None:
        return "the truck was not sent, and the rule asks for no notice"
    if notice is None:
        return "cancelled before a pickup appointment was made"
    return f"cancelled {short_span(notice)} before pickup, {short_span(wanted)} is enough"
