"""The rows of a draft, written in blocks: a card has a hundred thousand lanes."""

from collections.abc import Iterable, Sequence
from itertools import islice

from rating.engine import book as engine
from rating.engine import freight
from rating.models import (
    AccessorialRule,
    AccessorialTier,
    DetentionTerms,
    FakRange,
    FreeTime,
    Lane,
    LaneBreak,
    RateCardVersion,
    SpaceRule,
    Zone,
    ZoneMember,
)
from rating.queries.translation import place_columns, to_columns

BLOCK = 2000


def fill_version(
    version: RateCardVersion,
    *,
    lanes: Iterable[engine.LaneRow],
    zones: Sequence[engine.Zone],
    accessorials: Sequence[engine.AccessorialRule],
    fak: Sequence[freight.FakRange] = (),
    space_rules: Sequence[freight.SpaceRule] = (),
) -> None:
    """Write the rows of a draft. The database refuses them once it is approved."""
    rows = iter(lanes)
    while block := list(islice(rows, BLOCK)):
        _write_lanes(version, block)
    for zone in zones:
        write_zone(version, zone)
    for rule in accessorials:
        write_rule(version, rule)
    FakRange.objects.bulk_create(
        FakRange(version=version, **to_columns(each, FakRange)) for each in fak
    )
    SpaceRule.objects.bulk_create(
        SpaceRule(version=version, **to_columns(each, SpaceRule)) for each in space_rules
    )


def _write_lanes(version: RateCardVersion, lanes: list[engine.LaneRow]) -> None:
    written = Lane.objects.bulk_create(_lane(version, lane) for lane in lanes)
    LaneBreak.objects.bulk_create(
        LaneBreak(lane=row, **to_columns(each, LaneBreak))
        for row, lane in zip(written, lanes, strict=True)
        for each in lane.breaks
    )


def _lane(version: RateCardVersion, lane: engine.LaneRow) -> Lane:
    return Lane(
        version=version,
        **to_columns(lane, Lane),
        **place_columns(lane.origin, "origin_"),
        **place_columns(lane.destination, "destination_"),
    )


def write_zone(version: RateCardVersion, zone: engine.Zone) -> None:
    """Write one zone of a draft with its members."""
    row = Zone.objects.create(version=version, name=zone.name, is_region=zone.is_region)
    ZoneMember.objects.bulk_create(
        ZoneMember(zone=row, **place_columns(place)) for place in sorted(zone.members)
    )


def write_rule(version: RateCardVersion, rule: engine.AccessorialRule) -> None:
    """Write one accessorial rule of a draft with everything it holds."""
    row = AccessorialRule.objects.create(version=version, **to_columns(rule, AccessorialRule))
    AccessorialTier.objects.bulk_create(
        AccessorialTier(rule=row, **to_columns(tier, AccessorialTier)) for tier in rule.tiers
    )
    if rule.detention:
        terms = DetentionTerms.objects.create(
            rule=row, **to_columns(rule.detention, DetentionTerms)
        )
        FreeTime.objects.bulk_create(
            FreeTime(terms=terms, **to_columns(time, FreeTime))
            for time in rule.detention.free_times
        )
