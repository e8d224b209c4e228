"""Customers' own administrators: nobody becomes one by upgrading."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("accounts", "0005_kept_answers")]

    operations = [
        migrations.AddField(
            model_name="membership",
            name="is_administrator",
            field=models.BooleanField(default=False, verbose_name="invites and removes people"),
        ),
    ]
