"""What a load carries, and the space it was measured to take; customers see their own."""

import django.db.models.deletion
from django.db import migrations, models


from journal.operations.guarding import isolate_rows


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0002_isolation"),
        ("dispatch", "0005_watch"),
    ]

    operations = [
        migrations.CreateModel(
            name="LoadItem",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("line", models.PositiveSmallIntegerField()),
                ("description", models.CharField(blank=True, default="", max_length=120)),
                (
                    "freight_class",
                    models.CharField(
                        blank=True, default="", max_length=8, verbose_name="class as declared"
                    ),
                ),
                ("weight_lb", models.DecimalField(decimal_places=2, max_digits=10)),
                ("pieces", models.PositiveIntegerField(null=True)),
                ("length_in", models.DecimalField(decimal_places=2, max_digits=6, null=True)),
                ("width_in", models.DecimalField(decimal_places=2, max_digits=6, null=True)),
                ("height_in", models.DecimalField(decimal_places=2, max_digits=6, null=True)),
                ("is_stackable", models.BooleanField(default=True)),
            ],
        ),
        migrations.AddField(
            model_name="load",
            name="cubic_feet",
            field=models.DecimalField(decimal_places=2, max_digits=9, null=True),
        ),
        migrations.AddField(
            model_name="load",
            name="linear_feet",
            field=models.DecimalField(decimal_places=2, max_digits=6, null=True),
        ),
        migrations.AddConstraint(
            model_name="load",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("cubic_feet__gte", 0), ("cubic_feet", None), _connector="OR"),
                    models.Q(("linear_feet__gte", 0), ("linear_feet", None), _connector="OR"),
                ),
                name="load_space_not_negative",
            ),
        ),
        migrations.AddField(
            model_name="loaditem",
            name="customer",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="accounts.customer",
            ),
        ),
        migrations.AddField(
            model_name="loaditem",
            name="load",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="items",
                to="dispatch.load",
            ),
        ),
        migrations.AddConstraint(
            model_name="loaditem",
            constraint=models.UniqueConstraint(fields=("load", "line"), name="item_line_once"),
        ),
        migrations.AddConstraint(
            model_name="loaditem",
            constraint=models.CheckConstraint(
                condition=models.Q(("weight_lb__gte", 0)), name="item_weight_not_negative"
            ),
        ),
        migrations.AddConstraint(
            model_name="loaditem",
            constraint=models.CheckConstraint(
                condition=models.Q(("pieces__gt", 0), ("pieces", None), _connector="OR"),
                name="item_pieces_above_zero",
            ),
        ),
        migrations.AddConstraint(
            model_name="loaditem",
            constraint=models.CheckConstraint(
                condition=models.Q(("length_in__gt", 0), ("length_in", None), _connector="OR"),
                name="item_length_in_above_zero",
            ),
        ),
        migrations.AddConstraint(
            model_name="loaditem",
            constraint=models.CheckConstraint(
                condition=models.Q(("width_in__gt", 0), ("width_in", None), _connector="OR"),
                name="item_width_in_above_zero",
            ),
        ),
        migrations.AddConstraint(
            model_name="loaditem",
            constraint=models.CheckConstraint(
                condition=models.Q(("height_in__gt", 0), ("height_in", None), _connector="OR"),
                name="item_height_in_above_zero",
            ),
        ),
        isolate_rows("dispatch_loaditem"),
    ]
