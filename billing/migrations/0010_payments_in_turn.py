from django.db import migrations

# Two transactions that apply the same money check it in turn: the later one sees the earlier.
CHECK = """
CREATE OR REPLACE FUNCTION billing_assert_payment_settled(asked bigint) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
    received numeric;
    applied numeric;
BEGIN
    {lock}
    SELECT sum(amount) INTO received FROM billing_payment WHERE id = asked OR voids_id = asked;
    SELECT coalesce(sum(amount), 0) INTO applied
    FROM billing_paymentapplication WHERE payment_id = asked;
    IF received < 0 OR applied < 0 OR applied > received THEN
        RAISE EXCEPTION 'payment %: % received, % applied', asked, received, applied
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
END $$;
"""
LOCK = "PERFORM pg_advisory_xact_lock(hashtext('billing_payment ' || asked));"


class Migration(migrations.Migration):
    dependencies = [("billing", "0009_holds")]
    operations = [migrations.RunSQL(CHECK.format(lock=LOCK), CHECK.format(lock=""))]
