"""Entries are append-only, cases move legally, and case numbers come from a sequence."""

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
    ]
