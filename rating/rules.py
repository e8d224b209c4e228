"""What makes a draft incoherent, told before the database refuses it: every fault, by row.

A lane that names a zone nobody defined, two lanes for one thing, a minimum above its maximum: a
pricing desk wants them all at once, each with the two rows that disagree.
"""

from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from dataclasses import field as dataclass_field
from datetime import date
from decimal import Decimal
from itertools import combinations, pairwise
from typing import Protocol

from rating.engine.bases import LANE_BASES
from rating.engine.book import AccessorialRule, LaneRow, Zone
from rating.engine.choices import Basis, ClassSource, PlaceKind, Trigger
from rating.engine.classes import class_of
from rating.engine.freight import DensityScale, FakRange, ScaleEdition, SpaceRule


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong, and where: "row 7", "rule DET-4".

    `field` is the column to mend where it is one, for whoever asks in a form.
    """

    where: str
    message: str
    field: str = dataclass_field(default="", compare=False)

    def __str__(self) -> str:
        return f"{self.where}: {self.message}"


class FreightSettings(Protocol):
    """The settings of a version that speak of the freight itself."""

    @property
    def class_source(self) -> ClassSource: ...
    @property
    def wide_from_in(self) -> Decimal | None: ...
    @property
    def wide_width_in(self) -> Decimal | None: ...


def find_faults(
    lanes: Sequence[LaneRow],
    accessorials: Sequence[AccessorialRule],
    zones: Sequence[Zone],
    minimum_charge: Decimal | None = None,
    *,
    fak: Sequence[FakRange] = (),
    space_rules: Sequence[SpaceRule] = (),
    settings: FreightSettings | None = None,
    has_scale: bool = False,
) -> list[Fault]:
    """Everything that keeps these rows from being a version, in the order of the rows."""
    known = {(zone.name, zone.is_region) for zone in zones}
    return [
        *_twice(lanes, key=lambda lane: lane.row, what=lambda lane: "has the number of"),
        *_twice(lanes, key=_scope, what=lambda lane: f"prices {lane.label} like"),
        *(fault for lane in lanes for fault in _lane_faults(lane, known, minimum_charge)),
        *_rules_twice(accessorials),
        *(fault for rule in accessorials for fault in _rule_faults(rule)),
        *(fault for rule in accessorials for fault in _layover_faults(rule, accessorials)),
        *_fak_faults(fak),
        *_space_faults(space_rules),
        *(_setting_faults(settings, has_scale=has_scale) if settings else ()),
    ]


def find_scale_faults(scale: DensityScale) -> list[Fault]:
    """Everything that keeps a density scale from giving each density one class on each day."""
    return [
        *(fault for edition in scale.editions for fault in _edition_faults(edition)),
        *(
            Fault(later.name, f"is in force on the same days as {earlier.name}")
            for earlier, later in combinations(scale.editions, 2)
            if _begin(earlier) <= _end(later) and _begin(later) <= _end(earlier)
        ),
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
    for freight_class in sorted({each.freight_class for each in lane.breaks} - {""}):
        yield from _unknown(where, freight_class)
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


def _unknown(where: str, *classes: str, field: str = "") -> Iterator[Fault]:
    """The classes that the classification does not have, or spells otherwise."""
    for freight_class in classes:
        known = class_of(freight_class)
        if known != freight_class:
            spelled = f", it is spelled {known}" if known else ""
            yield Fault(where, f"{freight_class!r} is no freight class{spelled}", field)


def _fak_faults(ranges: Sequence[FakRange]) -> Iterator[Fault]:
    readable = []
    for each in ranges:
        unknown = list(_unknown(f"FAK {each.label}", each.min_class, each.max_class))
        yield from unknown
        yield from _unknown(f"FAK {each.label}", each.rated_class)
        if not unknown and Decimal(each.min_class) > Decimal(each.max_class):
            yield Fault(f"FAK {each.label}", "begins above its end")
        elif not unknown:
            readable.append(each)
    for one, other in combinations(readable, 2):
        if _meet(one, other):
            yield Fault(f"FAK {other.label}", f"overlaps FAK {one.label}")


def _meet(one: FakRange, other: FakRange) -> bool:
    return Decimal(one.min_class) <= Decimal(other.max_class) and Decimal(
        other.min_class
    ) <= Decimal(one.max_class)


def _space_faults(rules: Sequence[SpaceRule]) -> Iterator[Fault]:
    for one, other in combinations(rules, 2):
        if one.measure == other.measure:
            yield Fault(f"{other.label} rule", "is there twice")
    for rule in rules:
        where = f"{rule.label} rule"
        if rule.floor_class:
            yield from _unknown(where, rule.floor_class, field="floor_class")
        if rule.discount_percent is not None and not 0 <= rule.discount_percent < 100:
            told = f"a discount of {rule.discount_percent} % is not a share"
            yield Fault(where, told, "discount_percent")


def _setting_faults(settings: FreightSettings, *, has_scale: bool) -> Iterator[Fault]:
    if settings.class_source != ClassSource.DECLARED and not has_scale:
        yield Fault("settings", "a class by density needs a density scale", "density_scale")
    if (settings.wide_from_in is None) != (settings.wide_width_in is None):
        told = "wide freight needs both the width it begins at and the deemed one"
        yield Fault("settings", told, "wide_width_in")


def _edition_faults(edition: ScaleEdition) -> Iterator[Fault]:
    if not edition.rows or edition.rows[0].from_pcf != 0:
        yield Fault(edition.name, "the first row begins at 0 pounds per cubic foot")
    for row in edition.rows:
        yield from _unknown(f"{edition.name}, from {row.from_pcf} pcf", row.freight_class)
    for before, row in pairwise(edition.rows):
        where = f"{edition.name}, from {row.from_pcf} pcf"
        if row.from_pcf <= before.from_pcf:
            yield Fault(where, f"stands behind the row from {before.from_pcf} pcf")
        elif class_of(row.freight_class) and class_of(before.freight_class):
            yield from _not_lower(where, row.freight_class, before.freight_class)


def _not_lower(where: str, freight_class: str, before: str) -> Iterator[Fault]:
    if Decimal(freight_class) >= Decimal(before):
        yield Fault(where, f"class {freight_class} is not below {before} of the lighter row")


def _begin(edition: ScaleEdition) -> date:
    return edition.effective_from or date.min


def _end(edition: ScaleEdition) -> date:
    return edition.effective_to or date.max


def _layover_faults(rule: AccessorialRule, rules: Sequence[AccessorialRule]) -> Iterator[Fault]:
    """A wait turns into a layover that a rule of the schedule charges as a service."""
    terms = rule.detention
    if terms is None or terms.layover_after_minutes is None:
        return
    named = next((each for each in rules if each.rule == terms.layover_rule), None)
    where = f"rule {rule.rule}"
    if named is None:
        told = f"turns into {terms.layover_rule or 'a layover'}, which is no rule"
        yield Fault(where, told, "layover_rule")
    elif named.trigger != Trigger.SERVICE:
        told = f"turns into {named.rule}, which charges no recorded service"
        yield Fault(where, told, "layover_rule")
