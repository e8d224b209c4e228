"""What a pricing desk works with: submissions, cost floors, test cases, imports."""

import django.core.serializers.json
import django.db.models.deletion
import django.db.models.functions.text
from django.db import migrations, models

from journal.operations.guarding import guard_moves, keep_to_the_carrier

# From the submission on a version and its rows are frozen; a return forgets who submitted it.
KEEP_VERSION = """
CREATE OR REPLACE FUNCTION rating_keep_version() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    settled text[] := ARRAY['status', 'effective_to', 'approved_by', 'approved_at',
                            'published_by', 'published_at'];
BEGIN
    IF OLD.status = 'DRAFT' THEN
        IF TG_OP = 'UPDATE' AND NEW.status <> 'DRAFT' THEN
            PERFORM 1 FROM rating_fuelprogramme WHERE id = NEW.fuel_id FOR SHARE;
        END IF;
        RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
    END IF;
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'version % is % and stays', OLD.id, OLD.status
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    {returned}IF OLD.status IN ('PUBLISHED', 'RETIRED') THEN
        settled := ARRAY['status', 'effective_to'];
        IF coalesce(NEW.effective_to, 'infinity') > coalesce(OLD.effective_to, 'infinity') THEN
            RAISE EXCEPTION 'version % is published and may only end earlier', OLD.id
                USING ERRCODE = 'integrity_constraint_violation';
        END IF;
    END IF;
    IF to_jsonb(NEW) - settled IS DISTINCT FROM to_jsonb(OLD) - settled THEN
        RAISE EXCEPTION 'version % is % and its settings are frozen', OLD.id, OLD.status
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$;
"""
RETURNED = """IF NEW.status = 'DRAFT' THEN
        settled := settled || ARRAY['submitted_by', 'submitted_at', 'floor_reason'];
    END IF;
    """


class Migration(migrations.Migration):
    dependencies = [
        ("rating", "0003_accessorial_settings"),
    ]

    operations = [
        migrations.CreateModel(
            name="RateImport",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("RECEIVED", "Received"),
                            ("ASKING", "Asking"),
                            ("READY", "Ready"),
                            ("REFUSED", "Refused"),
                            ("APPLYING", "Applying"),
                            ("APPLIED", "Applied"),
                            ("DISCARDED", "Discarded"),
                        ],
                        default="RECEIVED",
                        max_length=10,
                    ),
                ),
                (
                    "mode",
                    models.CharField(
                        choices=[("REPLACE", "Replace"), ("UPDATE", "Update")], max_length=8
                    ),
                ),
                ("options", models.JSONField(default=dict)),
                ("questions", models.JSONField(default=list)),
                ("filename", models.CharField(max_length=160)),
                ("content_type", models.CharField(max_length=80)),
                ("size", models.PositiveBigIntegerField()),
                ("sha256", models.CharField(max_length=64)),
                ("layout", models.CharField(blank=True, default="", max_length=8)),
                ("sheet", models.CharField(blank=True, default="", max_length=80)),
                (
                    "columns",
                    models.JSONField(
                        default=list, verbose_name="columns of a lane that the file names"
                    ),
                ),
                (
                    "rows_total",
                    models.PositiveIntegerField(
                        null=True, verbose_name="rows of the sheet, as far as known"
                    ),
                ),
                ("rows_read", models.PositiveIntegerField(default=0)),
                ("lanes_read", models.PositiveIntegerField(default=0)),
                ("faults", models.JSONField(default=list)),
                ("fault_count", models.PositiveIntegerField(default=0)),
                (
                    "counts",
                    models.JSONField(default=dict, verbose_name="new, changed, unchanged, removed"),
                ),
                ("previewed_at", models.DateTimeField(null=True)),
                ("created_by", models.CharField(max_length=80)),
                ("created_at", models.DateTimeField()),
                ("applied_by", models.CharField(blank=True, default="", max_length=80)),
                ("applied_at", models.DateTimeField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name="RateTestCase",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=120)),
                ("facts", models.JSONField()),
                (
                    "expected",
                    models.JSONField(encoder=django.core.serializers.json.DjangoJSONEncoder),
                ),
                ("expected_total", models.DecimalField(decimal_places=4, max_digits=14)),
                ("currency", models.CharField(max_length=3)),
                ("created_by", models.CharField(max_length=80)),
                ("created_at", models.DateTimeField()),
                ("changed_by", models.CharField(max_length=80)),
                ("changed_at", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="StagedLane",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "origin_kind",
                    models.CharField(
                        choices=[
                            ("LOCATION", "Location"),
                            ("POSTAL", "Postal"),
                            ("POSTAL3", "Postal3"),
                            ("CITY", "City"),
                            ("ZONE", "Zone"),
                            ("STATE", "State"),
                            ("REGION", "Region"),
                            ("COUNTRY", "Country"),
                            ("ANY", "Any"),
                        ],
                        max_length=32,
                    ),
                ),
                ("origin_country", models.CharField(blank=True, default="", max_length=2)),
                ("origin_value", models.CharField(blank=True, default="", max_length=90)),
                (
                    "origin_key",
                    models.GeneratedField(
                        db_persist=True,
                        expression=django.db.models.functions.text.Concat(
                            "origin_kind",
                            models.Value(":"),
                            "origin_country",
                            models.Value(":"),
                            "origin_value",
                        ),
                        output_field=models.CharField(max_length=130),
                    ),
                ),
                (
                    "destination_kind",
                    models.CharField(
                        choices=[
                            ("LOCATION", "Location"),
                            ("POSTAL", "Postal"),
                            ("POSTAL3", "Postal3"),
                            ("CITY", "City"),
                            ("ZONE", "Zone"),
                            ("STATE", "State"),
                            ("REGION", "Region"),
                            ("COUNTRY", "Country"),
                            ("ANY", "Any"),
                        ],
                        max_length=32,
                    ),
                ),
                ("destination_country", models.CharField(blank=True, default="", max_length=2)),
                ("destination_value", models.CharField(blank=True, default="", max_length=90)),
                (
                    "destination_key",
                    models.GeneratedField(
                        db_persist=True,
                        expression=django.db.models.functions.text.Concat(
                            "destination_kind",
                            models.Value(":"),
                            "destination_country",
                            models.Value(":"),
                            "destination_value",
                        ),
                        output_field=models.CharField(max_length=130),
                    ),
                ),
                ("equipment", models.CharField(blank=True, default="", max_length=20)),
                ("commodity", models.CharField(blank=True, default="", max_length=120)),
                ("shipment_type", models.CharField(blank=True, default="", max_length=20)),
                (
                    "basis",
                    models.CharField(
                        choices=[
                            ("FLAT", "Flat"),
                            ("AS_QUOTED", "As quoted"),
                            ("PER_MILE", "Per mile"),
                            ("PER_KM", "Per km"),
                            ("PER_CWT", "Per cwt"),
                            ("PER_POUND", "Per pound"),
                            ("PER_KG", "Per kg"),
                            ("PER_TON", "Per ton"),
                            ("PER_TONNE", "Per tonne"),
                            ("PER_PIECE", "Per piece"),
                            ("PER_PALLET", "Per pallet"),
                            ("PER_STOP", "Per stop"),
                            ("PER_HOUR", "Per hour"),
                            ("PER_DAY", "Per day"),
                            ("PER_CUBIC_FOOT", "Per cubic foot"),
                            ("PER_UNIT", "Per unit"),
                            ("PERCENT", "Percent"),
                            ("PASS_THROUGH", "Pass through"),
                            ("MINIMUM", "Minimum"),
                            ("MAXIMUM", "Maximum"),
                        ],
                        max_length=32,
                    ),
                ),
                ("rate", models.DecimalField(decimal_places=6, default=0, max_digits=16)),
                ("minimum", models.DecimalField(decimal_places=4, max_digits=14, null=True)),
                ("maximum", models.DecimalField(decimal_places=4, max_digits=14, null=True)),
                (
                    "discount_percent",
                    models.DecimalField(decimal_places=4, max_digits=7, null=True),
                ),
                ("priority", models.IntegerField(default=0)),
                ("cost_floor", models.DecimalField(decimal_places=6, max_digits=16, null=True)),
                ("position", models.PositiveIntegerField()),
                ("line", models.PositiveIntegerField()),
                ("address", models.CharField(max_length=12)),
                ("breaks", models.JSONField(null=True)),
            ],
        ),
        migrations.RemoveConstraint(
            model_name="ratecardversion",
            name="version_approved_by_somebody",
        ),
        migrations.RemoveConstraint(
            model_name="ratecardversion",
            name="version_published_by_somebody",
        ),
        migrations.AddField(
            model_name="lane",
            name="cost_floor",
            field=models.DecimalField(decimal_places=6, max_digits=16, null=True),
        ),
        migrations.AddField(
            model_name="ratecardversion",
            name="cost_per_mile",
            field=models.DecimalField(decimal_places=6, max_digits=16, null=True),
        ),
        migrations.AddField(
            model_name="ratecardversion",
            name="edited_at",
            field=models.DateTimeField(null=True, verbose_name="last edited at"),
        ),
        migrations.AddField(
            model_name="ratecardversion",
            name="edited_by",
            field=models.CharField(
                blank=True, default="", max_length=80, verbose_name="last edited by"
            ),
        ),
        migrations.AddField(
            model_name="ratecardversion",
            name="floor_reason",
            field=models.TextField(
                blank=True, default="", verbose_name="why lanes lie under their cost floor"
            ),
        ),
        migrations.AddField(
            model_name="ratecardversion",
            name="submitted_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="ratecardversion",
            name="submitted_by",
            field=models.CharField(blank=True, default="", max_length=80),
        ),
        migrations.AlterField(
            model_name="ratecardversion",
            name="status",
            field=models.CharField(
                choices=[
                    ("DRAFT", "Draft"),
                    ("SUBMITTED", "Submitted"),
                    ("APPROVED", "Approved"),
                    ("PUBLISHED", "Published"),
                    ("RETIRED", "Retired"),
                ],
                default="DRAFT",
                max_length=10,
            ),
        ),
        migrations.AddConstraint(
            model_name="lane",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("cost_floor__gte", 0), ("cost_floor__isnull", True), _connector="OR"
                ),
                name="lane_floor_not_negative",
            ),
        ),
        migrations.AddConstraint(
            model_name="ratecardversion",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("cost_per_mile__gte", 0), ("cost_per_mile__isnull", True), _connector="OR"
                ),
                name="version_cost_not_negative",
            ),
        ),
        migrations.AddConstraint(
            model_name="ratecardversion",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("status", "SUBMITTED"), _negated=True),
                    models.Q(
                        ("submitted_at__isnull", False),
                        models.Q(("submitted_by", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="version_submitted_by_somebody",
            ),
        ),
        migrations.AddConstraint(
            model_name="ratecardversion",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("status__in", ["DRAFT", "SUBMITTED"]),
                    models.Q(
                        ("approved_at__isnull", False), models.Q(("approved_by", ""), _negated=True)
                    ),
                    _connector="OR",
                ),
                name="version_approved_by_somebody",
            ),
        ),
        migrations.AddConstraint(
            model_name="ratecardversion",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("status__in", ["DRAFT", "SUBMITTED", "APPROVED"]),
                    models.Q(
                        ("published_at__isnull", False),
                        models.Q(("published_by", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="version_published_by_somebody",
            ),
        ),
        migrations.AddConstraint(
            model_name="ratecardversion",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("approved_by", ""),
                    models.Q(
                        models.Q(("approved_by", models.F("submitted_by")), _negated=True),
                        models.Q(("approved_by", models.F("edited_by")), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="version_approver_wrote_nothing",
            ),
        ),
        migrations.AddField(
            model_name="rateimport",
            name="version",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="imports",
                to="rating.ratecardversion",
            ),
        ),
        migrations.AddField(
            model_name="ratetestcase",
            name="card",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="test_cases",
                to="rating.ratecard",
            ),
        ),
        migrations.AddField(
            model_name="stagedlane",
            name="batch",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="lanes",
                to="rating.rateimport",
            ),
        ),
        migrations.AddIndex(
            model_name="rateimport",
            index=models.Index(fields=["version", "-id"], name="rate_import_version"),
        ),
        migrations.AddConstraint(
            model_name="rateimport",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("status", "APPLIED"), _negated=True),
                    models.Q(
                        ("applied_at__isnull", False), models.Q(("applied_by", ""), _negated=True)
                    ),
                    _connector="OR",
                ),
                name="rate_import_applied_by_somebody",
            ),
        ),
        migrations.AddConstraint(
            model_name="ratetestcase",
            constraint=models.UniqueConstraint(fields=("card", "name"), name="rate_test_case_once"),
        ),
        migrations.AddConstraint(
            model_name="stagedlane",
            constraint=models.UniqueConstraint(
                fields=("batch", "position"), name="staged_lane_once"
            ),
        ),
        migrations.RunSQL(KEEP_VERSION.format(returned=RETURNED), KEEP_VERSION.format(returned="")),
        guard_moves("rating_rateimport"),
        keep_to_the_carrier("rating_rateimport"),
        keep_to_the_carrier("rating_ratetestcase"),
    ]
