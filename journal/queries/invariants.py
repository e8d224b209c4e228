"""What must always hold of events, deliveries, statuses and the audit chain.

Every app states its own promises like this, in its `queries/invariants.py`; `check_invariants`
prints them all, by the codes that docs/operations.md explains.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from django.db.backends.utils import CursorWrapper

from journal.events import MAX_ATTEMPTS
from journal.models import Lifecycle
from journal.queries.chain import GENESIS, find_break
from journal.queries.moves import declared_moves, lifecycles
from journal.queries.subscriptions import subscriptions


@dataclass(frozen=True, slots=True)
class Invariant:
    """A promise about the rows; `sql` selects the number of those that break it.

    The statement reads one snapshot and changes nothing, so it may run at any time, also in
    production.
    """

    is_deep: ClassVar[bool] = False

    code: str
    sentence: str
    sql: str
    parameters: Sequence[Any] = ()

    def count(self, cursor: CursorWrapper) -> int:
        """Return how many rows break the promise: 0 when it holds."""
        cursor.execute(self.sql, self.parameters or None)
        return int(cursor.fetchone()[0])


@dataclass(frozen=True, slots=True)
class Walk:
    """A promise that only our own code can check, row by row: slower, asked for by `--deep`."""

    is_deep: ClassVar[bool] = True

    code: str
    sentence: str
    find: Callable[[], int]

    def count(self, _cursor: CursorWrapper) -> int:
        """Return how many rows break the promise: 0 when it holds."""
        return self.find()


def frozen(code: str, sentence: str, *tables: str) -> Invariant:
    """Promise that the triggers of `guarding.freeze_table` stand on each of `tables`."""
    return guarded(code, sentence, tables, guards=("frozen", "not_emptied"))


def guarded(code: str, sentence: str, tables: Iterable[str], *, guards: Iterable[str]) -> Invariant:
    """Promise that each of `tables` has the enabled triggers `<table>_<guard>`."""
    return Invariant(
        code,
        sentence,
        """
        SELECT count(*) FROM unnest(%s::text[]) AS t(name), unnest(%s::text[]) AS g(name)
        WHERE NOT EXISTS (SELECT 1 FROM pg_trigger
                          WHERE tgrelid = to_regclass(t.name) AND tgenabled IN ('O', 'A')
                            AND tgname = t.name || '_' || g.name)
        """,
        (list(tables), list(guards)),
    )


def _sum(counts: Iterable[str]) -> str:
    return "SELECT " + " + ".join(f"({count})" for count in counts)


def _strange_statuses(model: type[Lifecycle]) -> str:
    """Count rows in a status that no move of the model knows."""
    known = ", ".join(sorted({f"'{status}'" for move in model.TRANSITIONS for status in move}))
    return f"SELECT count(*) FROM {model._meta.db_table} WHERE status NOT IN ({known})"  # noqa: S608


def _untold_statuses(model: type[Lifecycle]) -> str:
    """Count rows whose status is not the last one told of; untold rows stand where rows begin."""
    table = model._meta.db_table
    first = model().status
    return f"""
        SELECT count(*) FROM {table} r
        LEFT JOIN LATERAL (
            SELECT e.new ->> 'status' AS status FROM journal_event e
            WHERE e.subject_table = '{table}' AND e.subject_id = r.id AND e.new ? 'status'
            ORDER BY e.id DESC LIMIT 1) told ON true
        WHERE r.status <> coalesce(told.status, '{first}')
    """  # noqa: S608


LIFECYCLES = lifecycles()
TABLES = [model._meta.db_table for model in LIFECYCLES]
MOVES = [list(column) for column in zip(*sorted(declared_moves()), strict=True)]
ROUTES = [route for heard in subscriptions().values() for route in heard]

INVARIANTS: tuple[Invariant | Walk, ...] = (
    frozen("I4", "Events and seals cannot be changed.", "journal_event", "journal_seal"),
    Invariant(
        "I5",
        "No delivery has been due for more than 15 minutes.",
        """
        SELECT count(*) FROM journal_delivery d JOIN journal_event e ON e.id = d.event_id
        WHERE (d.status = 'PENDING'
               AND greatest(d.next_try_at, e.written_at) < now() - interval '15 minutes')
           OR (d.status = 'LEASED' AND d.lease_until < now() - interval '15 minutes')
        """,
    ),
    Invariant(
        "I9",
        "The legal moves in the database are those that the models declare.",
        """
        SELECT count(*)
        FROM unnest(%s::text[], %s::text[], %s::text[]) AS d("table", from_status, to_status)
        FULL JOIN journal_legalmove m USING ("table", from_status, to_status)
        WHERE m.id IS NULL OR d IS NULL
        """,
        MOVES,
    ),
    Invariant(
        "I9",
        "Every row stands in a status that its moves know.",
        _sum(map(_strange_statuses, LIFECYCLES)),
    ),
    Invariant(
        "I9",
        "Every move that was recorded is a legal one.",
        """
        SELECT count(*) FROM journal_event e
        WHERE e.subject_table = ANY (%s)
          AND e.old ->> 'status' <> e.new ->> 'status'
          AND NOT EXISTS (SELECT 1 FROM journal_legalmove m WHERE m."table" = e.subject_table
                          AND m.from_status = e.old ->> 'status'
                          AND m.to_status = e.new ->> 'status')
        """,
        (TABLES,),
    ),
    guarded(
        "I9",
        "The database itself refuses an illegal move, and one that no event tells of.",
        TABLES,
        guards=("legal_move", "move_told"),
    ),
    Invariant(
        "I10",
        "Every status is the one that its last event tells of.",
        _sum(map(_untold_statuses, LIFECYCLES)),
    ),
    Invariant(
        "I10",
        "Every move begins where the one before it ended.",
        """
        SELECT count(*) FROM (
            SELECT old ->> 'status' AS began,
                   lag(new ->> 'status') OVER (PARTITION BY subject_table, subject_id ORDER BY id)
                       AS ended
            FROM journal_event
            WHERE subject_table = ANY (%s) AND jsonb_exists(new, 'status')) AS moves
        WHERE began <> ended
        """,
        (TABLES,),
    ),
    Invariant(
        "I11",
        "Every event older than the head of the chain is sealed.",
        """
        SELECT count(*) FROM journal_event e
        WHERE e.xid < (SELECT last.xid FROM journal_seal s JOIN journal_event last
                       ON last.id = s.event_id ORDER BY s.position DESC LIMIT 1)
          AND NOT EXISTS (SELECT 1 FROM journal_seal s WHERE s.event_id = e.id)
        """,
    ),
    Invariant(
        "I11",
        "Every seal follows the one before it, from the first without a gap.",
        """
        SELECT count(*) FROM (
            SELECT position, previous_hash, row_number() OVER ordered AS expected,
                   lag(hash, 1, %s) OVER ordered AS before
            FROM journal_seal WINDOW ordered AS (ORDER BY position)) AS links
        WHERE position <> expected OR previous_hash <> before
        """,
        (GENESIS,),
    ),
    Invariant(
        "I11",
        "The head of the chain on every past day still stands where it stood.",
        """
        SELECT count(*) FROM journal_anchor a
        WHERE NOT EXISTS (SELECT 1 FROM journal_seal s
                          WHERE s.position = a.position AND s.hash = a.hash)
        """,
    ),
    Invariant(
        "I11",
        "No event has waited more than 15 minutes for its seal.",
        """
        SELECT count(*) FROM journal_event e
        WHERE e.written_at < now() - interval '15 minutes'
          AND NOT EXISTS (SELECT 1 FROM journal_seal s WHERE s.event_id = e.id)
        """,
    ),
    Walk(
        "I11",
        "Every sealed event is, to the last byte, the one that was sealed.",
        lambda: int(find_break() is not None),
    ),
    Invariant(
        "I13",
        "Since a subscriber first heard of an event, it has been sent every one of that name.",
        """
        WITH since AS (
            SELECT e.name, d.subscriber, min(e.id) AS first
            FROM journal_delivery d JOIN journal_event e ON e.id = d.event_id GROUP BY 1, 2)
        SELECT count(*) FROM journal_event e
        JOIN unnest(%s::text[], %s::text[]) AS r(event, handler) ON r.event = e.name
        JOIN since s ON s.name = e.name AND s.subscriber = r.handler AND e.id > s.first
        WHERE NOT EXISTS (SELECT 1 FROM journal_delivery d
                          WHERE d.event_id = e.id AND d.subscriber = r.handler)
        """,
        ([route.event for route in ROUTES], [route.handler for route in ROUTES]),
    ),
    Invariant(
        "I20",
        f"No delivery was tried more than {MAX_ATTEMPTS} times.",
        "SELECT count(*) FROM journal_delivery WHERE attempts > %s",
        (MAX_ATTEMPTS,),
    ),
    Invariant(
        "I20",
        "Of every delivery that was given up, an event tells.",
        """
        SELECT count(*) FROM journal_delivery d
        WHERE d.status = 'DEAD' AND NOT EXISTS (
            SELECT 1 FROM journal_event e WHERE e.subject_table = 'journal_delivery'
              AND e.subject_id = d.id AND e.name = 'delivery.dead')
        """,
    ),
)
