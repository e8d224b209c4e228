"""What is agreed with EDI partners is the carrier's to read, now and as it was."""

from django.db import migrations

from journal.operations.guarding import keep_to_the_carrier


class Migration(migrations.Migration):
    dependencies = [("integrations", "0002_guarantees"), ("journal", "0002_guarantees")]
    operations = [
        keep_to_the_carrier("integrations_edipartner"),
        keep_to_the_carrier("integrations_historicaledipartner"),
    ]
