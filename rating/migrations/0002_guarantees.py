"""Approved prices are frozen, index values only grow, and customers see their own cards.

The rows of a version are written a hundred thousand at a time, so their guard is a statement
trigger that looks at each touched version once. It locks the version against an approval that
runs at the same time.
"""

from django.db import migrations

from journal.operations.guarding import freeze_table, guard_moves, isolate_rows

# Table -> how its changed rows lead to their version.
ROWS = {
    "rating_lane": "version_id FROM changed",
    "rating_lanebreak": "l.version_id FROM changed JOIN rating_lane l ON l.id = lane_id",
    "rating_zone": "version_id FROM changed",
    "rating_zonemember": "z.version_id FROM changed JOIN rating_zone z ON z.id = zone_id",
    "rating_accessorialrule": "version_id FROM changed",
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
        RAISE EXCEPTION 'card % has approved versions: its currency and customer stay', OLD.id
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$;

CREATE FUNCTION rating_refuse_if_used() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    changed record := CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
    programme bigint := (to_jsonb(changed) ->> TG_ARGV[0])::bigint;
BEGIN
    PERFORM 1 FROM rating_fuelprogramme WHERE id = programme FOR NO KEY UPDATE;
    IF EXISTS (SELECT 1 FROM rating_ratecardversion v
               WHERE v.fuel_id = programme AND v.status <> 'DRAFT') THEN
        RAISE EXCEPTION '%: fuel programme % is used by an approved version',
            TG_TABLE_NAME, programme USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN changed;
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
                       OR OLD.customer_id IS DISTINCT FROM NEW.customer_id)
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
        ("accounts", "0002_isolation"),
    ]
    operations = [
        migrations.RunSQL(FUNCTIONS, DROP_FUNCTIONS),
        migrations.RunSQL(TRIGGERS, DROP_TRIGGERS),
        *(freeze_with_version(table, path) for table, path in ROWS.items()),
        freeze_table("rating_fuelindexvalue"),
        guard_moves("rating_ratecardversion"),
        isolate_rows("rating_ratecard"),
    ]
