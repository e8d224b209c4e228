"""Whether accounts payable get invoices by e-mail is a term of the customer."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0004_unanswered_tenders"),
    ]

    operations = [
        migrations.AddField(
            model_name="customer",
            name="invoice_letters",
            field=models.CharField(
                choices=[
                    ("OFF", "Nothing"),
                    ("PDF", "Each document, as a PDF"),
                    ("PDF_AND_PROOFS", "Each document, with its proofs"),
                ],
                default="OFF",
                max_length=20,
            ),
        ),
        migrations.AddField(
            model_name="historicalcustomer",
            name="invoice_letters",
            field=models.CharField(
                choices=[
                    ("OFF", "Nothing"),
                    ("PDF", "Each document, as a PDF"),
                    ("PDF_AND_PROOFS", "Each document, with its proofs"),
                ],
                default="OFF",
                max_length=20,
            ),
        ),
    ]
