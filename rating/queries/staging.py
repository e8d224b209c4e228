"""What a file would change in a draft, compared in the database however many lanes there are."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db import connection

from rating.models import Lane, RateImport, StagedLane
from rating.queries.cells.columns import COLUMNS, KEY

SCOPE = " AND ".join(f"l.{column} = t.{column}" for column in KEY)
BREAKS = """(SELECT coalesce(jsonb_agg(jsonb_build_array(b.freight_class, b.from_weight_lb, b.rate)
             ORDER BY b.freight_class COLLATE "C", b.from_weight_lb), '[]'::jsonb)
             FROM rating_lanebreak b WHERE b.lane_id = l.id)"""

# Fresh tables have no statistics yet: without a hash join, 100,000 lanes would be compared with
# each of 100,000.
PLAN = "SET LOCAL enable_nestloop = off; SET LOCAL jit = off"

MARK = """
UPDATE rating_stagedlane s
SET lane_id = l.id,
    verdict = CASE WHEN l.id IS NULL THEN 'NEW' WHEN {same} THEN 'SAME' ELSE 'CHANGED' END
FROM rating_stagedlane t
LEFT JOIN rating_lane l ON l.version_id = %(version)s AND {scope}
WHERE s.id = t.id AND t.batch_id = %(batch)s AND s.batch_id = %(batch)s
"""

COUNT = """
SELECT count(*) FILTER (WHERE verdict = 'NEW'), count(*) FILTER (WHERE verdict = 'CHANGED'),
       count(*) FILTER (WHERE verdict = 'SAME')
FROM rating_stagedlane WHERE batch_id = %(batch)s
"""

# Uncorrelated, so that it is hashed whatever the statistics say.
REMOVED = """
FROM rating_lane l WHERE l.version_id = %(version)s AND l.id NOT IN (
    SELECT t.lane_id FROM rating_stagedlane t
    WHERE t.batch_id = %(batch)s AND t.lane_id IS NOT NULL)
"""

TWICE = """
SELECT address, first, label FROM (
    SELECT t.position, t.address,
           coalesce(nullif(t.origin_value, ''), 'anywhere') || ' to '
           || coalesce(nullif(t.destination_value, ''), 'anywhere') AS label,
           first_value(t.address) OVER same AS first, row_number() OVER same AS nth
    FROM rating_stagedlane t WHERE t.batch_id = %(batch)s
    WINDOW same AS (PARTITION BY {key} ORDER BY t.position)) twin
WHERE nth > 1 ORDER BY position LIMIT %(most)s
"""

ZONES = """
SELECT t.address, e.kind, e.value
FROM rating_stagedlane t,
     LATERAL (VALUES (1, t.origin_kind, t.origin_value),
                     (2, t.destination_kind, t.destination_value)) AS e(nth, kind, value)
WHERE t.batch_id = %(batch)s AND e.kind IN ('ZONE', 'REGION')
  AND (e.value, e.kind = 'REGION') NOT IN (
      SELECT name, is_region FROM rating_zone WHERE version_id = %(version)s)
ORDER BY t.position, e.nth LIMIT %(most)s
"""

# After the merge: a sheet that names only minimums may cross a maximum of the card.
BOUNDS = """
SELECT t.address, trim_scale(greatest({minimum}, v.minimum_charge))::text,
       trim_scale({maximum})::text
FROM rating_stagedlane t
JOIN rating_ratecardversion v ON v.id = %(version)s
LEFT JOIN rating_lane l ON l.id = t.lane_id
WHERE t.batch_id = %(batch)s AND greatest({minimum}, v.minimum_charge) > {maximum}
ORDER BY t.position LIMIT %(most)s
"""

# Breaks that the card has already need PER_CWT, whatever basis the sheet names.
BASES = """
SELECT t.address, t.basis
FROM rating_stagedlane t
WHERE t.batch_id = %(batch)s AND t.basis <> 'PER_CWT' AND t.verdict = 'CHANGED'
  AND {keeps} AND EXISTS (SELECT 1 FROM rating_lanebreak b WHERE b.lane_id = t.lane_id)
ORDER BY t.position LIMIT %(most)s
"""


@dataclass(frozen=True, slots=True)
class Clash:
    """A lane of a file that cannot stand in the draft."""

    address: str
    read: str
    wanted: str


def mark_lanes(batch: RateImport) -> dict[str, int]:
    """Note for each staged lane what it would change; count new, changed, unchanged and removed."""
    names = {"version": batch.version_id, "batch": batch.pk}
    columns = [column for column in COLUMNS if column in batch.columns and column not in KEY]
    same = [f"l.{column} IS NOT DISTINCT FROM t.{column}" for column in columns]
    if "breaks" in batch.columns:
        same.append(f"{BREAKS} = coalesce(t.breaks, '[]'::jsonb)")
    with connection.cursor() as cursor:
        cursor.execute(PLAN)
        cursor.execute(MARK.format(same=" AND ".join(same) or "true", scope=SCOPE), names)
        cursor.execute(COUNT, names)
        new, changed, unchanged = cursor.fetchone()
        removed = 0
        if batch.mode == RateImport.Mode.REPLACE:
            cursor.execute(f"SELECT count(*) {REMOVED}", names)
            (removed,) = cursor.fetchone()
    return {"new": new, "changed": changed, "unchanged": unchanged, "removed": removed}


def find_clashes(batch: RateImport, *, most: int) -> list[Clash]:
    """Staged lanes that disagree with each other or with the draft; call after `mark_lanes`."""
    names = {"version": batch.version_id, "batch": batch.pk, "most": most}
    key = ", ".join(f"t.{column}" for column in KEY)
    bounds = {
        name: f"t.{name}"
        if name in batch.columns
        else f"(CASE WHEN t.verdict = 'NEW' THEN t.{name} ELSE l.{name} END)"
        for name in ("minimum", "maximum")
    }
    keeps = "false" if "breaks" in batch.columns or "basis" not in batch.columns else "true"
    with connection.cursor() as cursor:
        cursor.execute(TWICE.format(key=key), names)
        twice = [
            Clash(address, label, f"each lane once; {first} prices it already")
            for address, first, label in cursor.fetchall()
        ]
        cursor.execute(ZONES, names)
        zones = [
            Clash(address, f"{kind.lower()} {value}", f"a {kind.lower()} that the draft defines")
            for address, kind, value in cursor.fetchall()
        ]
        cursor.execute(BOUNDS.format(**bounds), names)
        crossed = [
            Clash(address, low, f"a minimum that is not above the maximum {high}")
            for address, low, high in cursor.fetchall()
        ]
        cursor.execute(BASES.format(keeps=keeps), names)
        bases = [
            Clash(address, basis, "PER_CWT, since the lane has weight breaks")
            for address, basis in cursor.fetchall()
        ]
    return [*twice, *zones, *crossed, *bases]


def staged_lanes(
    batch: RateImport,
    *,
    verdicts: Iterable[str] = ("NEW", "CHANGED"),
    after: int = 0,
    limit: int = 50,
) -> list[StagedLane]:
    """A page of what a file changes, in the order of the file, after that position."""  # fmt: skip
    rows = batch.lanes.filter(verdict__in=list(verdicts), position__gt=after)
    return list(rows.order_by("position")[:limit])


def lanes_before(staged: Iterable[StagedLane]) -> dict[int, Lane]:
    """The draft's lanes that staged ones would change, by their id, with their breaks."""
    ids = [lane.lane_id for lane in staged if lane.lane_id]
    return {lane.pk: lane for lane in Lane.objects.filter(pk__in=ids).prefetch_related("breaks")}


def removed_lanes(batch: RateImport, *, after: int = 0, limit: int = 50) -> list[Lane]:
    """A page of the draft's lanes that a replacing file does not name, by row."""
    if batch.mode != RateImport.Mode.REPLACE:
        return []
    rows = Lane.objects.raw(
        f"SELECT l.* {REMOVED} AND l.row > %(after)s ORDER BY l.row LIMIT %(limit)s",
        {"version": batch.version_id, "batch": batch.pk, "after": after, "limit": limit},
    )
    return list(rows)
