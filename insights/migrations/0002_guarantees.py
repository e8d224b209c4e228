"""Runs move along their declared statuses, and no customer sees one."""

from django.db import migrations

from journal.operations.guarding import guard_moves, keep_to_the_carrier


class Migration(migrations.Migration):
    dependencies = [("insights", "0001_initial"), ("journal", "0002_guarantees")]
    operations = [
        guard_moves("insights_backtest"),
        keep_to_the_carrier("insights_backtest"),
        keep_to_the_carrier("insights_backtestdifference"),
        keep_to_the_carrier("insights_backtestproblem"),
        keep_to_the_carrier("insights_passage"),
    ]
