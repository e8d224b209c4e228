"""What was read of a file into its draft: all of it, or nothing."""

from datetime import datetime

from django.db import connection

from journal.operations.lifecycle import advance
from rating.models import RateImport
from rating.operations.drafting import NotADraft, hold_draft, note_edit
from rating.operations.importing.staging import BY, forget_staged
from rating.queries.cells.columns import COLUMNS, KEY
from rating.queries.staging import PLAN, REMOVED, find_clashes, mark_lanes

Status = RateImport.Status
ENDS = tuple(
    f"{end}_{part}" for end in ("origin", "destination") for part in ("kind", "country", "value")
)

# The parts are our own text; every value is a parameter.
DROP_BREAKS = f"DELETE FROM rating_lanebreak WHERE lane_id IN (SELECT l.id {REMOVED})"  # noqa: S608
DROP_LANES = f"DELETE FROM rating_lane WHERE id IN (SELECT l.id {REMOVED})"  # noqa: S608

CHANGE = """
UPDATE rating_lane l SET {columns}
FROM rating_stagedlane t
WHERE t.batch_id = %(batch)s AND t.verdict = 'CHANGED' AND l.id = t.lane_id
"""
CLEAR_BREAKS = """
DELETE FROM rating_lanebreak WHERE lane_id IN (
    SELECT t.lane_id FROM rating_stagedlane t
    WHERE t.batch_id = %(batch)s AND t.verdict = 'CHANGED')
"""
ADD = """
INSERT INTO rating_lane (version_id, row, {columns})
SELECT %(version)s,
       coalesce((SELECT max(row) FROM rating_lane WHERE version_id = %(version)s), 0)
       + row_number() OVER (ORDER BY t.position), {values}
FROM rating_stagedlane t WHERE t.batch_id = %(batch)s AND t.verdict = 'NEW'
ORDER BY t.position
"""
ADD_BREAKS = """
INSERT INTO rating_lanebreak (lane_id, freight_class, from_weight_lb, rate)
SELECT l.id, b.value ->> 0, (b.value ->> 1)::numeric, (b.value ->> 2)::numeric
FROM rating_stagedlane t
JOIN rating_lane l ON l.version_id = %(version)s AND {scope}
CROSS JOIN LATERAL jsonb_array_elements(t.breaks) AS b(value)
WHERE t.batch_id = %(batch)s AND t.verdict IN ('NEW', 'CHANGED')
"""


def write_lanes(batch: RateImport, *, at: datetime) -> RateImport:
    """Make the draft say what the file says, in the running transaction.

    When the draft has changed so that another preview would be shown, nothing is written and the
    import is read again; when the version is no longer a draft, the import is given up.
    """
    try:
        version = hold_draft(batch.version)
    except NotADraft as error:
        forget_staged(batch)
        return advance(batch, Status.DISCARDED, by=BY, at=at, reason=str(error))
    counts = mark_lanes(batch)
    shown = {name: batch.counts.get(name) for name in counts}
    if counts != shown or find_clashes(batch, most=1):
        told = "The draft was changed after the preview; look at the new one."
        return advance(batch, Status.RECEIVED, by=BY, at=at, reason=told)
    _write(batch)
    forget_staged(batch)
    note_edit(version, by=batch.applied_by, at=at)
    return advance(
        batch,
        Status.APPLIED,
        by=batch.applied_by,
        at=at,
        payload={"version": version.pk, "sha256": batch.sha256, **counts},
        applied_at=at,
    )


def _write(batch: RateImport) -> None:
    names = {"version": batch.version_id, "batch": batch.pk}
    has_breaks = "breaks" in batch.columns
    changed = [name for name in COLUMNS if name in batch.columns and name not in KEY]
    added = [*ENDS, *COLUMNS]
    with connection.cursor() as cursor:
        cursor.execute(PLAN)
        if batch.mode == RateImport.Mode.REPLACE:
            cursor.execute(DROP_BREAKS, names)
            cursor.execute(DROP_LANES, names)
        if changed:
            columns = ", ".join(f"{name} = t.{name}" for name in changed)
            cursor.execute(CHANGE.format(columns=columns), names)
        if has_breaks:
            cursor.execute(CLEAR_BREAKS, names)
        values = ", ".join(f"t.{name}" for name in added)
        cursor.execute(ADD.format(columns=", ".join(added), values=values), names)
        if has_breaks:
            scope = " AND ".join(f"l.{name} = t.{name}" for name in KEY)
            cursor.execute(ADD_BREAKS.format(scope=scope), names)
