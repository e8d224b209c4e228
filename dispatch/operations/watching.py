"""Keep the watch over open loads: see `dispatch.models.Watch`."""

from collections.abc import Collection

from django.db import connection

from dispatch.models.watch import FAR
from journal.operations.recording import assert_in_transaction

# One statement for a whole batch. The next stop is the first that was not reached, after all that
# were: a call that was never told must not make the load late for ever.
WATCH = """
WITH seen AS (
    SELECT l.id, l.customer_id, l.carrier_id IS NOT NULL AS is_assigned, p.phase, eta.eta_at,
        CASE WHEN eta.eta_at > next.due_at THEN LEAST(eta.told_at, next.due_at)
             ELSE next.due_at END AS late_at,
        here.waiting_from, heard.heard_at,
        COALESCE(l.pickup_from, %(far)s) AS pickup_at,
        COALESCE(l.delivery_from, %(far)s) AS delivery_at
    FROM dispatch_load l
    CROSS JOIN LATERAL (SELECT CASE
        WHEN l.status = 'TENDERED' THEN 'OFFERED'
        WHEN l.status IN ('PLANNED', 'ACCEPTED', 'DISPATCHED') THEN 'BEFORE'
        WHEN l.status IN ('AT_PICKUP', 'AT_DELIVERY') THEN 'AT_STOP'
        WHEN l.status = 'IN_TRANSIT' THEN 'ROLLING'
        WHEN l.status = 'DELIVERED' AND NOT EXISTS (
            SELECT FROM dispatch_document d
            WHERE d.load_id = l.id AND d.kind = 'POD' AND d.status <> 'REJECTED') THEN 'DONE'
        END) AS p(phase)
    LEFT JOIN LATERAL (
        SELECT s.id, COALESCE(s.appointment_to, s.appointment_from) AS due_at
        FROM dispatch_stop s
        WHERE s.load_id = l.id AND s.status = 'PENDING' AND s.sequence > COALESCE((
            SELECT max(r.sequence) FROM dispatch_stop r
            WHERE r.load_id = l.id AND r.arrived_at IS NOT NULL), 0)
        ORDER BY s.sequence LIMIT 1) AS next ON p.phase IN ('OFFERED', 'BEFORE', 'ROLLING')
    LEFT JOIN LATERAL (
        SELECT CASE WHEN s.is_fcfs THEN s.arrived_at
                    ELSE GREATEST(s.arrived_at, s.appointment_from) END AS waiting_from
        FROM dispatch_stop s
        WHERE s.load_id = l.id AND s.status = 'ARRIVED'
        ORDER BY s.sequence DESC LIMIT 1) AS here ON p.phase = 'AT_STOP'
    LEFT JOIN LATERAL (
        SELECT max(LEAST(m.occurred_at, m.received_at)) AS heard_at
        FROM dispatch_milestone m WHERE m.load_id = l.id) AS heard ON p.phase = 'ROLLING'
    LEFT JOIN LATERAL (
        SELECT m.occurred_at AS eta_at, m.received_at AS told_at
        FROM dispatch_milestone m
        WHERE m.load_id = l.id AND m.kind = 'ETA' AND NOT m.is_retraction
            AND (m.stop_id = next.id OR m.stop_id IS NULL)
        ORDER BY m.received_at DESC, m.id DESC LIMIT 1) AS eta ON p.phase = 'ROLLING'
    WHERE l.id = ANY(%(loads)s)
), gone AS (
    DELETE FROM dispatch_watch w USING seen s WHERE w.load_id = s.id AND s.phase IS NULL
)
INSERT INTO dispatch_watch (load_id, customer_id, phase, is_assigned, eta_at, late_at,
    waiting_from, heard_at, pickup_at, delivery_at)
SELECT id, customer_id, phase, is_assigned, eta_at, late_at, waiting_from, heard_at, pickup_at,
    delivery_at
FROM seen WHERE phase IS NOT NULL
ON CONFLICT (load_id) DO UPDATE SET
    customer_id = EXCLUDED.customer_id, phase = EXCLUDED.phase,
    is_assigned = EXCLUDED.is_assigned, eta_at = EXCLUDED.eta_at, late_at = EXCLUDED.late_at,
    waiting_from = EXCLUDED.waiting_from, heard_at = EXCLUDED.heard_at,
    pickup_at = EXCLUDED.pickup_at, delivery_at = EXCLUDED.delivery_at
"""


def watch_loads(load_ids: Collection[int]) -> None:
    """Write the watch of these loads anew; the caller holds their locks."""
    assert_in_transaction()
    if load_ids:
        with connection.cursor() as cursor:
            cursor.execute(WATCH, {"loads": sorted(load_ids), "far": FAR})
