"""Until when a blocker asks nobody."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("billing", "0002_guarantees"),
    ]

    operations = [
        migrations.AddField(
            model_name="blocker",
            name="case_at",
            field=models.DateTimeField(help_text="Until then nobody is asked for it.", null=True),
        ),
    ]
