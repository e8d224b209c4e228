"""Which versions may price loads, and the books of one of them.

A block of loads is priced from two statements on a card that is known: the versions, and the few
lanes that cover both ends of each. The rest of a published version cannot change, so a process
keeps it.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import lru_cache
from itertools import product

from django.db import connection
from django.db.models import Prefetch, Q, QuerySet, prefetch_related_objects

from rating.engine import book as engine
from rating.engine import freight
from rating.engine.choices import Anchor, Basis, PlaceKind
from rating.engine.facts import LoadFacts, StopFacts
from rating.engine.lanes import stop_places
from rating.models import (
    AccessorialRule,
    DensityScale,
    FakRange,
    FuelProgramme,
    FuelTableRow,
    Lane,
    LaneBreak,
    RateCard,
    RateCardVersion,
    ScaleEdition,
    SpaceRule,
    Zone,
)
from rating.queries.translation import from_columns, place_of

Status = RateCardVersion.Status


# Each pair of ends is one look into `lane_once`. There is no ordering: with one, the planner walks
# every row of the version in order of their numbers.
COVERING = """
    SELECT l.* FROM unnest(%s::text[], %s::text[]) AS wanted (origin, destination)
    JOIN rating_lane l ON l.version_id = %s
        AND l.origin_key = wanted.origin AND l.destination_key = wanted.destination
"""

Ends = tuple[str, str]
Kinds = frozenset[tuple[PlaceKind, PlaceKind]]


@dataclass(frozen=True, slots=True)
class Terms:
    """What a version holds beside its lanes.

    `kinds` are the pairs of precision that its lanes name their ends with, None when not known.
    """

    zones: Mapping[str, engine.Zone]
    accessorials: tuple[engine.AccessorialRule, ...]
    fuel_rows: tuple[engine.FuelRow, ...]
    fak: tuple[freight.FakRange, ...]
    space_rules: tuple[freight.SpaceRule, ...]
    density_scale: freight.DensityScale | None
    kinds: Kinds | None = None


def find_versions(facts: Sequence[LoadFacts]) -> list[list[RateCardVersion]]:
    """The published versions that may price each load, in the order they are asked.

    A card of the customer comes before a generic one, one that names equipment or shipment type
    before one that does not, then the name decides. One statement for any number of loads.
    """
    customers = {each.customer_id for each in facts}
    published = (
        RateCardVersion.objects.filter(_in_force(facts), status=Status.PUBLISHED)
        .filter(Q(card__customer_id__in=customers - {None}) | Q(card__customer=None))
        .select_related("card", "fuel__series")
    )
    in_order = sorted(published, key=_closeness)
    return [[version for version in in_order if _may_price(version, each)] for each in facts]


def load_book(version: RateCardVersion, facts: LoadFacts) -> engine.RateBook:
    """The book of `version` with the lanes that cover the load's first and last stop."""
    return load_books(version, [facts])[0]


def load_books(version: RateCardVersion, facts: Sequence[LoadFacts]) -> list[engine.RateBook]:
    """The book of `version` for each load, with the lanes that cover its first and last stop.

    One statement finds the lanes of all, another their weight breaks.
    """
    terms = terms_of(version)
    frame = _book(version, terms, ())
    ends = _Ends(terms)
    wanted = [ends.of(each) for each in facts]
    found = _lanes_between({pair for each in wanted for pair in each}, version)
    return [
        replace(frame, lanes=tuple(lane for pair in each for lane in found.get(pair, ())))
        for each in wanted
    ]


def whole_book(version: RateCardVersion) -> engine.RateBook:
    """The book of `version` with every lane, in the order of the rows."""
    lanes = version.lanes.order_by("row").prefetch_related(Prefetch("breaks", _breaks()))
    return _book(version, terms_of(version), lanes)


def head_of(version: RateCardVersion) -> engine.CardVersion:
    """The head of a version as the engine knows it."""
    card = version.card
    return from_columns(engine.CardVersion, version, card=card.name, currency=card.currency)


def programme_of(row: FuelProgramme, rows: tuple[engine.FuelRow, ...]) -> engine.FuelProgramme:
    """A fuel programme as the engine knows it."""
    timing = from_columns(engine.FuelTiming, row, survey_weekday=row.series.survey_weekday)
    return from_columns(
        engine.FuelProgramme,
        row,
        series=row.series.code,
        series_name=row.series.name,
        rows=rows,
        timing=timing,
    )


def _in_force(facts: Sequence[LoadFacts]) -> Q:
    """Versions whose period holds a day of a load that their card goes by."""
    within = Q(pk__in=[])
    for anchor in Anchor:
        days = sorted(day for each in facts if (day := each.day_of(anchor)) is not None)
        if days:
            started = Q(card__rated_on=anchor, effective_from__lte=days[-1])
            within |= started & (Q(effective_to=None) | Q(effective_to__gte=days[0]))
    return within


def _may_price(version: RateCardVersion, facts: LoadFacts) -> bool:
    card = version.card
    day = facts.day_of(Anchor(card.rated_on))
    return (
        day is not None
        and version.effective_from <= day
        and (version.effective_to is None or day <= version.effective_to)
        and card.customer_id in (None, facts.customer_id)
        and card.equipment in ("", facts.equipment)
        and card.shipment_type in ("", facts.shipment_type)
    )


def _closeness(version: RateCardVersion) -> tuple[bool, int, str]:
    card = version.card
    return card.customer_id is None, -named_scope(card), card.name


def named_scope(card: RateCard) -> int:
    """How much of a load a card names: the more, the closer it is."""
    return bool(card.equipment) + bool(card.shipment_type)


def _book(version: RateCardVersion, terms: Terms, lanes: Iterable[Lane]) -> engine.RateBook:
    return engine.RateBook(
        version=head_of(version),
        lanes=tuple(_lane(lane) for lane in lanes),
        zones=terms.zones,
        accessorials=terms.accessorials,
        fuel=programme_of(version.fuel, terms.fuel_rows) if version.fuel else None,
        fak=terms.fak,
        space_rules=terms.space_rules,
        density_scale=terms.density_scale,
    )


class _Ends:
    """The pairs of ends by which a lane of one version can cover a load; each place read once."""

    def __init__(self, terms: Terms) -> None:
        self._terms = terms
        self._known: dict[tuple[str, ...], Mapping[PlaceKind, list[str]]] = {}

    def of(self, facts: LoadFacts) -> list[Ends]:
        if facts.origin is None or facts.destination is None:
            return []
        origin, destination = self._keys(facts.origin), self._keys(facts.destination)
        kinds = self._terms.kinds or product(origin, destination)
        return [
            (start, end)
            for near, far in kinds
            for start in origin.get(near, ())
            for end in destination.get(far, ())
        ]

    def _keys(self, stop: StopFacts) -> Mapping[PlaceKind, list[str]]:
        site = (stop.country, stop.state, stop.city, stop.postal_code, stop.location_code)
        if site not in self._known:
            keys: defaultdict[PlaceKind, list[str]] = defaultdict(list)
            for place in stop_places(stop, self._terms.zones):
                keys[place.kind].append(place.key)
            self._known[site] = keys
        return self._known[site]


def _lanes_between(ends: set[Ends], version: RateCardVersion) -> dict[Ends, list[engine.LaneRow]]:
    found: defaultdict[Ends, list[engine.LaneRow]] = defaultdict(list)
    if not ends:
        return found
    origins, destinations = (list(side) for side in zip(*ends, strict=True))
    lanes = list(Lane.objects.raw(COVERING, [origins, destinations, version.pk]))
    weighed = [lane for lane in lanes if lane.basis == Basis.PER_CWT]
    prefetch_related_objects(weighed, Prefetch("breaks", _breaks()))
    for lane in lanes:
        found[lane.origin_key, lane.destination_key].append(_lane(lane))
    return found


def _breaks() -> QuerySet[LaneBreak]:
    return LaneBreak.objects.order_by("freight_class", "from_weight_lb")


def _lane(row: Lane) -> engine.LaneRow:
    breaks = row.breaks.all() if row.basis == Basis.PER_CWT else ()
    return from_columns(
        engine.LaneRow,
        row,
        origin=place_of(row, "origin_"),
        destination=place_of(row, "destination_"),
        breaks=tuple(from_columns(engine.WeightBreak, each) for each in breaks),
    )


def terms_of(version: RateCardVersion) -> Terms:
    """What a version holds beside its lanes; kept in memory once it is published."""
    if version.status in (Status.PUBLISHED, Status.RETIRED) and version.published_at:
        database = connection.settings_dict["NAME"]
        return _frozen_terms(database, version.pk, version.published_at)
    return _read_terms(version.pk)


@lru_cache(maxsize=512)
def _frozen_terms(_database: str, version_id: int, _published_at: datetime) -> Terms:
    """Kept for good: triggers refuse any change to the rows of a published version.

    By database: a process that measures works in several, and they number versions alike.
    """
    lanes = Lane.objects.filter(version=version_id)
    named = lanes.values_list("origin_kind", "destination_kind").distinct()
    kinds = frozenset((PlaceKind(near), PlaceKind(far)) for near, far in named)
    return replace(_read_terms(version_id), kinds=kinds)


def _read_terms(version_id: int) -> Terms:
    zones = Zone.objects.filter(version=version_id).prefetch_related("members").order_by("name")
    rules = (
        AccessorialRule.objects.filter(version=version_id)
        .select_related("detention")
        .prefetch_related("tiers", "detention__free_times")
        .order_by("rule")
    )
    rows = FuelTableRow.objects.filter(programme__versions=version_id).order_by("from_price")
    return Terms(
        zones={zone.name: _zone(zone) for zone in zones},
        accessorials=tuple(_rule(rule) for rule in rules),
        fuel_rows=tuple(from_columns(engine.FuelRow, row) for row in rows),
        fak=tuple(
            from_columns(freight.FakRange, row)
            for row in FakRange.objects.filter(version=version_id).order_by("id")
        ),
        space_rules=tuple(
            from_columns(freight.SpaceRule, row)
            for row in SpaceRule.objects.filter(version=version_id).order_by("measure")
        ),
        density_scale=_scale_used_by(version_id),
    )


def _scale_used_by(version_id: int) -> freight.DensityScale | None:
    scales = DensityScale.objects.filter(versions=version_id)
    found = scales.prefetch_related("editions__rows").first()
    return scale_of(found) if found else None


def scale_of(row: DensityScale) -> freight.DensityScale:
    """A density scale as the engine knows it, its editions by age."""
    editions = sorted(row.editions.all(), key=lambda each: each.effective_from or date.min)
    return freight.DensityScale(name=row.name, editions=tuple(_edition(each) for each in editions))


def _edition(row: ScaleEdition) -> freight.ScaleEdition:
    rows = sorted(row.rows.all(), key=lambda each: each.from_pcf)
    return from_columns(
        freight.ScaleEdition,
        row,
        rows=tuple(from_columns(freight.ScaleRow, each) for each in rows),
    )


def _zone(row: Zone) -> engine.Zone:
    members = frozenset(place_of(member) for member in row.members.all())
    return engine.Zone(name=row.name, members=members, is_region=row.is_region)


def _rule(row: AccessorialRule) -> engine.AccessorialRule:
    tiers = sorted(row.tiers.all(), key=lambda tier: tier.from_quantity)
    return from_columns(
        engine.AccessorialRule,
        row,
        tiers=tuple(from_columns(engine.Tier, tier) for tier in tiers),
        detention=_detention(row),
    )


def _detention(row: AccessorialRule) -> engine.DetentionTerms | None:
    terms = getattr(row, "detention", None)
    if terms is None:
        return None
    free = sorted(terms.free_times.all(), key=lambda time: (time.stop_kind, time.from_weight_lb))
    return from_columns(
        engine.DetentionTerms,
        terms,
        free_times=tuple(from_columns(engine.FreeTime, time) for time in free),
    )
