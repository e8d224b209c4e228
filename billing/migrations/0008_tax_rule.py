"""Let policies name the rule that the tax is known, which none may loosen."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("billing", "0007_payments"),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="policyrule",
            name="policy_cannot_loosen_the_law",
        ),
        migrations.AlterField(
            model_name="policyrule",
            name="rule",
            field=models.CharField(
                choices=[
                    ("delivered", "Delivered"),
                    ("all_stops_complete", "All stops complete"),
                    ("pod_accepted", "POD accepted"),
                    ("required_references", "Required references"),
                    ("rate_found", "Rate found"),
                    ("tax_known", "Tax known"),
                    ("accessorials_approved", "Accessorials approved"),
                    ("receipts", "Receipts on file"),
                    ("customer_billable", "Customer billable"),
                    ("no_open_blocking_case", "No open blocking case"),
                ],
                max_length=40,
            ),
        ),
        migrations.AddConstraint(
            model_name="policyrule",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        (
                            "rule__in",
                            [
                                "accessorials_approved",
                                "customer_billable",
                                "delivered",
                                "rate_found",
                                "tax_known",
                            ],
                        ),
                        _negated=True,
                    ),
                    ("enforcement", "BLOCK"),
                    _connector="OR",
                ),
                name="policy_cannot_loosen_the_law",
            ),
        ),
    ]
