"""Services done beyond carrying, and surcharges that every load of a card pays."""

from collections import Counter
from collections.abc import Hashable, Iterable, Iterator
from dataclasses import replace

from rating.engine.book import AccessorialRule
from rating.engine.charging import Desk, Outcome, Ruling
from rating.engine.choices import Occurrences, StopKind
from rating.engine.facts import LoadFacts, Service, StopFacts
from rating.engine.money import ONE
from rating.engine.quote import Evidence, Problem, ProblemCode, Step
from rating.engine.wording import counted

_AGAIN = {
    Occurrences.EVENT: "was told by another source too, and is charged once",
    Occurrences.STOP: "is charged once at a stop",
    Occurrences.END: "is charged once for pickup and once for delivery",
    Occurrences.LOAD: "is charged once for the load",
}


def charge_services(desk: Desk) -> list[Outcome]:
    """A charge for each recorded service that a rule listens to, as often as the rule says."""
    outcomes: list[Outcome] = []
    seen: set[Hashable] = set()
    told: Counter[Hashable] = Counter()
    for service in desk.facts.services:
        stop = desk.stop(service.stop_sequence)
        ruling = desk.ruling(stop, service=service.code)
        if ruling is None:
            continue
        again = _occasion(ruling.rule, service, stop, told)
        outcomes.append(
            _again(ruling, service) if again in seen else _charge(desk, ruling, service)
        )
        seen.add(again)
    return outcomes


def unlisted_services(
    facts: LoadFacts, schedule: Iterable[AccessorialRule], card: str
) -> Iterator[Problem]:
    """A problem for each service that was done and that no rule of the card prices."""
    kinds = {stop.sequence: stop.kind for stop in facts.stops}
    listed = {(rule.service, rule.stop_kind) for rule in schedule}
    unlisted = {
        each.code
        for each in facts.services
        if each.is_told
        and not listed & {(each.code, None), (each.code, kinds.get(each.stop_sequence or 0))}
    }
    for code in sorted(unlisted):
        yield Problem(
            code=ProblemCode.NO_RULE,
            message=f"{code} was recorded, and {card} has no rule for it",
            subject_key=f"service:{code}",
        )


def _occasion(
    rule: AccessorialRule, service: Service, stop: StopFacts | None, told: Counter[Hashable]
) -> Hashable:
    """What two records share when the rule charges them once."""
    at = service.stop_sequence
    if rule.occurrences == Occurrences.LOAD:
        return rule.rule
    if rule.occurrences == Occurrences.END:
        return rule.rule, stop and stop.kind == StopKind.PICKUP
    if rule.occurrences == Occurrences.STOP:
        return rule.rule, at
    same = (rule.rule, at, service.quantity, service.unit)
    who = "" if rule.occurrences == Occurrences.EACH else service.source
    told[same, who] += 1
    return same, told[same, who]


def _charge(desk: Desk, ruling: Ruling, service: Service) -> Outcome:
    return ruling.charge(
        replace(desk.measures, units=service.quantity, unit=service.unit),
        count=service.quantity,
        summary=_quantity(service),
        stop_sequence=service.stop_sequence,
        before=(Step(text=f"Recorded: {ruling.rule.name}", value=_quantity(service)),),
        evidence=(_evidence(service),),
    )


def _again(ruling: Ruling, service: Service) -> Outcome:
    reason = f"{service.code} {_AGAIN[ruling.rule.occurrences]}"
    return ruling.nothing(reason, service.stop_sequence, (_evidence(service),))


def charge_always(desk: Desk) -> list[Outcome]:
    """One charge for the load."""
    ruling = desk.ruling()
    if ruling is None:
        return []
    return [ruling.charge(desk.measures, count=ONE, summary=ruling.rule.name)]


def _quantity(service: Service) -> str:
    return counted(service.quantity, service.unit)


def _evidence(service: Service) -> Evidence:
    approved = f", authorised by {service.authorised_by}" if service.authorised_by else ""
    return Evidence(
        kind="service",
        text=f"{service.code}, {_quantity(service)}{approved}",
        source=service.source,
        reference=service.reference,
        at=service.at.isoformat().replace("+00:00", "Z") if service.at else "",
    )
