"""Tell when a policy was drafted, and let a draft be withdrawn."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0006_membership_administrators"),
        ("billing", "0010_payments_in_turn"),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="readinesspolicy",
            name="policy_two_people",
        ),
        migrations.AddField(
            model_name="readinesspolicy",
            name="drafted_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AlterField(
            model_name="readinesspolicy",
            name="status",
            field=models.CharField(
                choices=[
                    ("DRAFT", "Draft"),
                    ("ACTIVE", "Active"),
                    ("RETIRED", "Retired"),
                    ("WITHDRAWN", "Withdrawn"),
                ],
                default="DRAFT",
                max_length=10,
            ),
        ),
        migrations.AddConstraint(
            model_name="readinesspolicy",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("status__in", ["DRAFT", "WITHDRAWN"]),
                    models.Q(
                        models.Q(("activated_by", ""), _negated=True),
                        models.Q(("activated_by", models.F("drafted_by")), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="policy_two_people",
            ),
        ),
    ]
