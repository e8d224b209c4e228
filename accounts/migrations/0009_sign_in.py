"""What a role asks for to come in, links asked for, and what people want to be told."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from journal.operations.guarding import keep_to_the_carrier


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0008_key_limits"),
        ("auth", "0012_alter_user_first_name_max_length"),
    ]

    operations = [
        migrations.CreateModel(
            name="PasswordRequest",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("email", models.EmailField(db_index=True, max_length=254)),
                ("address", models.GenericIPAddressField(null=True)),
                ("asked_at", models.DateTimeField(db_index=True)),
            ],
        ),
        migrations.CreateModel(
            name="RolePolicy",
            fields=[
                (
                    "group",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="policy",
                        serialize=False,
                        to="auth.group",
                    ),
                ),
                ("requires_second_factor", models.BooleanField(default=False)),
                ("changed_at", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="NoticePreference",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "topic",
                    models.CharField(
                        choices=[
                            ("invoice_issued", "invoice_issued"),
                            ("pod_available", "pod_available"),
                            ("case_overdue", "case_overdue"),
                            ("sign_in_locked", "sign_in_locked"),
                        ],
                        max_length=30,
                    ),
                ),
                (
                    "cadence",
                    models.CharField(
                        choices=[("NOW", "Immediately"), ("DAILY", "Once a day"), ("OFF", "Never")],
                        max_length=5,
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="notice_preferences",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("person", "topic"), name="notice_preference_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("cadence__in", ["NOW", "DAILY", "OFF"])),
                        name="notice_preference_cadence",
                    ),
                ],
            },
        ),
        keep_to_the_carrier("accounts_passwordrequest"),
    ]
