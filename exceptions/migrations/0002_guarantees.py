"""Entries are append-only and seen with their case, cases move legally, numbers come from a sequence."""

from django.db import migrations

from journal.operations.guarding import freeze_table, guard_moves, isolate_rows


class Migration(migrations.Migration):
    dependencies = [("exceptions", "0001_initial"), ("journal", "0002_guarantees")]
    operations = [
        migrations.RunSQL(
            "CREATE SEQUENCE exceptions_case_number START 20001",
            "DROP SEQUENCE exceptions_case_number",
        ),
        freeze_table("exceptions_caseentry"),
        guard_moves("exceptions_case"),
        isolate_rows("exceptions_case"),
        migrations.RunSQL(
            """
            ALTER TABLE exceptions_caseentry ENABLE ROW LEVEL SECURITY;
            CREATE POLICY exceptions_caseentry_by_case ON exceptions_caseentry
                USING (EXISTS (SELECT 1 FROM exceptions_case c WHERE c.id = case_id))
                WITH CHECK (EXISTS (SELECT 1 FROM exceptions_case c WHERE c.id = case_id));
            """,
            """
            DROP POLICY exceptions_caseentry_by_case ON exceptions_caseentry;
            ALTER TABLE exceptions_caseentry DISABLE ROW LEVEL SECURITY;
            """,
        ),
    ]
