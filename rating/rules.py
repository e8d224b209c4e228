"""What makes a draft incoherent, told before the database refuses it: every fault, by row.

A lane that names a zone nobody defined, two lanes for one thing, a minimum above its maximum: a
pricing desk wants them all at once, each with the two rows that disagree.
"""

from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from rating.engine.bases import LANE_BASES
from rating.engine.book import AccessorialRule, LaneRow, Zone
from rating.engine.choices import Basis, PlaceKind, Trigger


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong, and where: "row 7", "rule DET-4"."""

    where: str
    message: str

    def __str__(self) -> str:
        return f"{self.where}: {self.message}"


def find_faults(
    lanes: Sequence[LaneRow],
    accessorials: Sequence[AccessorialRule],
    zones: Sequence[Zone],
    minimum_charge: Decimal | None = None,
) -> list[Fault]:
    """Everything that keeps these rows from being a version, in the order of the rows."""
    known = {(zone.name, zone.is_region) for zone in zones}
    return [
        *_twice(lanes, key=lambda lane: lane.row, what=lambda lane: "has the number of"),
        *_twice(lanes, key=_scope, what=lambda lane: f"prices {lane.label} like"),
        *(fault for lane in lanes for fault in _lane_faults(lane, known, minimum_charge)),
        *_rules_twice(accessorials),
        *(fault for rule in accessorials for fault in _rule_faults(rule)),
    ]


def _scope(lane: LaneRow) -> Hashable:
    return lane.origin, lane.destination, lane.equipment, lane.commodity, lane.shipment_type


def _twice(
    lanes: Iterable[LaneRow],
    *,
    key: Callable[[LaneRow], Hashable],
    what: Callable[[LaneRow], str],
) -> Iterator[Fault]:
    first: dict[Hashable, LaneRow] = {}
    for lane in lanes:
        before = first.get(key(lane))
        if before:
            yield Fault(f"row {lane.row}", f"{what(lane)} row {before.row}")
        first[key(lane)] = before or lane


def _lane_faults(
    lane: LaneRow, zones: set[tuple[str, bool]], minimum_charge: Decimal | None
) -> Iterator[Fault]:
    where = f"row {lane.row}"
    if lane.basis not in LANE_BASES:
        yield Fault(where, f"a lane cannot be rated {lane.basis}")
    if lane.breaks and lane.basis != Basis.PER_CWT:
        yield Fault(where, f"weight breaks need PER_CWT, not {lane.basis}")
    floor = max(lane.minimum or Decimal(0), minimum_charge or Decimal(0))
    if lane.maximum is not None and floor > lane.maximum:
        yield Fault(where, f"minimum {floor} is above maximum {lane.maximum}")
    for place in (lane.origin, lane.destination):
        is_region = place.kind == PlaceKind.REGION
        if (place.kind == PlaceKind.ZONE or is_region) and (place.value, is_region) not in zones:
            yield Fault(where, f"{place.label} is not defined")


def _rules_twice(rules: Sequence[AccessorialRule]) -> Iterator[Fault]:
    named: set[str] = set()
    scoped: dict[Hashable, str] = {}
    for rule in rules:
        other = scoped.setdefault(_rule_scope(rule), rule.rule)
        if rule.rule in named:
            yield Fault(f"rule {rule.rule}", "is there twice")
        elif other != rule.rule:
            yield Fault(f"rule {rule.rule}", f"charges {rule.code} for the same as {other}")
        named.add(rule.rule)


def _rule_scope(rule: AccessorialRule) -> Hashable:
    return (
        rule.code,
        rule.trigger,
        rule.equipment,
        rule.commodity,
        rule.shipment_type,
        rule.stop_kind,
        rule.service,
        rule.receipt_kind,
    )


def _rule_faults(rule: AccessorialRule) -> Iterator[Fault]:
    where = f"rule {rule.rule}"
    needs = {
        Trigger.DETENTION: (rule.detention, "detention terms"),
        Trigger.RECEIPT: (rule.receipt_kind, "the kind of document it passes through"),
        Trigger.SERVICE: (rule.service, "the service it listens to"),
    }
    has, name = needs.get(rule.trigger, (True, ""))
    if not has:
        yield Fault(where, f"needs {name}")
    if rule.minimum is not None and rule.maximum is not None and rule.minimum > rule.maximum:
        yield Fault(where, f"minimum {rule.minimum} is above maximum {rule.maximum}")
    if (rule.basis == Basis.PASS_THROUGH) != (rule.trigger == Trigger.RECEIPT):
        yield Fault(where, "PASS_THROUGH is the basis of receipts, and of nothing else")
