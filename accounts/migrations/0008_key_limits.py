"""Each key has a limit of its own."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("accounts", "0007_preferences")]

    operations = [
        migrations.AddField(
            model_name="apikey",
            name="requests_per_minute",
            field=models.PositiveIntegerField(default=600),
        ),
        migrations.AddConstraint(
            model_name="apikey",
            constraint=models.CheckConstraint(
                condition=models.Q(requests_per_minute__gte=1), name="key_may_ask"
            ),
        ),
    ]
