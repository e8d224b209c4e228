"""Everybody who wrote in a version is kept, and none of them approves it; a card stays as it is.

What a card says beside its name decides which loads its versions price, and from which day.
"""

from importlib import import_module

import django.contrib.postgres.fields
from django.db import migrations, models

BEFORE = import_module("rating.migrations.0002_guarantees").TRIGGERS
START, END = "CREATE TRIGGER rating_ratecard_settled", "CREATE TRIGGER rating_fuelprogramme_kept"
SETTLED = ("currency", "customer_id", "equipment", "shipment_type", "rated_on", "when_no_lane")
DROP = "DROP TRIGGER rating_ratecard_settled ON rating_ratecard;"
AFTER = f"""
CREATE TRIGGER rating_ratecard_settled BEFORE UPDATE ON rating_ratecard
    FOR EACH ROW WHEN ({" OR ".join(f"OLD.{it} IS DISTINCT FROM NEW.{it}" for it in SETTLED)})
    EXECUTE FUNCTION rating_refuse_if_settled();
"""
TOLD = """
CREATE OR REPLACE FUNCTION rating_refuse_if_settled() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM rating_ratecardversion v
               WHERE v.card_id = OLD.id AND v.status <> 'DRAFT') THEN
        RAISE EXCEPTION 'card % has approved versions: its {stays}', OLD.id
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("rating", "0008_fuel_rows_stay")]

    operations = [
        migrations.AddField(
            model_name="ratecardversion",
            name="writers",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(max_length=80),
                default=list,
                size=None,
                verbose_name="everybody who edited",
            ),
        ),
        migrations.RunSQL(
            "UPDATE rating_ratecardversion SET writers = ARRAY[edited_by]"
            " WHERE status = 'DRAFT' AND edited_by <> ''",
            migrations.RunSQL.noop,
        ),
        migrations.RemoveConstraint(
            model_name="ratecardversion", name="version_approver_wrote_nothing"
        ),
        migrations.AddConstraint(
            model_name="ratecardversion",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("approved_by", ""),
                    models.Q(
                        models.Q(("approved_by", models.F("submitted_by")), _negated=True),
                        models.Q(("approved_by", models.F("edited_by")), _negated=True),
                        models.Q(("writers__contains", [models.F("approved_by")]), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="version_approver_wrote_nothing",
            ),
        ),
        migrations.RunSQL(DROP + AFTER, DROP + BEFORE[BEFORE.index(START) : BEFORE.index(END)]),
        migrations.RunSQL(
            TOLD.format(stays="currency, customer and scope stay"),
            TOLD.format(stays="currency and customer stay"),
        ),
    ]
