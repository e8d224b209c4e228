"""What came in stays as it came, and no customer reads another's messages."""

from django.db import migrations

from journal.operations.guarding import keep_to_the_carrier

KEEP = """
CREATE TRIGGER integrations_inboxmessage_kept
    BEFORE UPDATE OF source_id, external_id, body, body_sha256, received_at
    ON integrations_inboxmessage
    FOR EACH ROW EXECUTE FUNCTION journal_refuse_change();
CREATE TRIGGER integrations_inboxmessage_not_lost BEFORE DELETE ON integrations_inboxmessage
    FOR EACH ROW EXECUTE FUNCTION journal_refuse_change();
CREATE TRIGGER integrations_inboxmessage_not_emptied BEFORE TRUNCATE
    ON integrations_inboxmessage
    FOR EACH STATEMENT EXECUTE FUNCTION journal_refuse_change();
"""
LET_GO = """
DROP TRIGGER integrations_inboxmessage_not_emptied ON integrations_inboxmessage;
DROP TRIGGER integrations_inboxmessage_not_lost ON integrations_inboxmessage;
DROP TRIGGER integrations_inboxmessage_kept ON integrations_inboxmessage;
"""


class Migration(migrations.Migration):
    dependencies = [("integrations", "0001_initial"), ("journal", "0002_guarantees")]
    operations = [
        migrations.RunSQL(KEEP, LET_GO),
        keep_to_the_carrier("integrations_inboxmessage"),
        keep_to_the_carrier("integrations_outboxmessage"),
        keep_to_the_carrier("integrations_notice"),
    ]
