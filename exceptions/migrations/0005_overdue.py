"""When the owner of a late case was told."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("exceptions", "0004_snoozing"),
    ]

    operations = [
        migrations.AddField(
            model_name="case",
            name="overdue_told_at",
            field=models.DateTimeField(null=True),
        ),
    ]
