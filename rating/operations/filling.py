"""The rows of a draft, written in blocks: a card has a hundred thousand lanes."""

from collections.abc import Iterable, Sequence
from itertools import islice

from django.db import connection
from django.db.models import Model

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


def copy_lanes(version: RateCardVersion, *, to: RateCardVersion) -> int:
    """Give a draft without lanes those of `version`, with their rows; return how many.

    One statement for each table: through the ORM, a hundred thousand lanes pass through memory.
    """
    names = {"version": version.pk, "to": to.pk}
    with connection.cursor() as cursor:
        cursor.execute(COPY_LANES, names)
        copied = int(cursor.rowcount)
        cursor.execute("SET LOCAL enable_nestloop = off")
        cursor.execute(COPY_BREAKS, names)
        cursor.execute("SET LOCAL enable_nestloop = on")
    return copied


def _columns(model: type[Model], *, but: frozenset[str]) -> str:
    fields = (field for field in model._meta.concrete_fields if not field.generated)
    return ", ".join(f"{field.column}" for field in fields if field.column not in but)


_LANE = _columns(Lane, but=frozenset({"id", "version_id"}))
_BREAK = _columns(LaneBreak, but=frozenset({"id", "lane_id"}))
# Our own column names; every value is a parameter.
COPY_LANES = f"""
INSERT INTO rating_lane (version_id, {_LANE})
SELECT %(to)s, {_LANE} FROM rating_lane WHERE version_id = %(version)s ORDER BY row
"""  # noqa: S608
COPY_BREAKS = f"""
INSERT INTO rating_lanebreak (lane_id, {_BREAK})
SELECT n.id, {", ".join(f"b.{name}" for name in _BREAK.split(", "))}
FROM rating_lane o
JOIN rating_lane n ON n.version_id = %(to)s AND n.row = o.row
JOIN rating_lanebreak b ON b.lane_id = o.id
WHERE o.version_id = %(version)s ORDER BY o.row
"""  # noqa: S608


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
