"""Approved prices are frozen, index values only grow, and customers see their own cards.

The rows of a version are written a hundred thousand at a time, so their guard is a statement
trigger that looks at each touched version once. It locks the version against an approval that
runs at the same time.
"""

from django.db import migrations

from journal.operations.guarding import (
    freeze_table,
    guard_moves,
    isolate_rows,
    keep_to_the_carrier,
)

# Table -> how its changed rows lead to their version.
ROWS = {
    "rating_lane": "version_id FROM changed",
    "rating_lanebreak": "l.version_id FROM changed JOIN rating_lane l ON l.id = lane_id",
    "rating_zone": "version_id FROM changed",
    "rating_zonemember": "z.version_id FROM changed JOIN rating_zone z ON z.id = zone_id",
    "rating_accessorialrule": "version_id FROM changed",
    "rating_fakrange": "version_id FROM changed",
    "rating_spacerule": "version_id FROM changed",
    "rating_accessorialtier": "r.version_id FROM changed c"
    " JOIN rating_accessorialrule r ON r.id = c.rule_id",
    "rating_detentionterms": "r.version_id FROM changed c"
    " JOIN rating_accessorialrule r ON r.id = c.rule_id",
    "rating_freetime": "r.version_id FROM changed JOIN rating_detentionterms t ON t.id = terms_id"
    " JOIN rating_accessorialrule r ON r.id = t.rule_id",
}
EVENTS = (
    ("inserted", "INSERT", "NEW"),
    ("updated_from", "UPDATE", "OLD"),
    ("updated_to", "UPDATE", "NEW"),
    ("deleted", "DELETE", "OLD"),
)

FUNCTIONS = """
CREATE FUNCTION rating_refuse_unless_draft() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    touched record;
BEGIN
    FOR touched IN EXECUTE
        'SELECT v.id, v.status FROM rating_ratecardversion v WHERE v.id IN (SELECT '
        || TG_ARGV[0] || ') ORDER BY v.id FOR SHARE OF v'
    LOOP
        IF touched.status <> 'DRAFT' THEN
            RAISE EXCEPTION '%: version % is % and its rows are frozen',
                TG_TABLE_NAME, touched.id, touched.status
                USING ERRCODE = 'integrity_constraint_violation';
        END IF;
    END LOOP;
    RETURN NULL;
END $$;

CREATE FUNCTION rating_keep_version() RETURNS trigger LANGUAGE plpgsql AS $$
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
    IF NEW.status = 'DRAFT' THEN
        settled := settled || ARRAY['submitted_by', 'submitted_at', 'floor_reason'];
    END IF;
    IF OLD.status IN ('PUBLISHED', 'RETIRED') THEN
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

CREATE FUNCTION rating_refuse_if_settled() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM rating_ratecardversion v
               WHERE v.card_id = OLD.id AND v.status <> 'DRAFT') THEN
        RAISE EXCEPTION 'card % has approved versions: its currency, customer and scope stay', OLD.id
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$;

CREATE FUNCTION rating_refuse_if_used() RETURNS trigger LANGUAGE plpgsql AS $$
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

DROP_FUNCTIONS = """
DROP FUNCTION rating_refuse_if_used();
DROP FUNCTION rating_refuse_if_settled();
DROP FUNCTION rating_keep_version();
DROP FUNCTION rating_refuse_unless_draft();
"""

TRIGGERS = """
CREATE TRIGGER rating_ratecardversion_kept BEFORE UPDATE OR DELETE ON rating_ratecardversion
    FOR EACH ROW EXECUTE FUNCTION rating_keep_version();
CREATE TRIGGER rating_ratecardversion_not_emptied BEFORE TRUNCATE ON rating_ratecardversion
    FOR EACH STATEMENT EXECUTE FUNCTION journal_refuse_change();
CREATE TRIGGER rating_ratecard_settled BEFORE UPDATE ON rating_ratecard
    FOR EACH ROW WHEN (OLD.currency IS DISTINCT FROM NEW.currency
                       OR OLD.customer_id IS DISTINCT FROM NEW.customer_id
                       OR OLD.equipment IS DISTINCT FROM NEW.equipment
                       OR OLD.shipment_type IS DISTINCT FROM NEW.shipment_type
                       OR OLD.rated_on IS DISTINCT FROM NEW.rated_on
                       OR OLD.when_no_lane IS DISTINCT FROM NEW.when_no_lane)
    EXECUTE FUNCTION rating_refuse_if_settled();
CREATE TRIGGER rating_fuelprogramme_kept BEFORE UPDATE OR DELETE ON rating_fuelprogramme
    FOR EACH ROW EXECUTE FUNCTION rating_refuse_if_used('id');
CREATE TRIGGER rating_fueltablerow_kept BEFORE INSERT OR UPDATE OR DELETE ON rating_fueltablerow
    FOR EACH ROW EXECUTE FUNCTION rating_refuse_if_used('programme_id');
CREATE TRIGGER rating_fuelindexseries_kept BEFORE UPDATE ON rating_fuelindexseries
    FOR EACH ROW WHEN (OLD.code IS DISTINCT FROM NEW.code
                       OR OLD.survey_weekday IS DISTINCT FROM NEW.survey_weekday)
    EXECUTE FUNCTION journal_refuse_change();
"""

DROP_TRIGGERS = """
DROP TRIGGER rating_fuelindexseries_kept ON rating_fuelindexseries;
DROP TRIGGER rating_fueltablerow_kept ON rating_fueltablerow;
DROP TRIGGER rating_fuelprogramme_kept ON rating_fuelprogramme;
DROP TRIGGER rating_ratecard_settled ON rating_ratecard;
DROP TRIGGER rating_ratecardversion_not_emptied ON rating_ratecardversion;
DROP TRIGGER rating_ratecardversion_kept ON rating_ratecardversion;
"""

# A density scale stays as it was when a version that uses it left the draft.
KEEP_SCALES = """
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

DROP_KEEP_SCALES = """
DROP TRIGGER rating_ratecardversion_holds_scale ON rating_ratecardversion;
DROP TRIGGER rating_scalerow_kept ON rating_scalerow;
DROP TRIGGER rating_scaleedition_kept ON rating_scaleedition;
DROP TRIGGER rating_densityscale_kept ON rating_densityscale;
DROP FUNCTION rating_hold_scale();
DROP FUNCTION rating_refuse_if_scale_used();
"""

# A row never changes; its end and its withdrawal are each written once.
KEEP_RATES = """
CREATE FUNCTION rating_keep_tax_rate() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    settled text[] := ARRAY['effective_to', 'withdrawn_at', 'withdrawn_by'];
BEGIN
    IF TG_OP = 'DELETE' OR OLD.withdrawn_at IS NOT NULL
       OR (OLD.effective_to IS NOT NULL AND NEW.effective_to IS DISTINCT FROM OLD.effective_to)
       OR to_jsonb(NEW) - settled IS DISTINCT FROM to_jsonb(OLD) - settled THEN
        RAISE EXCEPTION 'tax rate % stays as it was recorded', OLD.id
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER rating_taxrate_kept BEFORE UPDATE OR DELETE ON rating_taxrate
    FOR EACH ROW EXECUTE FUNCTION rating_keep_tax_rate();
CREATE TRIGGER rating_taxrate_not_emptied BEFORE TRUNCATE ON rating_taxrate
    FOR EACH STATEMENT EXECUTE FUNCTION journal_refuse_change();
"""
DROP_KEEP_RATES = """
DROP TRIGGER rating_taxrate_not_emptied ON rating_taxrate;
DROP TRIGGER rating_taxrate_kept ON rating_taxrate;
DROP FUNCTION rating_keep_tax_rate();
"""


def freeze_with_version(table: str, path: str) -> migrations.RunSQL:
    """Refuse any change of `table` whose version is no longer a draft."""
    makes = "".join(
        f"""
        CREATE TRIGGER {table}_{name} AFTER {event} ON {table}
            REFERENCING {side} TABLE AS changed
            FOR EACH STATEMENT EXECUTE FUNCTION rating_refuse_unless_draft('{path}');
        """
        for name, event, side in EVENTS
    )
    emptied = f"""
        CREATE TRIGGER {table}_not_emptied BEFORE TRUNCATE ON {table}
            FOR EACH STATEMENT EXECUTE FUNCTION journal_refuse_change();
    """
    drops = "".join(f"DROP TRIGGER {table}_{name} ON {table};" for name, _, _ in EVENTS)
    return migrations.RunSQL(
        makes + emptied, drops + f"DROP TRIGGER {table}_not_emptied ON {table};"
    )


class Migration(migrations.Migration):
    dependencies = [
        ("rating", "0001_initial"),
        ("journal", "0002_guarantees"),
        ("accounts", "0002_guarantees"),
    ]
    operations = [
        migrations.RunSQL(FUNCTIONS, DROP_FUNCTIONS),
        migrations.RunSQL(TRIGGERS, DROP_TRIGGERS),
        migrations.RunSQL(KEEP_SCALES, DROP_KEEP_SCALES),
        migrations.RunSQL(KEEP_RATES, DROP_KEEP_RATES),
        *(freeze_with_version(table, path) for table, path in ROWS.items()),
        freeze_table("rating_fuelindexvalue"),
        guard_moves("rating_ratecardversion"),
        guard_moves("rating_rateimport"),
        isolate_rows("rating_ratecard"),
        keep_to_the_carrier("rating_rateimport"),
        keep_to_the_carrier("rating_ratetestcase"),
    ]
