"""What must always hold of loads, stops, milestones and documents."""

from dispatch.models.milestone import MOST_MINUTES
from dispatch.queries.refold import loads_that_fold_differently
from journal.queries.invariants import Invariant, Walk, frozen

OF_A_LOAD = (
    "dispatch_document",
    "dispatch_loaditem",
    "dispatch_milestone",
    "dispatch_plan",
    "dispatch_reference",
    "dispatch_stop",
)


def _of_another_customer(table: str) -> str:
    return f"""
        (SELECT count(*) FROM {table} r JOIN dispatch_load l ON l.id = r.load_id
         WHERE r.customer_id <> l.customer_id)
    """  # noqa: S608


INVARIANTS: tuple[Invariant | Walk, ...] = (
    frozen(
        "I8",
        "Facts and plans are never edited.",
        "dispatch_loadcost",
        "dispatch_milestone",
        "dispatch_plan",
    ),
    Invariant(
        "I8",
        "A load is delivered, called off or neither, and says when.",
        """
        SELECT count(*) FROM dispatch_load
        WHERE (status = 'DELIVERED') <> (delivered_at IS NOT NULL)
           OR (status IN ('CANCELLED', 'TONU')) <> (ended_at IS NOT NULL)
        """,
    ),
    Invariant(
        "I8",
        "A stop was reached or left exactly when its status says so.",
        """
        SELECT count(*) FROM dispatch_stop
        WHERE (status = 'PENDING' AND (arrived_at IS NOT NULL OR departed_at IS NOT NULL))
           OR (status = 'ARRIVED' AND (arrived_at IS NULL OR departed_at IS NOT NULL))
           OR (status = 'COMPLETED' AND departed_at IS NULL)
        """,
    ),
    Walk(
        "I8",
        "Every load and stop stands as its facts fold, in whatever order they came.",
        loads_that_fold_differently,
    ),
    Invariant(
        "I10",
        "Every load stands in the status that was told of last.",
        """
        SELECT count(*) FROM dispatch_load l
        LEFT JOIN LATERAL (
            SELECT e.new ->> 'status' AS status FROM journal_event e
            WHERE e.subject_table = 'dispatch_load' AND e.subject_id = l.id
              AND jsonb_exists(e.new, 'status')
            ORDER BY e.id DESC LIMIT 1) told ON true
        WHERE l.status <> coalesce(told.status, 'PLANNED')
        """,
    ),
    Invariant(
        "I19",
        "What belongs to a load belongs to the load's customer.",
        "SELECT " + " + ".join(map(_of_another_customer, OF_A_LOAD)),
    ),
    Invariant(
        "I21",
        "Every instant is kept as one, not as the time that some clock showed.",
        """
        SELECT count(*) FROM information_schema.columns
        WHERE table_schema = current_schema() AND table_name LIKE 'dispatch\\_%'
          AND column_name LIKE '%\\_at' AND data_type <> 'timestamp with time zone'
        """,
    ),
    Invariant(
        "I21",
        "Every offset that a source told is one that a clock on earth can have.",
        f"""
        SELECT count(*) FROM dispatch_milestone
        WHERE abs(source_offset_minutes) > {MOST_MINUTES}
        """,  # noqa: S608
    ),
    Invariant(
        "I21",
        "Every stop keeps a time zone that exists.",
        """
        SELECT count(*) FROM dispatch_stop
        WHERE timezone NOT IN (SELECT name FROM pg_timezone_names)
        """,
    ),
)
