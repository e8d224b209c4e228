"""The trigger functions behind frozen tables, legal moves and row-level security."""

from django.db import migrations

from journal.operations.guarding import freeze_table, isolate_rows

FUNCTIONS = """
CREATE FUNCTION journal_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only: % refused', TG_TABLE_NAME, TG_OP
        USING ERRCODE = 'integrity_constraint_violation';
END $$;

CREATE FUNCTION journal_check_move() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT 1 FROM journal_legalmove m WHERE m."table" = TG_TABLE_NAME
                   AND m.from_status = OLD.status AND m.to_status = NEW.status) THEN
        RAISE EXCEPTION '%: % cannot become %', TG_TABLE_NAME, OLD.status, NEW.status
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$;

CREATE FUNCTION journal_check_told() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT 1 FROM journal_event e WHERE e.subject_table = TG_TABLE_NAME
                   AND e.subject_id = NEW.id AND e.xid = pg_current_xact_id()
                   AND e.new ->> 'status' = NEW.status) THEN
        RAISE EXCEPTION '% % became % but no event tells of it', TG_TABLE_NAME, NEW.id, NEW.status
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NULL;
END $$;

CREATE FUNCTION journal_may_see(customer bigint) RETURNS boolean
LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT CASE current_setting('lading.customers', true)
        WHEN '*' THEN true
        WHEN '' THEN false
        ELSE coalesce(customer = ANY (
            string_to_array(current_setting('lading.customers', true), ',')::bigint[]), false)
    END
$$;
"""

DROP = """
DROP FUNCTION journal_may_see(bigint);
DROP FUNCTION journal_check_told();
DROP FUNCTION journal_check_move();
DROP FUNCTION journal_refuse_change();
"""


class Migration(migrations.Migration):
    dependencies = [("journal", "0001_initial")]
    operations = [
        migrations.RunSQL(FUNCTIONS, DROP),
        freeze_table("journal_event"),
        freeze_table("journal_seal"),
        isolate_rows("journal_event"),
    ]
