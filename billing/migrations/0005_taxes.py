from decimal import Decimal

import django.db.models.deletion
import django.db.models.expressions
from django.db import migrations, models

from journal.operations.guarding import freeze_table, isolate_rows


class Migration(migrations.Migration):
    dependencies = [
        ("journal", "0002_guarantees"),
        ("accounts", "0003_tax_profiles"),
        ("billing", "0004_differences"),
        ("dispatch", "0004_load_costs"),
    ]

    operations = [
        migrations.AlterField(
            model_name="invoiceline",
            name="tax_rate",
            field=models.DecimalField(decimal_places=4, default=0, max_digits=7, null=True),
        ),
        migrations.CreateModel(
            name="InvoiceLineTax",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("position", models.PositiveSmallIntegerField()),
                ("jurisdiction", models.CharField(max_length=6)),
                ("category", models.CharField(max_length=2)),
                ("code", models.CharField(max_length=12)),
                ("name", models.CharField(max_length=24)),
                ("rate", models.DecimalField(decimal_places=4, max_digits=7)),
                ("base_amount", models.DecimalField(decimal_places=2, max_digits=14)),
                ("tax_amount", models.DecimalField(decimal_places=2, max_digits=14)),
                ("currency", models.CharField(max_length=3)),
                (
                    "customer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.customer",
                    ),
                ),
                (
                    "line",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="taxes",
                        to="billing.invoiceline",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("line", "position"), name="line_tax_position_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "tax_amount__lte",
                                django.db.models.expressions.CombinedExpression(
                                    django.db.models.expressions.CombinedExpression(
                                        django.db.models.expressions.CombinedExpression(
                                            models.F("base_amount"), "*", models.F("rate")
                                        ),
                                        "/",
                                        models.Value(Decimal("100")),
                                    ),
                                    "+",
                                    models.Value(
                                        Decimal("0.005"),
                                        output_field=models.DecimalField(
                                            decimal_places=3, max_digits=4
                                        ),
                                    ),
                                ),
                            ),
                            (
                                "tax_amount__gte",
                                django.db.models.expressions.CombinedExpression(
                                    django.db.models.expressions.CombinedExpression(
                                        django.db.models.expressions.CombinedExpression(
                                            models.F("base_amount"), "*", models.F("rate")
                                        ),
                                        "/",
                                        models.Value(Decimal("100")),
                                    ),
                                    "-",
                                    models.Value(
                                        Decimal("0.005"),
                                        output_field=models.DecimalField(
                                            decimal_places=3, max_digits=4
                                        ),
                                    ),
                                ),
                            ),
                        ),
                        name="line_tax_is_rate_of_base",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("category__in", ["S", "Z", "E", "AE", "O"])),
                        name="line_tax_category_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("category", "S"), ("rate", 0), _connector="OR"),
                        name="line_tax_only_standard",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="TaxRecord",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("facts", models.JSONField()),
                ("lines", models.JSONField()),
                (
                    "customer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.customer",
                    ),
                ),
                (
                    "invoice",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="tax_records",
                        to="billing.invoice",
                    ),
                ),
                (
                    "load",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="dispatch.load",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("invoice", "load"), name="tax_record_once")
                ],
            },
        ),
        migrations.CreateModel(
            name="TaxRegistration",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("scheme", models.CharField(max_length=12)),
                (
                    "jurisdiction",
                    models.CharField(help_text="CA, CA-QC, NL; EU for VAT OSS.", max_length=6),
                ),
                ("number", models.CharField(max_length=30)),
                ("valid_from", models.DateField()),
                ("valid_to", models.DateField(null=True)),
                ("recorded_by", models.CharField(max_length=80)),
                ("recorded_at", models.DateTimeField()),
                (
                    "entity",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="tax_registrations",
                        to="billing.legalentity",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("entity", "scheme", "jurisdiction", "number"),
                        name="tax_registration_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("valid_to", None),
                            ("valid_to__gte", models.F("valid_from")),
                            _connector="OR",
                        ),
                        name="tax_registration_period_forward",
                    ),
                ],
            },
        ),
        *(freeze_table(f"billing_{table}") for table in ("invoicelinetax", "taxrecord")),
        *(isolate_rows(f"billing_{table}") for table in ("invoicelinetax", "taxrecord")),
    ]
