"""What was answered to a customer's key is the customer's; so is what its rows once said."""

from django.db import migrations

from journal.operations.guarding import keep_to_the_carrier

OWNER = "(SELECT k.customer_id FROM accounts_apikey k WHERE k.id = accounts_keptanswer.key_id)"
BY_KEY = f"""
ALTER POLICY accounts_keptanswer_by_customer ON accounts_keptanswer
    USING (journal_may_see({OWNER})) WITH CHECK (journal_may_see({OWNER}));
"""
NOBODYS = """
ALTER POLICY accounts_keptanswer_by_customer ON accounts_keptanswer
    USING (journal_may_see(NULL::bigint)) WITH CHECK (journal_may_see(NULL::bigint));
"""


class Migration(migrations.Migration):
    dependencies = [("accounts", "0002_guarantees"), ("journal", "0002_guarantees")]
    operations = [
        migrations.RunSQL(BY_KEY, NOBODYS),
        keep_to_the_carrier("accounts_historicalcustomer"),
        keep_to_the_carrier("accounts_historicaltaxprofile"),
    ]
