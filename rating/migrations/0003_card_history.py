"""What a card once was is the carrier's to read."""

from django.db import migrations

from journal.operations.guarding import keep_to_the_carrier


class Migration(migrations.Migration):
    dependencies = [("rating", "0002_guarantees"), ("journal", "0002_guarantees")]
    operations = [keep_to_the_carrier("rating_historicalratecard")]
