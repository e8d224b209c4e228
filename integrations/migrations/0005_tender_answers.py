"""Tenders are answered into a folder, for partners that look for a 990."""

from django.db import migrations, models

FOLDER = models.SlugField(
    blank=True,
    default="",
    help_text="The folder into which tenders are answered (990); empty: they are not.",
    max_length=40,
)


class Migration(migrations.Migration):
    dependencies = [("integrations", "0004_letters")]

    operations = [
        migrations.AddField(model_name="edipartner", name="answers_folder", field=FOLDER),
        migrations.AddField(model_name="historicaledipartner", name="answers_folder", field=FOLDER),
        migrations.AlterField(
            model_name="outboxmessage",
            name="kind",
            field=models.CharField(
                choices=[
                    ("invoice", "Invoice"),
                    ("letter", "Letter"),
                    ("tender_answer", "Tender Answer"),
                ],
                max_length=20,
            ),
        ),
        migrations.AlterField(
            model_name="outboxmessage",
            name="target",
            field=models.CharField(
                choices=[("erp", "ERP"), ("mail", "E-mail"), ("edi", "EDI folder")],
                max_length=10,
            ),
        ),
    ]
