"""Letters in the outbox, and what waits for a daily one."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from journal.operations.guarding import keep_to_the_carrier


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0009_sign_in"),
        ("integrations", "0003_indexes"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AlterField(
            model_name="outboxmessage",
            name="kind",
            field=models.CharField(
                choices=[("invoice", "Invoice"), ("letter", "Letter")], max_length=20
            ),
        ),
        migrations.AlterField(
            model_name="outboxmessage",
            name="target",
            field=models.CharField(choices=[("erp", "ERP"), ("mail", "E-mail")], max_length=10),
        ),
        migrations.CreateModel(
            name="Notice",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("topic", models.CharField(max_length=30)),
                ("subject_key", models.CharField(max_length=80)),
                ("headline", models.CharField(max_length=200)),
                ("path", models.CharField(max_length=200)),
                ("created_at", models.DateTimeField()),
                ("told_at", models.DateTimeField(null=True)),
                (
                    "customer",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="accounts.customer",
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="notices",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("told_at", None)),
                        fields=["person", "id"],
                        name="notice_waiting",
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("person", "subject_key"), name="notice_once_per_person"
                    )
                ],
            },
        ),
        keep_to_the_carrier("integrations_notice"),
    ]
