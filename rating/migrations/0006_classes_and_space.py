"""FAK ranges and space rules, frozen with their version; density scales, frozen once used.

An approval locks the scale it takes, so that nobody changes the scale at the same moment.
"""

from importlib import import_module

import django.contrib.postgres.constraints
import django.contrib.postgres.fields.ranges
import django.db.models.deletion
import django.db.models.functions.comparison
import rating.engine.choices
import simple_history.models
from django.conf import settings
from django.db import migrations, models

freeze_with_version = import_module("rating.migrations.0002_guarantees").freeze_with_version

GUARDS = """
CREATE FUNCTION rating_refuse_if_scale_used() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    touched jsonb[] := CASE TG_OP WHEN 'INSERT' THEN ARRAY[to_jsonb(NEW)]
                                  WHEN 'DELETE' THEN ARRAY[to_jsonb(OLD)]
                                  ELSE ARRAY[to_jsonb(OLD), to_jsonb(NEW)] END;
    scales bigint[] := CASE TG_ARGV[0]
        WHEN 'edition' THEN (SELECT array_agg(e.scale_id) FROM rating_scaleedition e
                             JOIN unnest(touched) r ON (r ->> 'edition_id')::bigint = e.id)
        ELSE (SELECT array_agg((r ->> TG_ARGV[0])::bigint) FROM unnest(touched) r) END;
BEGIN
    PERFORM 1 FROM rating_densityscale WHERE id = ANY(scales) ORDER BY id FOR NO KEY UPDATE;
    IF EXISTS (SELECT 1 FROM rating_ratecardversion v
               WHERE v.density_scale_id = ANY(scales) AND v.status <> 'DRAFT') THEN
        RAISE EXCEPTION '%: density scale % is used by an approved version',
            TG_TABLE_NAME, scales USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
END $$;

CREATE FUNCTION rating_hold_scale() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM 1 FROM rating_densityscale WHERE id = NEW.density_scale_id FOR SHARE;
    RETURN NEW;
END $$;

CREATE TRIGGER rating_densityscale_kept BEFORE UPDATE OR DELETE ON rating_densityscale
    FOR EACH ROW EXECUTE FUNCTION rating_refuse_if_scale_used('id');
CREATE TRIGGER rating_scaleedition_kept BEFORE INSERT OR UPDATE OR DELETE ON rating_scaleedition
    FOR EACH ROW EXECUTE FUNCTION rating_refuse_if_scale_used('scale_id');
CREATE TRIGGER rating_scalerow_kept BEFORE INSERT OR UPDATE OR DELETE ON rating_scalerow
    FOR EACH ROW EXECUTE FUNCTION rating_refuse_if_scale_used('edition');
CREATE TRIGGER rating_ratecardversion_holds_scale BEFORE UPDATE ON rating_ratecardversion
    FOR EACH ROW WHEN (OLD.status = 'DRAFT' AND NEW.status <> 'DRAFT')
    EXECUTE FUNCTION rating_hold_scale();
"""

DROP_GUARDS = """
DROP TRIGGER rating_ratecardversion_holds_scale ON rating_ratecardversion;
DROP TRIGGER rating_scalerow_kept ON rating_scalerow;
DROP TRIGGER rating_scaleedition_kept ON rating_scaleedition;
DROP TRIGGER rating_densityscale_kept ON rating_densityscale;
DROP FUNCTION rating_hold_scale();
DROP FUNCTION rating_refuse_if_scale_used();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("rating", "0005_tax_rates"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="DensityScale",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=60, unique=True)),
                ("source_url", models.URLField(blank=True, default="")),
                ("created_by", models.CharField(max_length=80)),
                ("created_at", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="FakRange",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("min_class", models.CharField(max_length=8)),
                ("max_class", models.CharField(max_length=8)),
                ("rated_class", models.CharField(max_length=8)),
            ],
            options={
                "verbose_name": "FAK range",
            },
        ),
        migrations.CreateModel(
            name="HistoricalDensityScale",
            fields=[
                (
                    "id",
                    models.BigIntegerField(
                        auto_created=True, blank=True, db_index=True, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(db_index=True, max_length=60)),
                ("source_url", models.URLField(blank=True, default="")),
                ("created_by", models.CharField(max_length=80)),
                ("created_at", models.DateTimeField()),
                ("history_id", models.AutoField(primary_key=True, serialize=False)),
                ("history_date", models.DateTimeField(db_index=True)),
                ("history_change_reason", models.CharField(max_length=100, null=True)),
                (
                    "history_type",
                    models.CharField(
                        choices=[("+", "Created"), ("~", "Changed"), ("-", "Deleted")], max_length=1
                    ),
                ),
            ],
            options={
                "verbose_name": "historical density scale",
                "verbose_name_plural": "historical density scales",
                "ordering": ("-history_date", "-history_id"),
                "get_latest_by": ("history_date", "history_id"),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name="ScaleEdition",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=60)),
                ("effective_from", models.DateField(null=True)),
                ("effective_to", models.DateField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name="ScaleRow",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("from_pcf", models.DecimalField(decimal_places=3, max_digits=7)),
                ("freight_class", models.CharField(max_length=8)),
            ],
        ),
        migrations.CreateModel(
            name="SpaceRule",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "measure",
                    models.CharField(
                        choices=[("CUBIC_FEET", "Cubic feet"), ("LINEAR_FEET", "Linear feet")],
                        max_length=32,
                    ),
                ),
                ("over", models.DecimalField(decimal_places=2, max_digits=9)),
                (
                    "includes_limit",
                    models.BooleanField(default=False, verbose_name="the limit itself counts"),
                ),
                ("under_pcf", models.DecimalField(decimal_places=3, max_digits=7, null=True)),
                ("pounds_per_unit", models.DecimalField(decimal_places=3, max_digits=9)),
                ("floor_class", models.CharField(blank=True, default="", max_length=8)),
                (
                    "discount_percent",
                    models.DecimalField(decimal_places=4, max_digits=7, null=True),
                ),
                (
                    "uses_fak",
                    models.BooleanField(default=True, verbose_name="freight of all kinds applies"),
                ),
            ],
        ),
        migrations.AddField(
            model_name="ratecardversion",
            name="class_source",
            field=models.CharField(
                choices=[
                    ("DECLARED", "Declared"),
                    ("DENSITY", "Density"),
                    ("DECLARED_ELSE_DENSITY", "Declared else density"),
                ],
                default=rating.engine.choices.ClassSource["DECLARED"],
                max_length=32,
            ),
        ),
        migrations.AddField(
            model_name="ratecardversion",
            name="deemed_for",
            field=models.CharField(
                choices=[("SPACE", "Space"), ("CLASS_AND_SPACE", "Class and space")],
                default=rating.engine.choices.DeemedFor["CLASS_AND_SPACE"],
                max_length=32,
            ),
        ),
        migrations.AddField(
            model_name="ratecardversion",
            name="floor_space",
            field=models.CharField(
                choices=[("FLOOR_POSITIONS", "Floor positions"), ("WIDTH_SHARE", "Width share")],
                default=rating.engine.choices.FloorSpace["FLOOR_POSITIONS"],
                max_length=32,
            ),
        ),
        migrations.AddField(
            model_name="ratecardversion",
            name="stacked_pieces",
            field=models.PositiveSmallIntegerField(default=1),
        ),
        migrations.AddField(
            model_name="ratecardversion",
            name="trailer_width_in",
            field=models.DecimalField(decimal_places=2, default=96, max_digits=6),
        ),
        migrations.AddField(
            model_name="ratecardversion",
            name="unstackable_height_in",
            field=models.DecimalField(
                decimal_places=2,
                max_digits=6,
                null=True,
                verbose_name="height of what cannot be stacked",
            ),
        ),
        migrations.AddField(
            model_name="ratecardversion",
            name="wide_from_in",
            field=models.DecimalField(
                decimal_places=2, max_digits=6, null=True, verbose_name="wide from"
            ),
        ),
        migrations.AddField(
            model_name="ratecardversion",
            name="wide_width_in",
            field=models.DecimalField(
                decimal_places=2, max_digits=6, null=True, verbose_name="width of what is wide"
            ),
        ),
        migrations.AddField(
            model_name="ratecardversion",
            name="density_scale",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="versions",
                to="rating.densityscale",
            ),
        ),
        migrations.AddConstraint(
            model_name="ratecardversion",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("wide_from_in", None), ("wide_width_in", None)),
                    models.Q(("wide_from_in__isnull", False), ("wide_width_in__isnull", False)),
                    _connector="OR",
                ),
                name="version_wide_says_how_wide",
            ),
        ),
        migrations.AddConstraint(
            model_name="ratecardversion",
            constraint=models.CheckConstraint(
                condition=models.Q(("stacked_pieces__gte", 1), ("trailer_width_in__gt", 0)),
                name="version_trailer_has_room",
            ),
        ),
        migrations.AddConstraint(
            model_name="ratecardversion",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("unstackable_height_in__gte", 0),
                        ("unstackable_height_in__isnull", True),
                        _connector="OR",
                    ),
                    models.Q(
                        ("wide_from_in__gte", 0), ("wide_from_in__isnull", True), _connector="OR"
                    ),
                ),
                name="version_inches_not_negative",
            ),
        ),
        migrations.AddConstraint(
            model_name="ratecardversion",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("class_source__in", ["DECLARED", "DENSITY", "DECLARED_ELSE_DENSITY"])
                ),
                name="version_class_source_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="ratecardversion",
            constraint=models.CheckConstraint(
                condition=models.Q(("deemed_for__in", ["SPACE", "CLASS_AND_SPACE"])),
                name="version_deemed_for_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="ratecardversion",
            constraint=models.CheckConstraint(
                condition=models.Q(("floor_space__in", ["FLOOR_POSITIONS", "WIDTH_SHARE"])),
                name="version_floor_space_known",
            ),
        ),
        migrations.AddField(
            model_name="fakrange",
            name="version",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="fak",
                to="rating.ratecardversion",
            ),
        ),
        migrations.AddField(
            model_name="historicaldensityscale",
            name="history_user",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="scaleedition",
            name="scale",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="editions",
                to="rating.densityscale",
            ),
        ),
        migrations.AddField(
            model_name="scalerow",
            name="edition",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="rows",
                to="rating.scaleedition",
            ),
        ),
        migrations.AddField(
            model_name="spacerule",
            name="version",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="space_rules",
                to="rating.ratecardversion",
            ),
        ),
        migrations.AddConstraint(
            model_name="fakrange",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "min_class__in",
                        [
                            "50",
                            "55",
                            "60",
                            "65",
                            "70",
                            "77.5",
                            "85",
                            "92.5",
                            "100",
                            "110",
                            "125",
                            "150",
                            "175",
                            "200",
                            "250",
                            "300",
                            "400",
                            "500",
                        ],
                    )
                ),
                name="fak_min_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="fakrange",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "max_class__in",
                        [
                            "50",
                            "55",
                            "60",
                            "65",
                            "70",
                            "77.5",
                            "85",
                            "92.5",
                            "100",
                            "110",
                            "125",
                            "150",
                            "175",
                            "200",
                            "250",
                            "300",
                            "400",
                            "500",
                        ],
                    )
                ),
                name="fak_max_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="fakrange",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "rated_class__in",
                        [
                            "50",
                            "55",
                            "60",
                            "65",
                            "70",
                            "77.5",
                            "85",
                            "92.5",
                            "100",
                            "110",
                            "125",
                            "150",
                            "175",
                            "200",
                            "250",
                            "300",
                            "400",
                            "500",
                        ],
                    )
                ),
                name="fak_rated_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="fakrange",
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(
                expressions=[
                    (
                        models.Func(
                            "version",
                            "version",
                            models.Value("[]"),
                            function="int8range",
                            output_field=django.contrib.postgres.fields.ranges.BigIntegerRangeField(),
                        ),
                        "&&",
                    ),
                    (
                        models.Func(
                            django.db.models.functions.comparison.Cast(
                                "min_class", models.DecimalField(decimal_places=1, max_digits=4)
                            ),
                            django.db.models.functions.comparison.Cast(
                                "max_class", models.DecimalField(decimal_places=1, max_digits=4)
                            ),
                            models.Value("[]"),
                            function="numrange",
                            output_field=django.contrib.postgres.fields.ranges.DecimalRangeField(),
                        ),
                        "&&",
                    ),
                ],
                name="fak_ranges_apart",
            ),
        ),
        migrations.AddConstraint(
            model_name="scaleedition",
            constraint=models.UniqueConstraint(fields=("scale", "name"), name="scale_edition_once"),
        ),
        migrations.AddConstraint(
            model_name="scaleedition",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("effective_from", None),
                    ("effective_to", None),
                    ("effective_to__gte", models.F("effective_from")),
                    _connector="OR",
                ),
                name="scale_edition_forward",
            ),
        ),
        migrations.AddConstraint(
            model_name="scaleedition",
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(
                expressions=[
                    (
                        models.Func(
                            "scale",
                            "scale",
                            models.Value("[]"),
                            function="int8range",
                            output_field=django.contrib.postgres.fields.ranges.BigIntegerRangeField(),
                        ),
                        "&&",
                    ),
                    (
                        models.Func(
                            "effective_from",
                            "effective_to",
                            models.Value("[]"),
                            function="daterange",
                            output_field=django.contrib.postgres.fields.ranges.DateRangeField(),
                        ),
                        "&&",
                    ),
                ],
                name="scale_editions_apart",
            ),
        ),
        migrations.AddConstraint(
            model_name="scalerow",
            constraint=models.UniqueConstraint(
                fields=("edition", "from_pcf"), name="scale_row_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="scalerow",
            constraint=models.UniqueConstraint(
                fields=("edition", "freight_class"), name="scale_class_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="scalerow",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("from_pcf__gte", 0), ("from_pcf__isnull", True), _connector="OR"
                ),
                name="scale_row_not_negative",
            ),
        ),
        migrations.AddConstraint(
            model_name="scalerow",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "freight_class__in",
                        [
                            "50",
                            "55",
                            "60",
                            "65",
                            "70",
                            "77.5",
                            "85",
                            "92.5",
                            "100",
                            "110",
                            "125",
                            "150",
                            "175",
                            "200",
                            "250",
                            "300",
                            "400",
                            "500",
                        ],
                    )
                ),
                name="scale_class_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="spacerule",
            constraint=models.UniqueConstraint(
                fields=("version", "measure"), name="space_rule_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="spacerule",
            constraint=models.CheckConstraint(
                condition=models.Q(("measure__in", ["CUBIC_FEET", "LINEAR_FEET"])),
                name="space_measure_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="spacerule",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("over__gte", 0), ("over__isnull", True), _connector="OR"),
                    models.Q(("under_pcf__gte", 0), ("under_pcf__isnull", True), _connector="OR"),
                    models.Q(
                        ("pounds_per_unit__gte", 0),
                        ("pounds_per_unit__isnull", True),
                        _connector="OR",
                    ),
                ),
                name="space_rule_not_negative",
            ),
        ),
        migrations.AddConstraint(
            model_name="spacerule",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "floor_class__in",
                        [
                            "50",
                            "55",
                            "60",
                            "65",
                            "70",
                            "77.5",
                            "85",
                            "92.5",
                            "100",
                            "110",
                            "125",
                            "150",
                            "175",
                            "200",
                            "250",
                            "300",
                            "400",
                            "500",
                            "",
                        ],
                    )
                ),
                name="space_floor_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="spacerule",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("discount_percent__gte", 0), ("discount_percent__lt", 100)),
                    ("discount_percent__isnull", True),
                    _connector="OR",
                ),
                name="space_discount_is_a_share",
            ),
        ),
        migrations.RunSQL(GUARDS, DROP_GUARDS),
        freeze_with_version("rating_fakrange", "version_id FROM changed"),
        freeze_with_version("rating_spacerule", "version_id FROM changed"),
    ]
