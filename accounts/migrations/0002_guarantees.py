"""Customers see their own rows; kept answers and letters about passwords are the carrier's."""

from django.db import migrations

from journal.operations.guarding import isolate_rows, keep_to_the_carrier


class Migration(migrations.Migration):
    dependencies = [("accounts", "0001_initial"), ("journal", "0002_guarantees")]
    operations = [
        isolate_rows("accounts_customer", "id"),
        isolate_rows("accounts_taxprofile"),
        isolate_rows("accounts_exemptioncertificate"),
        keep_to_the_carrier("accounts_keptanswer"),
        keep_to_the_carrier("accounts_passwordrequest"),
    ]
