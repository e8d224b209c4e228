"""Which versions may price a load, and the book of one of them.

A load is priced from two statements on a card that is known: its version, and the few lanes that
cover both ends. The rest of a published version cannot change, so a process keeps it.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache

from django.db.models import Prefetch, Q, QuerySet, prefetch_related_objects

from rating.engine import book as engine
from rating.engine import freight
from rating.engine.choices import Anchor, Basis
from rating.engine.facts import LoadFacts
from rating.engine.lanes import stop_places
from rating.models import (
    AccessorialRule,
    DensityScale,
    FakRange,
    FuelProgramme,
    FuelTableRow,
    Lane,
    LaneBreak,
    RateCardVersion,
    ScaleEdition,
    SpaceRule,
    Zone,
)
from rating.queries.translation import from_columns, place_of

Status = RateCardVersion.Status


@dataclass(frozen=True, slots=True)
class Terms:
    """What a version holds beside its lanes."""

    zones: Mapping[str, engine.Zone]
    accessorials: tuple[engine.AccessorialRule, ...]
    fuel_rows: tuple[engine.FuelRow, ...]
    fak: tuple[freight.FakRange, ...]
    space_rules: tuple[freight.SpaceRule, ...]
    density_scale: freight.DensityScale | None


def find_versions(facts: LoadFacts) -> list[RateCardVersion]:
    """The published versions that may price the load, in the order they are asked.

    A card of the customer comes before a generic one, one that names equipment or shipment type
    before one that does not, then the name decides.
    """
    fitting = (
        RateCardVersion.objects.filter(_in_force(facts), status=Status.PUBLISHED)
        .filter(Q(card__customer_id=facts.customer_id) | Q(card__customer=None))
        .filter(card__equipment__in=("", facts.equipment))
        .filter(card__shipment_type__in=("", facts.shipment_type))
        .select_related("card", "fuel__series")
    )
    return sorted(fitting, key=_closeness)


def load_book(version: RateCardVersion, facts: LoadFacts) -> engine.RateBook:
    """The book of `version` with the lanes that cover the load's first and last stop."""
    terms = terms_of(version)
    return _book(version, terms, _lanes_for(version, terms, facts))


def whole_book(version: RateCardVersion) -> engine.RateBook:
    """The book of `version` with every lane, in the order of the rows."""
    lanes = version.lanes.order_by("row").prefetch_related("breaks")
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


def _in_force(facts: LoadFacts) -> Q:
    """Versions whose period holds the day that their card goes by."""
    within = Q(pk__in=[])
    for anchor in Anchor:
        day = facts.day_of(anchor)
        if day is not None:
            started = Q(card__rated_on=anchor, effective_from__lte=day)
            within |= started & (Q(effective_to=None) | Q(effective_to__gte=day))
    return within


def _closeness(version: RateCardVersion) -> tuple[bool, int, str]:
    card = version.card
    return card.customer_id is None, -bool(card.equipment) - bool(card.shipment_type), card.name


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


def _lanes_for(version: RateCardVersion, terms: Terms, facts: LoadFacts) -> list[Lane]:
    if facts.origin is None or facts.destination is None:
        return []
    origin, destination = (
        sorted(place.key for place in stop_places(end, terms.zones))
        for end in (facts.origin, facts.destination)
    )
    # No ordering: with one, the planner walks every row of the version in order of their numbers.
    lanes = list(
        Lane.objects.filter(version=version, origin_key__in=origin, destination_key__in=destination)
    )
    weighed = [lane for lane in lanes if lane.basis == Basis.PER_CWT]
    prefetch_related_objects(weighed, Prefetch("breaks", _breaks()))
    return lanes


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
        return _frozen_terms(version.pk, version.published_at)
    return _read_terms(version.pk)


@lru_cache(maxsize=512)
def _frozen_terms(version_id: int, _published_at: datetime) -> Terms:
    """Kept for good: triggers refuse any change to the rows of a published version."""
    return _read_terms(version_id)


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
