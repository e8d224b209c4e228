"""What becomes of a tender that nobody answers in time is a customer's term."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0003_rows_of_customers"),
    ]

    operations = [
        migrations.AddField(
            model_name="customer",
            name="unanswered_tenders",
            field=models.CharField(
                choices=[
                    ("ASK", "Waits for somebody to answer it late"),
                    ("DECLINE", "Is declined, and the customer told"),
                ],
                default="ASK",
                max_length=10,
            ),
        ),
        migrations.AddField(
            model_name="historicalcustomer",
            name="unanswered_tenders",
            field=models.CharField(
                choices=[
                    ("ASK", "Waits for somebody to answer it late"),
                    ("DECLINE", "Is declined, and the customer told"),
                ],
                default="ASK",
                max_length=10,
            ),
        ),
    ]
