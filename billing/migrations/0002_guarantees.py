"""What the database promises about money by itself, whatever the application does."""

from django.db import migrations

from journal.operations.guarding import (
    freeze_table,
    guard_moves,
    isolate_rows,
    keep_to_the_carrier,
)

# An invoice is checked when its transaction commits: by then its lines and claims are there.
CHECK_INVOICE = """
CREATE FUNCTION billing_check_invoice() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    sums record;
    numbered record;
    before record;
    original record;
BEGIN
    SELECT count(*) AS lines, count(DISTINCT load_id) AS loads, sum(amount) AS net,
           sum(tax_amount) AS tax, bool_and(currency = NEW.currency) AS one_currency,
           bool_and(customer_id = NEW.customer_id) AS one_customer
    INTO sums FROM billing_invoiceline WHERE invoice_id = NEW.id;
    IF sums.lines = 0 OR sums.net <> NEW.net_amount OR sums.tax <> NEW.tax_amount
       OR sums.loads <> NEW.load_count THEN
        RAISE EXCEPTION '%: its lines do not add up to it', NEW.number
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF NOT sums.one_currency OR NOT sums.one_customer THEN
        RAISE EXCEPTION '%: a line has another currency or customer', NEW.number
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;

    SELECT prefix || lpad(NEW.sequence::text, greatest(6, length(NEW.sequence::text)), '0')
           AS number, last_number
    INTO numbered FROM billing_series WHERE id = NEW.series_id;
    IF NEW.number <> numbered.number OR NEW.sequence > numbered.last_number THEN
        RAISE EXCEPTION '%: the series did not give this number', NEW.number
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    SELECT sequence, issued_on INTO before FROM billing_invoice
    WHERE series_id = NEW.series_id AND sequence < NEW.sequence ORDER BY sequence DESC LIMIT 1;
    IF FOUND AND (before.sequence <> NEW.sequence - 1 OR before.issued_on > NEW.issued_on) THEN
        RAISE EXCEPTION '%: number or date does not follow the one before', NEW.number
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;

    IF NEW.kind = 'INVOICE' THEN
        -- One that was credited in the transaction of its issue has given its claims back.
        IF NOT EXISTS (SELECT 1 FROM billing_invoice WHERE corrects_id = NEW.id) AND EXISTS (
            SELECT 1 FROM billing_invoiceline l JOIN billing_charge c ON c.id = l.charge_id
            WHERE l.invoice_id = NEW.id
              AND (c.status <> 'APPROVED' OR c.amount <> l.amount OR c.load_id <> l.load_id
                   OR NOT EXISTS (SELECT 1 FROM billing_billingclaim b
                                  WHERE b.charge_id = c.id AND b.invoice_id = NEW.id)
                   OR NOT EXISTS (SELECT 1 FROM billing_loadclaim p
                                  WHERE p.load_id = l.load_id AND p.invoice_id = NEW.id))) THEN
            RAISE EXCEPTION '%: a line is not an approved charge claimed by it', NEW.number
                USING ERRCODE = 'integrity_constraint_violation';
        END IF;
        RETURN NULL;
    END IF;

    SELECT i.customer_id, i.currency, i.kind, i.total_amount,
           (SELECT sum(c.total_amount) FROM billing_invoice c WHERE c.corrects_id = i.id)
           AS credited
    INTO original FROM billing_invoice i WHERE i.id = NEW.corrects_id;
    IF original.kind <> 'INVOICE' OR original.customer_id <> NEW.customer_id
       OR original.currency <> NEW.currency
       OR original.total_amount + original.credited < 0 THEN
        RAISE EXCEPTION '%: more is credited than was billed', NEW.number
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NULL;
END $$;

CREATE CONSTRAINT TRIGGER billing_invoice_adds_up AFTER INSERT ON billing_invoice
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION billing_check_invoice();
"""
DROP_CHECK_INVOICE = """
DROP TRIGGER billing_invoice_adds_up ON billing_invoice;
DROP FUNCTION billing_check_invoice();
"""

# Lines are inserted before their invoice, so the invoice closes the door behind them.
CLOSE_INVOICE = """
CREATE FUNCTION billing_refuse_late_line() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM billing_invoice WHERE id = NEW.invoice_id) THEN
        RAISE EXCEPTION 'invoice % is issued: no line can join it', NEW.invoice_id
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER billing_invoiceline_in_time BEFORE INSERT ON billing_invoiceline
    FOR EACH ROW EXECUTE FUNCTION billing_refuse_late_line();
"""
DROP_CLOSE_INVOICE = """
DROP TRIGGER billing_invoiceline_in_time ON billing_invoiceline;
DROP FUNCTION billing_refuse_late_line();
"""

# A claim ends when credit notes have returned the whole document, and not otherwise.
KEEP_CLAIMS = """
CREATE FUNCTION billing_check_release() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (
        SELECT 1 FROM billing_invoice i JOIN billing_invoice c ON c.corrects_id = i.id
        WHERE i.id = OLD.invoice_id AND c.kind = 'CREDIT_NOTE'
        GROUP BY i.id HAVING sum(c.total_amount) = -i.total_amount) THEN
        RAISE EXCEPTION 'invoice % is not credited: its claims stay', OLD.invoice_id
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NULL;
END $$;
"""
DROP_KEEP_CLAIMS = "DROP FUNCTION billing_check_release()"


def keep_claims(table: str) -> migrations.RunSQL:
    """Refuse to move a claim, and to delete one before its document is credited in full."""
    return migrations.RunSQL(
        f"""
        CREATE TRIGGER {table}_stays BEFORE UPDATE ON {table}
            FOR EACH ROW EXECUTE FUNCTION journal_refuse_change();
        CREATE TRIGGER {table}_not_emptied BEFORE TRUNCATE ON {table}
            FOR EACH STATEMENT EXECUTE FUNCTION journal_refuse_change();
        CREATE CONSTRAINT TRIGGER {table}_released_by_credit AFTER DELETE ON {table}
            DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION billing_check_release();
        """,
        f"""
        DROP TRIGGER {table}_released_by_credit ON {table};
        DROP TRIGGER {table}_not_emptied ON {table};
        DROP TRIGGER {table}_stays ON {table};
        """,
    )


# A charge that is on a live document stays as it was billed.
FREEZE_BILLED = """
CREATE FUNCTION billing_refuse_billed_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM billing_billingclaim WHERE charge_id = OLD.id) THEN
        RAISE EXCEPTION 'charge % is billed: it cannot change', OLD.id
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER billing_charge_billed BEFORE UPDATE ON billing_charge
    FOR EACH ROW EXECUTE FUNCTION billing_refuse_billed_change();
"""
DROP_FREEZE_BILLED = """
DROP TRIGGER billing_charge_billed ON billing_charge;
DROP FUNCTION billing_refuse_billed_change();
"""

# What a state repeats of its frozen document is as frozen.
KEEP_DATES = """
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
DROP_KEEP_DATES = """
DROP TRIGGER billing_invoicestate_dates_stay ON billing_invoicestate;
DROP FUNCTION billing_refuse_other_dates();
"""

FROZEN = (
    "invoice",
    "invoicedocument",
    "invoiceline",
    "invoicelinetax",
    "payment",
    "paymentapplication",
    "ratingrecord",
    "taxrecord",
)
MOVING = ("charge", "invoicerequest", "invoicestate", "loadbilling", "readinesspolicy")
OWNED = (
    "billingclaim",
    "blocker",
    "charge",
    "invoice",
    "invoicedocument",
    "invoiceline",
    "invoicelinetax",
    "invoicestate",
    "loadbilling",
    "loadclaim",
    "payment",
    "paymentapplication",
    "ratingrecord",
    "readinesspolicy",
    "taxrecord",
)
CARRIERS = ("invoicerequest", "invoicerequestload", "invoicerun")


class Migration(migrations.Migration):
    dependencies = [("billing", "0001_initial"), ("journal", "0002_guarantees")]
    operations = [
        *(freeze_table(f"billing_{table}") for table in FROZEN),
        *(guard_moves(f"billing_{table}") for table in MOVING),
        *(isolate_rows(f"billing_{table}") for table in OWNED),
        *(keep_to_the_carrier(f"billing_{table}") for table in CARRIERS),
        migrations.RunSQL(CHECK_INVOICE, DROP_CHECK_INVOICE),
        migrations.RunSQL(CLOSE_INVOICE, DROP_CLOSE_INVOICE),
        migrations.RunSQL(KEEP_CLAIMS, DROP_KEEP_CLAIMS),
        keep_claims("billing_billingclaim"),
        keep_claims("billing_loadclaim"),
        migrations.RunSQL(FREEZE_BILLED, DROP_FREEZE_BILLED),
        migrations.RunSQL(KEEP_DATES, DROP_KEEP_DATES),
    ]
