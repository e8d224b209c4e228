import django.db.models.deletion
from django.db import migrations, models

from journal.operations.guarding import freeze_table, keep_to_the_carrier


class Migration(migrations.Migration):
    dependencies = [
        ("journal", "0002_guarantees"),
        ("dispatch", "0003_services_and_scales"),
    ]

    operations = [
        migrations.CreateModel(
            name="LoadCost",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[("CARRIER_PAY", "Carrier pay"), ("OWN_COST", "Own cost")],
                        max_length=12,
                    ),
                ),
                ("amount", models.DecimalField(decimal_places=2, max_digits=14)),
                ("currency", models.CharField(max_length=3)),
                ("source", models.CharField(max_length=40)),
                ("note", models.CharField(blank=True, default="", max_length=160)),
                ("recorded_by", models.CharField(max_length=80)),
                ("recorded_at", models.DateTimeField()),
                (
                    "load",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="costs",
                        to="dispatch.load",
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["load", "kind", "-id"], name="load_cost_newest")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("amount__gte", 0)), name="load_cost_not_negative"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("currency__regex", "^[A-Z]{3}$")),
                        name="load_cost_currency_iso",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("kind__in", ["CARRIER_PAY", "OWN_COST"])),
                        name="load_cost_kind_known",
                    ),
                ],
            },
        ),
        freeze_table("dispatch_loadcost"),
        keep_to_the_carrier("dispatch_loadcost"),
    ]
