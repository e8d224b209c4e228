"""Saved views are the carrier's."""

from django.db import migrations

from journal.operations.guarding import keep_to_the_carrier


class Migration(migrations.Migration):
    dependencies = [("web", "0001_initial"), ("journal", "0002_guarantees")]
    operations = [keep_to_the_carrier("web_savedview")]
