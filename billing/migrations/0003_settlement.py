"""At commit, what is paid of an invoice and its balance follow from the rows; so does a payment's rest.

Two transactions that apply the same money check it in turn: the later one sees the earlier.
"""

from django.db import migrations

CHECK_SETTLEMENT = """
CREATE FUNCTION billing_assert_invoice_settled(asked bigint) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    document record;
    applied numeric;
    owed numeric;
    balance numeric;
BEGIN
    SELECT number, kind, total_amount INTO document FROM billing_invoice WHERE id = asked;
    SELECT coalesce(sum(amount), 0) INTO applied
    FROM billing_paymentapplication WHERE invoice_id = asked;
    SELECT balance_amount INTO balance FROM billing_invoicestate WHERE invoice_id = asked;
    owed := 0;
    IF document.kind = 'INVOICE' THEN
        SELECT document.total_amount + coalesce(sum(total_amount), 0) INTO owed
        FROM billing_invoice WHERE corrects_id = asked AND kind = 'CREDIT_NOTE';
    END IF;
    IF applied < 0 OR applied > owed THEN
        RAISE EXCEPTION '%: % is applied, % is owed', document.number, applied, owed
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF balance <> owed - applied THEN
        RAISE EXCEPTION '%: its balance is %, its rows make %', document.number, balance,
            owed - applied USING ERRCODE = 'integrity_constraint_violation';
    END IF;
END $$;

CREATE FUNCTION billing_assert_payment_settled(asked bigint) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    received numeric;
    applied numeric;
BEGIN
    PERFORM pg_advisory_xact_lock(hashtext('billing_payment ' || asked));
    SELECT sum(amount) INTO received FROM billing_payment WHERE id = asked OR voids_id = asked;
    SELECT coalesce(sum(amount), 0) INTO applied
    FROM billing_paymentapplication WHERE payment_id = asked;
    IF received < 0 OR applied < 0 OR applied > received THEN
        RAISE EXCEPTION 'payment %: % received, % applied', asked, received, applied
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
END $$;

CREATE FUNCTION billing_check_application() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (
        SELECT 1 FROM billing_payment p JOIN billing_invoice i ON i.id = NEW.invoice_id
        WHERE p.id = NEW.payment_id AND p.kind = 'RECEIVED'
          AND p.customer_id = NEW.customer_id AND i.customer_id = NEW.customer_id
          AND p.currency = NEW.currency AND i.currency = NEW.currency) THEN
        RAISE EXCEPTION 'payment % and invoice % do not belong together', NEW.payment_id,
            NEW.invoice_id USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    PERFORM billing_assert_invoice_settled(NEW.invoice_id);
    PERFORM billing_assert_payment_settled(NEW.payment_id);
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER billing_application_fits AFTER INSERT ON billing_paymentapplication
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION billing_check_application();

CREATE FUNCTION billing_check_payment() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.kind = 'VOID' THEN
        IF NOT EXISTS (
            SELECT 1 FROM billing_payment p WHERE p.id = NEW.voids_id AND p.kind = 'RECEIVED'
              AND p.amount = -NEW.amount AND p.customer_id = NEW.customer_id
              AND p.currency = NEW.currency) THEN
            RAISE EXCEPTION 'payment % does not mirror the one it voids', NEW.id
                USING ERRCODE = 'integrity_constraint_violation';
        END IF;
        PERFORM billing_assert_payment_settled(NEW.voids_id);
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER billing_payment_fits AFTER INSERT ON billing_payment
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION billing_check_payment();

CREATE FUNCTION billing_check_balance() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM billing_assert_invoice_settled(NEW.invoice_id);
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER billing_balance_follows
    AFTER INSERT OR UPDATE OF balance_amount ON billing_invoicestate
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION billing_check_balance();

CREATE FUNCTION billing_check_corrected() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM billing_assert_invoice_settled(NEW.corrects_id);
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER billing_credit_lowers_balance AFTER INSERT ON billing_invoice
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.kind = 'CREDIT_NOTE')
    EXECUTE FUNCTION billing_check_corrected();
"""
DROP_CHECK_SETTLEMENT = """
DROP TRIGGER billing_credit_lowers_balance ON billing_invoice;
DROP TRIGGER billing_balance_follows ON billing_invoicestate;
DROP TRIGGER billing_payment_fits ON billing_payment;
DROP TRIGGER billing_application_fits ON billing_paymentapplication;
DROP FUNCTION billing_check_corrected();
DROP FUNCTION billing_check_balance();
DROP FUNCTION billing_check_payment();
DROP FUNCTION billing_check_application();
DROP FUNCTION billing_assert_payment_settled(bigint);
DROP FUNCTION billing_assert_invoice_settled(bigint);
"""


class Migration(migrations.Migration):
    dependencies = [("billing", "0002_guarantees")]
    operations = [migrations.RunSQL(CHECK_SETTLEMENT, DROP_CHECK_SETTLEMENT)]
