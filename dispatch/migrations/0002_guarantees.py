"""Facts and plans are append-only, documents move legally, customers see their own rows.

Load numbers come from a sequence: gaps are allowed, so nobody waits for anybody.
"""

from django.db import migrations

from journal.operations.guarding import (
    freeze_table,
    guard_moves,
    isolate_rows,
    keep_to_the_carrier,
)


class Migration(migrations.Migration):
    dependencies = [("dispatch", "0001_initial"), ("journal", "0002_guarantees")]
    operations = [
        migrations.RunSQL(
            "CREATE SEQUENCE dispatch_load_number START 100001",
            "DROP SEQUENCE dispatch_load_number",
        ),
        freeze_table("dispatch_milestone"),
        freeze_table("dispatch_plan"),
        freeze_table("dispatch_loadcost"),
        guard_moves("dispatch_document"),
        isolate_rows("dispatch_load"),
        isolate_rows("dispatch_plan"),
        isolate_rows("dispatch_stop"),
        isolate_rows("dispatch_reference"),
        isolate_rows("dispatch_milestone"),
        isolate_rows("dispatch_document"),
        isolate_rows("dispatch_loaditem"),
        isolate_rows("dispatch_watch"),
        keep_to_the_carrier("dispatch_loadcost"),
    ]
