"""What the owner gives the application's role after migrating: rights, and the legal moves."""

from django.db import connections

from journal.models import LegalMove
from journal.queries.moves import declared_moves

# Rows of these tables are inserted and read, never changed, by anybody.
FROZEN = "SELECT DISTINCT tgrelid::regclass::text FROM pg_trigger WHERE tgname LIKE '%\\_frozen'"


def provision(*, owner: str, role: str) -> None:
    """Grant `role` what the application needs and write the table of legal moves.

    `owner` is the alias of the owner's connection. The role may never TRUNCATE, alter a table or
    a trigger, and may not change a frozen row. Repeating it changes nothing.
    """
    with connections[owner].cursor() as cursor:
        cursor.execute("SELECT current_user")
        if cursor.fetchone()[0] != role:
            _grant(cursor, role)
    write_legal_moves(using=owner)


def _grant(cursor: object, role: str) -> None:
    execute = cursor.execute  # type: ignore[attr-defined]
    execute(f'GRANT USAGE ON SCHEMA public TO "{role}"')
    execute(f'GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO "{role}"')
    execute(f'GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO "{role}"')
    execute(FROZEN)
    for (table,) in cursor.fetchall():  # type: ignore[attr-defined]
        execute(f'REVOKE UPDATE, DELETE, TRUNCATE ON {table} FROM "{role}"')
    for table in ("journal_legalmove", "django_migrations"):
        execute(f'REVOKE INSERT, UPDATE, DELETE ON {table} FROM "{role}"')


def write_legal_moves(*, using: str) -> None:
    """Make the table of legal moves equal to what the models declare."""
    rows = LegalMove.objects.using(using)
    declared = declared_moves()
    written = set(rows.values_list("table", "from_status", "to_status"))
    for table, before, after in written - declared:
        rows.filter(table=table, from_status=before, to_status=after).delete()
    rows.bulk_create(
        LegalMove(table=table, from_status=before, to_status=after)
        for table, before, after in sorted(declared - written)
    )
