"""Whether the rows of a draft can be a version, however many there are: every fault, by row.

What `rating.rules` tells of rows in memory, told of rows in the database; and what only the
database can tell of a hundred thousand lanes.
"""

from dataclasses import dataclass

from django.db import connection

from rating.engine.classes import CLASSES
from rating.models import RateCardVersion
from rating.queries.books import head_of, terms_of
from rating.rules import Fault, find_faults

MOST = 100

# A minimum above a maximum, breaks that need another basis or name no class, unknown zones.
LANES = """
WITH zones AS (
    SELECT CASE WHEN is_region THEN 'REGION::' ELSE 'ZONE::' END || name AS key
    FROM rating_zone WHERE version_id = %(version)s
)
SELECT l.row, 'minimum ' || trim_scale(greatest(l.minimum, v.minimum_charge))
       || ' is above maximum ' || trim_scale(l.maximum)
FROM rating_lane l JOIN rating_ratecardversion v ON v.id = l.version_id
WHERE l.version_id = %(version)s AND greatest(l.minimum, v.minimum_charge) > l.maximum
UNION ALL
SELECT l.row, 'weight breaks need PER_CWT, not ' || l.basis
FROM rating_lane l WHERE l.version_id = %(version)s AND l.basis <> 'PER_CWT'
     AND EXISTS (SELECT 1 FROM rating_lanebreak b WHERE b.lane_id = l.id)
UNION ALL
SELECT DISTINCT l.row, '''' || b.freight_class || ''' is no freight class'
FROM rating_lane l JOIN rating_lanebreak b ON b.lane_id = l.id
WHERE l.version_id = %(version)s AND b.freight_class <> ALL(%(classes)s)
UNION ALL
SELECT l.row, initcap(split_part(e.key, ':', 1)) || ' ' || e.value || ' is not defined'
FROM rating_lane l,
     LATERAL (VALUES (l.origin_kind, l.origin_key, l.origin_value),
                     (l.destination_kind, l.destination_key, l.destination_value))
         AS e(kind, key, value)
WHERE l.version_id = %(version)s AND e.kind IN ('ZONE', 'REGION')
      AND e.key NOT IN (SELECT key FROM zones)
ORDER BY 1 LIMIT %(most)s
"""

# Two zones that share a place, or one of which holds a place of the other, make two lanes of the
# same precision for it: only the order of the rows would decide between them. A priority says
# which is meant. Revenova's order ranks a zone behind its own members, so there the narrower wins.
OVERLAPS = """
WITH members AS (
    SELECT z.id, z.is_region, z.name, m.kind, m.country, m.value
    FROM rating_zone z JOIN rating_zonemember m ON m.zone_id = z.id
    WHERE z.version_id = %(version)s
), inner_members AS (
    SELECT * FROM members WHERE NOT EXISTS (
        SELECT FROM rating_ratecardversion v
        WHERE v.id = %(version)s AND v.precedence = 'REVENOVA')
), lying AS (
    SELECT id, is_region, name, kind, country, value, value AS place FROM members
    UNION ALL SELECT id, is_region, name, 'POSTAL3', country, left(value, 3), value
    FROM inner_members WHERE kind = 'POSTAL'
    UNION ALL SELECT id, is_region, name, 'STATE', country, split_part(value, ', ', 2), value
    FROM inner_members WHERE kind = 'CITY'
    UNION ALL SELECT id, is_region, name, 'COUNTRY', '', country, value
    FROM inner_members WHERE kind NOT IN ('COUNTRY', 'LOCATION')
), pairs AS (
    SELECT CASE WHEN m.is_region THEN 'REGION::' ELSE 'ZONE::' END AS kind,
           m.name AS name1, n.name AS name2, min(n.place) AS place
    FROM members m JOIN lying n ON n.kind = m.kind AND n.country = m.country
         AND n.value = m.value AND n.is_region = m.is_region AND n.id <> m.id
    GROUP BY 1, 2, 3
), shared AS (
    SELECT kind || name1 AS one, kind || name2 AS other, place FROM pairs
    UNION SELECT kind || name2, kind || name1, place FROM pairs
), keys AS (
    SELECT one, other, place FROM shared
    UNION ALL SELECT key, key, NULL FROM (
        SELECT origin_key AS key FROM rating_lane WHERE version_id = %(version)s
        UNION SELECT destination_key FROM rating_lane WHERE version_id = %(version)s) k
)
SELECT DISTINCT ON (b.row) b.row, a.row, coalesce(o.place, d.place)
FROM rating_lane a
JOIN keys o ON o.one = a.origin_key
JOIN keys d ON d.one = a.destination_key AND (o.place IS NOT NULL OR d.place IS NOT NULL)
JOIN rating_lane b ON b.version_id = a.version_id AND b.origin_key = o.other
     AND b.destination_key = d.other AND b.equipment = a.equipment AND b.commodity = a.commodity
     AND b.shipment_type = a.shipment_type AND b.priority = a.priority AND b.row > a.row
WHERE a.version_id = %(version)s AND EXISTS (SELECT 1 FROM shared)
ORDER BY b.row, a.row LIMIT %(most)s
"""


@dataclass(frozen=True, slots=True)
class Overlap:
    """Two lanes of one precision for one place; nothing but their order would decide."""

    row: int
    other: int
    place: str

    @property
    def fault(self) -> Fault:
        """The refusal, with both lines named."""
        told = f"covers {self.place} as row {self.other} does; give one of them a priority"
        return Fault(f"row {self.row}", told)


def find_overlaps(version: RateCardVersion, *, most: int = MOST) -> list[Overlap]:
    """The first pairs of lanes that overlap because their zones share a place."""
    with connection.cursor() as cursor:
        cursor.execute(OVERLAPS, {"version": version.pk, "most": most})
        return [Overlap(*row) for row in cursor.fetchall()]


def find_version_faults(version: RateCardVersion, *, most: int = MOST) -> list[Fault]:
    """What keeps the rows of a draft from being a version: the first `most` of each kind."""
    with connection.cursor() as cursor:
        cursor.execute(LANES, {"version": version.pk, "most": most, "classes": ["", *CLASSES]})
        lanes = [Fault(f"row {row}", message) for row, message in cursor.fetchall()]
    terms = terms_of(version)
    rules = find_faults(
        (),
        terms.accessorials,
        tuple(terms.zones.values()),
        fak=terms.fak,
        space_rules=terms.space_rules,
        settings=head_of(version),
        has_scale=terms.density_scale is not None,
    )
    return [*lanes, *(each.fault for each in find_overlaps(version, most=most)), *rules]
