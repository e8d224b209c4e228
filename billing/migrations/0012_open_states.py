from django.db import migrations, models

# The triggers of states watch status and balance, of which nothing changes here.
FILL = """
UPDATE billing_invoicestate s
SET issued_at = i.issued_at, due_on = CASE WHEN i.kind = 'INVOICE' THEN i.due_on END
FROM billing_invoice i WHERE i.id = s.invoice_id
"""


# What a state repeats of its frozen document is as frozen.
STAY = """
CREATE FUNCTION billing_refuse_other_dates() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'invoice %: its dates were frozen at issue', OLD.invoice_id
        USING ERRCODE = 'integrity_constraint_violation';
END $$;
CREATE TRIGGER billing_invoicestate_dates_stay
    BEFORE UPDATE OF issued_at, due_on ON billing_invoicestate FOR EACH ROW
    WHEN ((OLD.issued_at, OLD.due_on) IS DISTINCT FROM (NEW.issued_at, NEW.due_on))
    EXECUTE FUNCTION billing_refuse_other_dates();
"""
MOVE = """
DROP TRIGGER billing_invoicestate_dates_stay ON billing_invoicestate;
DROP FUNCTION billing_refuse_other_dates();
"""


class Migration(migrations.Migration):
    dependencies = [("billing", "0011_policy_drafts")]

    operations = [
        migrations.RemoveIndex(model_name="invoicestate", name="invoice_state_open"),
        migrations.RemoveIndex(model_name="invoicestate", name="invoice_state_unposted"),
        migrations.AddField("invoicestate", "due_on", models.DateField(null=True)),
        migrations.AddField("invoicestate", "issued_at", models.DateTimeField(null=True)),
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
        migrations.AlterField("invoicestate", "issued_at", models.DateTimeField()),
        migrations.RunSQL(STAY, MOVE),
        migrations.AddIndex(
            model_name="invoicestate",
            index=models.Index(
                condition=models.Q(
                    ("due_on__isnull", False), ("status__in", ["ISSUED", "PART_PAID"])
                ),
                fields=["invoice"],
                include=(
                    "customer",
                    "currency",
                    "balance_amount",
                    "issued_at",
                    "due_on",
                    "erp_status",
                ),
                name="invoice_state_open",
            ),
        ),
        migrations.AddIndex(
            model_name="invoicestate",
            index=models.Index(
                condition=models.Q(("erp_status__in", ["QUEUED", "FAILED"])),
                fields=["invoice"],
                include=("customer", "currency", "issued_at", "erp_status"),
                name="invoice_state_unposted",
            ),
        ),
        migrations.AddIndex(
            model_name="loadbilling",
            index=models.Index(
                condition=models.Q(("status__in", ["BLOCKED", "REVIEW", "READY"])),
                fields=["load"],
                include=("customer",),
                name="load_billing_unbilled",
            ),
        ),
    ]
