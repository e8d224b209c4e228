"""The state of a load and its stops, folded from everything that was told about it.

A pure function over a *set* of facts: neither the order in which they came nor how often they came
can matter. Three rules make the state:

*What stands.* A correction replaces what it names, and whatever that had replaced before it; a
retraction takes back what it names, so that what a withdrawn correction had replaced stands again.
A retraction is final: who withdrew too much tells the fact anew. It does not matter which of them
came first.

*Clocks.* A stop was reached at its earliest ARRIVED and left at its latest DEPARTED, whoever told
them: a truck that moves in the yard, or two sources that disagree by minutes, make one visit. A
second visit on another day is another stop. Where no DEPARTED was told, the earliest DELIVERED
stands for it: the moment from which the truck was free.

*Status.* Cancelled, not used and delivered are ends, and the first of them to happen stays;
"truck not used" is the more exact word for a cancellation. Before an end the clocks of the stops
say where the load is, and before the first clock the last decision does. Delivered means that
somebody said so of the last stop; leaving it is not enough.

*Weight.* The last weighing to happen counts before what was planned.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum


class Kind(StrEnum):
    """What a fact tells; facts of the same instant are taken in this order."""

    TENDERED = "TENDERED"
    DECLINED = "DECLINED"
    ACCEPTED = "ACCEPTED"
    DISPATCHED = "DISPATCHED"
    ARRIVED = "ARRIVED"
    IN_TRANSIT = "IN_TRANSIT"
    DELIVERED = "DELIVERED"
    DEPARTED = "DEPARTED"
    TRUCK_NOT_USED = "TRUCK_NOT_USED"
    CANCELLED = "CANCELLED"
    POD_RECEIVED = "POD_RECEIVED"
    ETA = "ETA"
    DELAYED = "DELAYED"
    EXCEPTION = "EXCEPTION"
    CHECK_CALL = "CHECK_CALL"
    PAUSED = "PAUSED"
    SERVICE = "SERVICE"
    REWEIGHED = "REWEIGHED"
    RECLASSED = "RECLASSED"


RANK = {kind.value: rank for rank, kind in enumerate(Kind)}
AT_A_STOP = frozenset({Kind.ARRIVED, Kind.DEPARTED, Kind.DELIVERED})
ENDS = frozenset({Kind.CANCELLED, Kind.TRUCK_NOT_USED})
# Told beside the way; they may lie in the future and move no truck.
NOTES = frozenset(
    {
        Kind.ETA, Kind.DELAYED, Kind.EXCEPTION, Kind.CHECK_CALL, Kind.PAUSED, Kind.SERVICE,
        Kind.REWEIGHED, Kind.RECLASSED,
    }
)  # fmt: skip

# Decisions before the wheels turn: each goes further than the one before it.
STEPS: dict[str, int] = {Kind.TENDERED: 1, Kind.ACCEPTED: 2, Kind.DISPATCHED: 3}
PLANNED, DECLINED = "PLANNED", "DECLINED"
AT_PICKUP, IN_TRANSIT, AT_DELIVERY = "AT_PICKUP", "IN_TRANSIT", "AT_DELIVERY"
DELIVERED, CANCELLED, TONU = "DELIVERED", "CANCELLED", "TONU"

PICKUP, DELIVERY = "PICKUP", "DELIVERY"


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing that was told. `key` is the same whenever the same thing is told again.

    `reference` is the source's own id of it. `supersedes` names what it corrects or takes back:
    a reference of the same source, or the key of any fact. The stop is named by sequence, or by
    kind and place.
    """

    key: str
    kind: str
    occurred_at: datetime
    source: str = ""
    reference: str = ""
    supersedes: str = ""
    is_retraction: bool = False
    stop_sequence: int | None = None
    stop_kind: str = ""
    city: str = ""
    state: str = ""
    weight_lb: Decimal | None = None


@dataclass(frozen=True, slots=True)
class PlannedStop:
    """A stop as the plan has it; a skipped one is no longer expected."""

    sequence: int
    kind: str
    city: str = ""
    state: str = ""
    is_skipped: bool = False


@dataclass(frozen=True, slots=True)
class StopState:
    """What is known of the truck at one stop."""

    sequence: int
    status: str
    arrived_at: datetime | None = None
    departed_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Problem:
    """Something in the facts that cannot be right, as one sentence for a person."""

    code: str
    message: str
    stop_sequence: int | None = None


DISPUTED = Problem(
    "ended_and_delivered",
    "The load was called off and yet delivered; one of the two must be withdrawn.",
)
MISPLACED = {
    "stop_unknown": "the load has no such stop",
    "stop_ambiguous": "more than one stop fits",
    "stop_missing": "the message names no stop",
}


@dataclass(frozen=True, slots=True)
class LoadState:
    """Where a load stands."""

    status: str
    picked_up_at: datetime | None
    delivered_at: datetime | None
    ended_at: datetime | None
    last_milestone_at: datetime | None
    reweighed_lb: Decimal | None
    stops: tuple[StopState, ...]
    problems: tuple[Problem, ...]


@dataclass(slots=True)
class _Visit:
    """The facts of one stop while they are gathered."""

    stop: PlannedStop
    arrived_at: datetime | None = None
    left_at: datetime | None = None
    delivered_at: datetime | None = None

    @property
    def departed_at(self) -> datetime | None:
        return self.left_at or self.delivered_at


def fold(facts: Iterable[Fact], *, stops: Sequence[PlannedStop]) -> LoadState:
    """Return the state that `facts` amount to, whatever their order and number of repetitions."""
    standing = standing_facts(facts)
    visits = {stop.sequence: _Visit(stop) for stop in sorted(stops, key=lambda s: s.sequence)}
    problems = _visit_stops(standing, visits)
    end = _ending(standing, _delivered_at(standing, visits))
    if end.is_disputed:
        problems.append(DISPUTED)
    return LoadState(
        status=end.status or _position(standing, visits) or _decision(standing),
        picked_up_at=_picked_up_at(visits),
        delivered_at=end.delivered_at,
        ended_at=end.called_off_at,
        last_milestone_at=max(
            (fact.occurred_at for fact in standing if fact.kind not in NOTES), default=None
        ),
        reweighed_lb=_reweighed_lb(standing),
        stops=tuple(_stop_state(visit) for visit in visits.values()),
        problems=tuple(problems),
    )


def standing_facts(facts: Iterable[Fact]) -> list[Fact]:
    """Return each fact that is neither replaced nor taken back once, in order of happening."""
    told = {fact.key: fact for fact in facts}
    overruled = overruled_keys(told.values())
    return sorted(
        (f for f in told.values() if not f.is_retraction and f.key not in overruled), key=in_order
    )


def in_order(fact: Fact) -> tuple[datetime, int, str]:
    """Sort facts by when they happened, then by kind, then by key."""
    return fact.occurred_at, RANK[fact.kind], fact.key


def overruled_keys(facts: Iterable[Fact]) -> set[str]:
    """Return the keys of the facts that were replaced or taken back."""
    told = list(facts)
    if not any(fact.supersedes for fact in told):
        return set()
    corrections: dict[str, list[str]] = {}
    withdrawn: set[str] = set()
    for fact in told:
        if fact.is_retraction:
            withdrawn.update(_named_by(fact, told))
        elif fact.supersedes:
            corrections[fact.key] = _named_by(fact, told)
    replaced: set[str] = set()
    for key in corrections.keys() - withdrawn:
        replaced |= _chain(key, corrections)
    return withdrawn | replaced


def _named_by(fact: Fact, told: Iterable[Fact]) -> list[str]:
    """Return the keys of the facts that a correction or retraction names; never its own message."""
    if fact.supersedes == fact.reference:
        return []
    return [
        other.key
        for other in told
        if other.key != fact.key
        and (
            other.key == fact.supersedes
            or (other.source == fact.source and other.reference == fact.supersedes)
        )
    ]


def _chain(key: str, corrections: Mapping[str, list[str]]) -> set[str]:
    """Return everything a correction stands for: what it names, and what that had named."""
    found: set[str] = set()
    waiting = list(corrections[key])
    while waiting:
        other = waiting.pop()
        if other != key and other not in found:
            found.add(other)
            waiting.extend(corrections.get(other, ()))
    return found


def find_stop(fact: Fact, stops: Iterable[PlannedStop]) -> tuple[PlannedStop | None, str]:
    """Return the stop that a fact names, or None and the code of the problem.

    The sequence decides when it is told. Otherwise kind and place must leave exactly one stop; a
    place that fits none of the kind is taken for another name of the same town. DELIVERED alone
    means the last stop.
    """
    if fact.stop_sequence is not None:
        stop = next((s for s in stops if s.sequence == fact.stop_sequence), None)
        return stop, "" if stop else "stop_unknown"
    expected = sorted((s for s in stops if not s.is_skipped), key=lambda s: s.sequence)
    is_named = fact.stop_kind or fact.city
    if not is_named:
        last = expected[-1] if expected and fact.kind == Kind.DELIVERED else None
        return last, "" if last else "stop_missing"
    of_kind = [stop for stop in expected if _is_of_kind(stop, fact.stop_kind)]
    there = [stop for stop in of_kind if _is_there(stop, fact)]
    found = there or (of_kind if fact.stop_kind else [])
    if len(found) == 1:
        return found[0], ""
    return None, "stop_ambiguous" if found else "stop_unknown"


def _is_of_kind(stop: PlannedStop, kind: str) -> bool:
    """Many partners know pickup and delivery only: a delivery is whatever is not a pickup."""
    return kind in ("", stop.kind) or (kind == DELIVERY and stop.kind != PICKUP)


def _is_there(stop: PlannedStop, fact: Fact) -> bool:
    return bool(fact.city) and (stop.city.casefold(), stop.state.casefold()) == (
        fact.city.casefold(),
        (fact.state or stop.state).casefold(),
    )


def _visit_stops(standing: Iterable[Fact], visits: Mapping[int, _Visit]) -> list[Problem]:
    """Set the clocks of every stop; return what cannot be right about them."""
    stops = [visit.stop for visit in visits.values()]
    problems = {}
    for fact in standing:
        if fact.kind not in AT_A_STOP:
            continue
        stop, code = find_stop(fact, stops)
        if stop:
            _set_clock(visits[stop.sequence], fact)
        elif stops:
            problems[code, fact.kind, fact.stop_sequence] = _misplaced(fact, code)
    return [*problems.values(), *_reversed_clocks(visits.values())]


def _set_clock(visit: _Visit, fact: Fact) -> None:
    """Take one fact, in order of happening: the first of a kind is the earliest."""
    if fact.kind == Kind.DEPARTED:
        visit.left_at = fact.occurred_at
    elif fact.kind == Kind.ARRIVED:
        visit.arrived_at = visit.arrived_at or fact.occurred_at
    else:
        visit.delivered_at = visit.delivered_at or fact.occurred_at


def _misplaced(fact: Fact, code: str) -> Problem:
    named = f"stop {fact.stop_sequence}" if fact.stop_sequence is not None else ""
    place = ", ".join(filter(None, (fact.city, fact.state)))
    where = named or " ".join(filter(None, (fact.stop_kind.lower(), place)))
    what = f"{fact.kind.capitalize()} at {where}" if where else fact.kind.capitalize()
    message = f"{what} counts for no stop: {MISPLACED[code]}."
    return Problem(code, message, fact.stop_sequence)


def _reversed_clocks(visits: Iterable[_Visit]) -> list[Problem]:
    return [
        Problem(
            "time_order",
            f"Stop {visit.stop.sequence} was left at {visit.departed_at:%Y-%m-%d %H:%M} UTC, "
            f"before it was reached at {visit.arrived_at:%Y-%m-%d %H:%M} UTC.",
            visit.stop.sequence,
        )
        for visit in visits
        if visit.arrived_at and visit.departed_at and visit.departed_at < visit.arrived_at
    ]


@dataclass(frozen=True, slots=True)
class _Ending:
    """How the load ended, if it did."""

    status: str | None = None
    delivered_at: datetime | None = None
    called_off_at: datetime | None = None
    is_disputed: bool = False


def _delivered_at(standing: Iterable[Fact], visits: Mapping[int, _Visit]) -> datetime | None:
    """Return when the last stop was delivered; without any stops, when the load was."""
    if not visits:
        return _first(standing, Kind.DELIVERED)
    expected = [visit for visit in visits.values() if not visit.stop.is_skipped]
    return expected[-1].delivered_at if expected else None


def _ending(standing: Sequence[Fact], delivered_at: datetime | None) -> _Ending:
    """Return the end that happened first; at the same instant the delivery counts."""
    called_off_at = _first(standing, *ENDS)
    if called_off_at is None:
        return _Ending(DELIVERED, delivered_at) if delivered_at else _Ending()
    if delivered_at and delivered_at <= called_off_at:
        return _Ending(DELIVERED, delivered_at, is_disputed=True)
    not_used_at = _first(standing, Kind.TRUCK_NOT_USED)
    return _Ending(
        status=TONU if not_used_at else CANCELLED,
        called_off_at=not_used_at or called_off_at,
        is_disputed=delivered_at is not None,
    )


def _first(standing: Iterable[Fact], *kinds: Kind) -> datetime | None:
    return next((fact.occurred_at for fact in standing if fact.kind in kinds), None)


def _position(standing: Sequence[Fact], visits: Mapping[int, _Visit]) -> str | None:
    """Return where the clocks and the words "in transit" put the truck, or None before any."""
    moments = [
        (instant, sequence, is_departure)
        for sequence, visit in visits.items()
        for instant, is_departure in ((visit.arrived_at, False), (visit.departed_at, True))
        if instant
    ]
    on_the_way = [fact.occurred_at for fact in standing if fact.kind == Kind.IN_TRANSIT]
    if not moments:
        return IN_TRANSIT if on_the_way else None
    instant, sequence, is_departure = max(moments)
    if is_departure:
        return IN_TRANSIT
    if visits[sequence].stop.kind != PICKUP:
        return AT_DELIVERY
    return IN_TRANSIT if on_the_way and on_the_way[-1] > instant else AT_PICKUP


def _decision(standing: Iterable[Fact]) -> str:
    """Return the furthest decision since the load was last declined."""
    reached, status = 0, PLANNED
    for fact in standing:
        if fact.kind == Kind.DECLINED:
            reached, status = 0, DECLINED
        elif STEPS.get(fact.kind, 0) > reached:
            reached, status = STEPS[fact.kind], fact.kind
    return status


def _picked_up_at(visits: Mapping[int, _Visit]) -> datetime | None:
    """Return when the last pickup was left: from then on all the freight is on board."""
    left = [
        visit.departed_at
        for visit in visits.values()
        if visit.stop.kind == PICKUP and not visit.stop.is_skipped
    ]
    known = [instant for instant in left if instant]
    return max(known) if known and len(known) == len(left) else None


def _reweighed_lb(standing: Sequence[Fact]) -> Decimal | None:
    """Return what the last scale showed, None when the load was not weighed again."""
    weights = [fact.weight_lb for fact in standing if fact.weight_lb is not None]
    return weights[-1] if weights else None


def _stop_state(visit: _Visit) -> StopState:
    if visit.stop.is_skipped:
        status = "SKIPPED"
    elif visit.departed_at:
        status = "COMPLETED"
    else:
        status = "ARRIVED" if visit.arrived_at else "PENDING"
    return StopState(visit.stop.sequence, status, visit.arrived_at, visit.departed_at)
