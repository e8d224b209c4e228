import django.db.models.deletion
import simple_history.models
from django.conf import settings
from django.db import migrations, models

from journal.operations.guarding import isolate_rows


class Migration(migrations.Migration):
    dependencies = [
        ("journal", "0002_guarantees"),
        ("accounts", "0002_isolation"),
    ]

    operations = [
        migrations.CreateModel(
            name="HistoricalTaxProfile",
            fields=[
                (
                    "id",
                    models.BigIntegerField(
                        auto_created=True, blank=True, db_index=True, verbose_name="ID"
                    ),
                ),
                (
                    "country",
                    models.CharField(max_length=2, verbose_name="country of establishment"),
                ),
                (
                    "vat_id",
                    models.CharField(blank=True, default="", max_length=20, verbose_name="VAT id"),
                ),
                ("is_business", models.BooleanField(default=True)),
                ("is_carrier", models.BooleanField(default=False, verbose_name="is a carrier")),
                (
                    "vat_check",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("", "Not checked"),
                            ("VALID", "Valid"),
                            ("INVALID", "Invalid"),
                            ("UNAVAILABLE", "Not available"),
                        ],
                        default="",
                        max_length=12,
                        verbose_name="VIES",
                    ),
                ),
                ("vat_checked_at", models.DateTimeField(null=True, verbose_name="checked at")),
                (
                    "vat_check_reference",
                    models.CharField(
                        blank=True,
                        default="",
                        help_text="The consultation number of VIES.",
                        max_length=40,
                    ),
                ),
                ("changed_at", models.DateTimeField()),
                ("history_id", models.AutoField(primary_key=True, serialize=False)),
                ("history_date", models.DateTimeField(db_index=True)),
                ("history_change_reason", models.CharField(max_length=100, null=True)),
                (
                    "history_type",
                    models.CharField(
                        choices=[("+", "Created"), ("~", "Changed"), ("-", "Deleted")], max_length=1
                    ),
                ),
                (
                    "customer",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="accounts.customer",
                    ),
                ),
                (
                    "history_user",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "historical tax profile",
                "verbose_name_plural": "historical tax profiles",
                "ordering": ("-history_date", "-history_id"),
                "get_latest_by": ("history_date", "history_id"),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name="ExemptionCertificate",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "jurisdiction",
                    models.CharField(help_text="CA for all of it, or CA-QC.", max_length=6),
                ),
                ("number", models.CharField(max_length=60)),
                ("valid_from", models.DateField()),
                ("valid_to", models.DateField(null=True)),
                ("recorded_by", models.CharField(max_length=80)),
                ("recorded_at", models.DateTimeField()),
                (
                    "customer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="exemption_certificates",
                        to="accounts.customer",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("customer", "jurisdiction", "number"), name="certificate_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("valid_to", None),
                            ("valid_to__gte", models.F("valid_from")),
                            _connector="OR",
                        ),
                        name="certificate_period_forward",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("jurisdiction__regex", "^[A-Z]{2}(-[A-Z0-9]{1,3})?$")),
                        name="certificate_jurisdiction",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="TaxProfile",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "country",
                    models.CharField(max_length=2, verbose_name="country of establishment"),
                ),
                (
                    "vat_id",
                    models.CharField(blank=True, default="", max_length=20, verbose_name="VAT id"),
                ),
                ("is_business", models.BooleanField(default=True)),
                ("is_carrier", models.BooleanField(default=False, verbose_name="is a carrier")),
                (
                    "vat_check",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("", "Not checked"),
                            ("VALID", "Valid"),
                            ("INVALID", "Invalid"),
                            ("UNAVAILABLE", "Not available"),
                        ],
                        default="",
                        max_length=12,
                        verbose_name="VIES",
                    ),
                ),
                ("vat_checked_at", models.DateTimeField(null=True, verbose_name="checked at")),
                (
                    "vat_check_reference",
                    models.CharField(
                        blank=True,
                        default="",
                        help_text="The consultation number of VIES.",
                        max_length=40,
                    ),
                ),
                ("changed_at", models.DateTimeField()),
                (
                    "customer",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="tax_profile",
                        to="accounts.customer",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("country__regex", "^[A-Z]{2}$")),
                        name="tax_profile_country",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("vat_check", ""),
                            models.Q(
                                ("vat_checked_at__isnull", False),
                                models.Q(("vat_id", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="tax_profile_check_is_of_an_id_and_dated",
                    ),
                ],
            },
        ),
        isolate_rows("accounts_taxprofile"),
        isolate_rows("accounts_exemptioncertificate"),
    ]
