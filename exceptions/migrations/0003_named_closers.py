"""Only a named person or a named rule closes a case; entries are seen with their case."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("exceptions", "0002_guarantees")]
    operations = [
        migrations.AddConstraint(
            model_name="case",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("status", "OPEN"),
                    ("closed_by__regex", "^(user:[0-9]+|rule:[a-z0-9_.:-]+)$"),
                    _connector="OR",
                ),
                name="case_closed_by_person_or_rule",
            ),
        ),
        migrations.RunSQL(
            """
            ALTER TABLE exceptions_caseentry ENABLE ROW LEVEL SECURITY;
            CREATE POLICY exceptions_caseentry_by_case ON exceptions_caseentry
                USING (EXISTS (SELECT 1 FROM exceptions_case c WHERE c.id = case_id))
                WITH CHECK (EXISTS (SELECT 1 FROM exceptions_case c WHERE c.id = case_id));
            """,
            """
            DROP POLICY exceptions_caseentry_by_case ON exceptions_caseentry;
            ALTER TABLE exceptions_caseentry DISABLE ROW LEVEL SECURITY;
            """,
        ),
    ]
