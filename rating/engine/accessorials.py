"""Everything but linehaul and fuel: one charger for each trigger.

At most one rule of a code charges for one event. Where several could, the rule that names more
of equipment, commodity, shipment type and stop kind wins, then the lower rule name, so the order
of the schedule never matters.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import replace
from decimal import Decimal

from rating.engine.book import AccessorialRule, DetentionTerms, RateBook
from rating.engine.cancellations import charge_truck_not_used
from rating.engine.charging import Desk, Outcome
from rating.engine.choices import Trigger
from rating.engine.detention import charge_detention
from rating.engine.facts import LoadFacts, StopFacts
from rating.engine.quote import Line
from rating.engine.receipts import charge_receipts
from rating.engine.services import charge_always, charge_services, unlisted_services
from rating.engine.stop_offs import charge_stop_offs

_CHARGERS: Mapping[Trigger, Callable[[Desk], list[Outcome]]] = {
    Trigger.ALWAYS: charge_always,
    Trigger.EXTRA_STOP: charge_stop_offs,
    Trigger.DETENTION: charge_detention,
    Trigger.RECEIPT: charge_receipts,
    Trigger.SERVICE: charge_services,
    Trigger.TRUCK_NOT_USED: charge_truck_not_used,
}

CARRIED = tuple(trigger for trigger in Trigger if trigger != Trigger.TRUCK_NOT_USED)
NOT_CARRIED = (Trigger.TRUCK_NOT_USED,)


def rate_accessorials(
    facts: LoadFacts, book: RateBook, triggers: Collection[Trigger], linehaul: Decimal | None
) -> list[Outcome]:
    """What the rules with one of `triggers` say, their lines numbered within code and stop.

    `linehaul` is the base of percentages, None when there is none.
    """
    outcomes: list[Outcome] = []
    schedule = [rule for rule in book.accessorials if _fits(rule, facts)]
    for trigger in triggers:
        for rules in _by_code(schedule, trigger):
            desk = Desk(facts, book.version, rules, linehaul, schedule)
            outcomes += _CHARGERS[trigger](desk)
    if Trigger.SERVICE in triggers:
        outcomes += unlisted_services(facts, schedule, book.version.label)
    return _numbered(outcomes)


def detention_terms(facts: LoadFacts, book: RateBook, stop: StopFacts) -> DetentionTerms | None:
    """By what terms waiting at `stop` is charged; of several codes those of the first."""
    schedule = [rule for rule in book.accessorials if _fits(rule, facts)]
    rulings = (
        Desk(facts, book.version, rules, None).ruling(stop)
        for rules in _by_code(schedule, Trigger.DETENTION)
    )
    return next((each.rule.detention for each in rulings if each), None)


def _by_code(
    schedule: Iterable[AccessorialRule], trigger: Trigger
) -> Iterable[list[AccessorialRule]]:
    """The rules of `trigger`, together by the code they charge."""
    found: defaultdict[str, list[AccessorialRule]] = defaultdict(list)
    for rule in schedule:
        if rule.trigger == trigger:
            found[rule.code].append(rule)
    return [found[code] for code in sorted(found)]


def _fits(rule: AccessorialRule, facts: LoadFacts) -> bool:
    return (
        rule.equipment in ("", facts.equipment)
        and rule.commodity in ("", facts.commodity)
        and rule.shipment_type in ("", facts.shipment_type)
    )


def _numbered(outcomes: list[Outcome]) -> list[Outcome]:
    counts: Counter[tuple[str, int | None]] = Counter()
    numbered: list[Outcome] = []
    for outcome in outcomes:
        if isinstance(outcome, Line):
            counts[outcome.code, outcome.stop_sequence] += 1
            occurrence = counts[outcome.code, outcome.stop_sequence]
            outcome = replace(outcome, occurrence=occurrence)
        numbered.append(outcome)
    return numbered
