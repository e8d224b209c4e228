"""A customer's transaction sees its own row."""

from django.db import migrations

from journal.operations.guarding import isolate_rows


class Migration(migrations.Migration):
    dependencies = [("accounts", "0001_initial"), ("journal", "0002_guarantees")]
    operations = [isolate_rows("accounts_customer", "id")]
