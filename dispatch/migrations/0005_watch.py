"""One row for each open load, by which the dispatchers' board sorts."""

import datetime
import django.db.models.deletion
from django.db import migrations, models

from journal.operations.guarding import isolate_rows

# The watch of loads that were there before, as `dispatch.operations.watching` wrote it first.
WATCH_ALL = """
WITH seen AS (
    SELECT l.id, l.customer_id, l.carrier_id IS NOT NULL AS is_assigned, p.phase, eta.eta_at,
        CASE WHEN eta.eta_at > next.due_at THEN LEAST(eta.told_at, next.due_at)
             ELSE next.due_at END AS late_at,
        here.waiting_from, heard.heard_at,
        COALESCE(l.pickup_from, '9999-01-01 00:00:00+00') AS pickup_at,
        COALESCE(l.delivery_from, '9999-01-01 00:00:00+00') AS delivery_at
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
)
INSERT INTO dispatch_watch (load_id, customer_id, phase, is_assigned, eta_at, late_at,
    waiting_from, heard_at, pickup_at, delivery_at)
SELECT id, customer_id, phase, is_assigned, eta_at, late_at, waiting_from, heard_at, pickup_at,
    delivery_at
FROM seen WHERE phase IS NOT NULL
"""


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0002_isolation"),
        ("dispatch", "0004_load_costs"),
        ("journal", "0002_guarantees"),
    ]

    operations = [
        migrations.CreateModel(
            name="Watch",
            fields=[
                (
                    "load",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="watch",
                        serialize=False,
                        to="dispatch.load",
                    ),
                ),
                (
                    "phase",
                    models.CharField(
                        choices=[
                            ("OFFERED", "Offered"),
                            ("BEFORE", "Before pickup"),
                            ("AT_STOP", "At a stop"),
                            ("ROLLING", "In transit"),
                            ("DONE", "Delivered, no proof yet"),
                        ],
                        max_length=8,
                    ),
                ),
                ("is_assigned", models.BooleanField()),
                (
                    "eta_at",
                    models.DateTimeField(null=True, verbose_name="last estimate for the next stop"),
                ),
                ("late_at", models.DateTimeField(null=True, verbose_name="counts as late from")),
                (
                    "waiting_from",
                    models.DateTimeField(null=True, verbose_name="clock at the stop began"),
                ),
                ("heard_at", models.DateTimeField(null=True, verbose_name="last sign of life")),
                (
                    "pickup_at",
                    models.DateTimeField(
                        default=datetime.datetime(9999, 1, 1, 0, 0, tzinfo=datetime.timezone.utc)
                    ),
                ),
                (
                    "delivery_at",
                    models.DateTimeField(
                        default=datetime.datetime(9999, 1, 1, 0, 0, tzinfo=datetime.timezone.utc)
                    ),
                ),
                (
                    "customer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.customer",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["phase", "pickup_at", "load"], name="watch_pickup"),
                    models.Index(fields=["phase", "delivery_at", "load"], name="watch_delivery"),
                    models.Index(fields=["phase", "late_at", "load"], name="watch_late"),
                    models.Index(
                        condition=models.Q(("phase", "AT_STOP")),
                        fields=["phase", "waiting_from", "load"],
                        name="watch_waiting",
                    ),
                    models.Index(
                        condition=models.Q(("phase", "ROLLING")),
                        fields=["phase", "heard_at", "load"],
                        name="watch_heard",
                    ),
                    models.Index(
                        condition=models.Q(("is_assigned", False), ("phase", "BEFORE")),
                        fields=["pickup_at", "load"],
                        name="watch_unassigned",
                    ),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("phase__in", ["OFFERED", "BEFORE", "AT_STOP", "ROLLING", "DONE"])
                        ),
                        name="watch_phase_known",
                    )
                ],
            },
        ),
        isolate_rows("dispatch_watch"),
        migrations.RunSQL(WATCH_ALL, migrations.RunSQL.noop),
    ]
