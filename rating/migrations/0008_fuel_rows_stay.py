"""A row cannot leave the fuel programme of an approved version for another one.

The guard looked at where a changed row goes; now also at where it comes from.
"""

from importlib import import_module

from django.db import migrations

BEFORE = import_module("rating.migrations.0002_guarantees").FUNCTIONS
START = "CREATE FUNCTION rating_refuse_if_used()"

AFTER = """
CREATE OR REPLACE FUNCTION rating_refuse_if_used() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    touched jsonb[] := CASE TG_OP WHEN 'INSERT' THEN ARRAY[to_jsonb(NEW)]
                                  WHEN 'DELETE' THEN ARRAY[to_jsonb(OLD)]
                                  ELSE ARRAY[to_jsonb(OLD), to_jsonb(NEW)] END;
    programmes bigint[] := (SELECT array_agg((r ->> TG_ARGV[0])::bigint)
                            FROM unnest(touched) r);
BEGIN
    PERFORM 1 FROM rating_fuelprogramme WHERE id = ANY(programmes) ORDER BY id
        FOR NO KEY UPDATE;
    IF EXISTS (SELECT 1 FROM rating_ratecardversion v
               WHERE v.fuel_id = ANY(programmes) AND v.status <> 'DRAFT') THEN
        RAISE EXCEPTION '%: fuel programme % is used by an approved version',
            TG_TABLE_NAME, programmes USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("rating", "0007_staged_verdict")]
    operations = [
        migrations.RunSQL(
            AFTER,
            BEFORE[BEFORE.index(START) :].replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION"),
        )
    ]
