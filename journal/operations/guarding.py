"""Guarantees that the database keeps by itself, as reversible migration operations.

Every function returns a `RunSQL` for one table; the trigger functions they name are made by
journal's own migrations.
"""

from django.db.migrations import RunSQL


def freeze_table(table: str) -> RunSQL:
    """Refuse UPDATE, DELETE and TRUNCATE on `table`, whoever asks."""
    return RunSQL(
        f"""
        CREATE TRIGGER {table}_frozen BEFORE UPDATE OR DELETE ON {table}
            FOR EACH ROW EXECUTE FUNCTION journal_refuse_change();
        CREATE TRIGGER {table}_not_emptied BEFORE TRUNCATE ON {table}
            FOR EACH STATEMENT EXECUTE FUNCTION journal_refuse_change();
        """,
        f"""
        DROP TRIGGER {table}_frozen ON {table};
        DROP TRIGGER {table}_not_emptied ON {table};
        """,
    )


def guard_moves(table: str) -> RunSQL:
    """Let `table.status` move only along legal pairs, each told of by an event."""
    return RunSQL(
        f"""
        CREATE TRIGGER {table}_legal_move BEFORE UPDATE OF status ON {table}
            FOR EACH ROW WHEN (OLD.status IS DISTINCT FROM NEW.status)
            EXECUTE FUNCTION journal_check_move();
        CREATE CONSTRAINT TRIGGER {table}_move_told AFTER UPDATE OF status ON {table}
            DEFERRABLE INITIALLY DEFERRED
            FOR EACH ROW WHEN (OLD.status IS DISTINCT FROM NEW.status)
            EXECUTE FUNCTION journal_check_told();
        """,
        f"""
        DROP TRIGGER {table}_legal_move ON {table};
        DROP TRIGGER {table}_move_told ON {table};
        """,
    )


def isolate_rows(table: str, column: str = "customer_id") -> RunSQL:
    """Show and accept only rows of the customers named by the setting `lading.customers`.

    `*` stands for all; an empty or missing setting for none. Rows of nobody are the carrier's.
    """
    return _isolate(table, f"journal_may_see({table}.{column})")


def keep_to_the_carrier(table: str) -> RunSQL:
    """Show and accept rows only where the setting `lading.customers` is `*`."""
    return _isolate(table, "journal_may_see(NULL::bigint)")


def _isolate(table: str, rule: str) -> RunSQL:
    return RunSQL(
        f"""
        ALTER TABLE {table} ENABLE ROW LEVEL SECURITY;
        CREATE POLICY {table}_by_customer ON {table} USING ({rule}) WITH CHECK ({rule});
        """,
        f"""
        DROP POLICY {table}_by_customer ON {table};
        ALTER TABLE {table} DISABLE ROW LEVEL SECURITY;
        """,
    )
