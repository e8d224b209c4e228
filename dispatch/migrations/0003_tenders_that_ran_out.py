"""The clock remembers for which deadline it told of a tender."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("dispatch", "0002_guarantees"),
    ]

    operations = [
        migrations.AddField(
            model_name="watch",
            name="expired_for",
            field=models.DateTimeField(
                null=True, verbose_name="deadline that was told to have passed"
            ),
        ),
    ]
