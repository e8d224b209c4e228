from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("exceptions", "0005_overdue")]

    operations = [
        migrations.AddIndex(
            model_name="case",
            index=models.Index(
                condition=models.Q(("status", "CLOSED")), fields=["closed_at"], name="case_closed"
            ),
        ),
    ]
