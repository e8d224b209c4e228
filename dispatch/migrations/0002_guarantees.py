"""Milestones are append-only, documents move legally, and customers see their own rows."""

from django.db import migrations

from journal.operations.guarding import freeze_table, guard_moves, isolate_rows


class Migration(migrations.Migration):
    dependencies = [("dispatch", "0001_initial"), ("journal", "0002_guarantees")]
    operations = [
        freeze_table("dispatch_milestone"),
        guard_moves("dispatch_document"),
        isolate_rows("dispatch_load"),
        isolate_rows("dispatch_stop"),
        isolate_rows("dispatch_reference"),
        isolate_rows("dispatch_milestone"),
        isolate_rows("dispatch_document"),
    ]
