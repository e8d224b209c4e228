"""Row 5: what happens to loads, applied in blocks, beside a transaction for each by hand."""

import json
from collections.abc import Iterator, Sequence

from django.db import connection, connections

from dispatch.models import Load
from insights.benches.measuring import Goal, Side, compare
from insights.benches.processor import processor_clock
from insights.benches.reporting import Finding
from insights.benches.shop import LIFE, happened, open_shop, planned_loads, settle, tell
from insights.benches.sizes import Sizes

BLOCK = 100
TABLES = """
CREATE TABLE bench_event (id bigserial PRIMARY KEY, load_id bigint, kind text, at timestamptz,
    told jsonb, UNIQUE (load_id, kind, at));
CREATE TABLE bench_load (id bigint PRIMARY KEY, status text, changed_at timestamptz);
CREATE TABLE bench_outbox (id bigserial PRIMARY KEY, event_id bigint, topic text, told jsonb);
GRANT ALL ON bench_event, bench_load, bench_outbox TO PUBLIC;
GRANT ALL ON SEQUENCE bench_event_id_seq, bench_outbox_id_seq TO PUBLIC
"""
# Event, state and outbox in one statement: as little as can be done for one event.
BY_HAND = """
WITH happened AS (
    INSERT INTO bench_event (load_id, kind, at, told) VALUES (%s, %s, %s, %s)
    ON CONFLICT DO NOTHING RETURNING id, load_id, at
), moved AS (
    UPDATE bench_load l SET status = %s, changed_at = h.at FROM happened h WHERE l.id = h.load_id
)
INSERT INTO bench_outbox (event_id, topic, told) SELECT id, 'load.tracked', %s FROM happened
"""
STATUSES = ("AT_PICKUP", "IN_TRANSIT", "AT_DELIVERY", "DELIVERED")


def measure_applying(sizes: Sizes) -> Iterator[Finding]:
    """Tell the whole life of a block of loads, both ways: four events each, then what follows."""
    shipper = open_shop()
    count = min(BLOCK, sizes.loads)
    blocks = [
        planned_loads(count, of=shipper, prefix=f"R{number}-") for number in range(sizes.rounds + 1)
    ]
    settle("intake", "billing", "housekeeping")
    _make_tables(blocks)
    ours, by_hand = list(blocks), list(blocks)
    yield compare(
        "5  events applied: state, readiness, journal and outbox; by hand state and outbox",
        Side("by hand, one by one", [lambda: _tell_by_hand(by_hand.pop())], count * len(LIFE)),
        Side(f"ours, {count} at once", [lambda: _tell(ours.pop())], count * len(LIFE)),
        goal=Goal(5, is_most=False),
        rounds=sizes.rounds,
        clock=processor_clock([connection]),
    )


def _tell(loads: Sequence[Load]) -> None:
    """Tell each event of all loads, and do what the workers do about it."""
    for event in range(len(LIFE)):
        tell(loads, event=event)
        settle("billing")


def _tell_by_hand(loads: Sequence[Load]) -> None:
    """Tell each event of each load in a transaction of its own."""
    for event, (kind, stop) in enumerate(LIFE):
        told = json.dumps({"stop": stop})
        for load in loads:
            with connection.cursor() as cursor:
                cursor.execute(
                    BY_HAND, [load.pk, kind, happened(event), told, STATUSES[event], told]
                )


def _make_tables(blocks: Sequence[Sequence[Load]]) -> None:
    with connections["owner"].cursor() as cursor:
        cursor.execute(TABLES)
        ids = [load.pk for loads in blocks for load in loads]
        cursor.execute("INSERT INTO bench_load SELECT unnest(%s::bigint[]), 'DISPATCHED'", [ids])
