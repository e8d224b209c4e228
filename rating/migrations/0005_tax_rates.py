import django.contrib.postgres.constraints
import django.contrib.postgres.fields.ranges
import django.db.models.functions.text
from django.db import migrations, models

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


class Migration(migrations.Migration):
    dependencies = [
        ("journal", "0002_guarantees"),
        ("rating", "0004_desk"),
    ]

    operations = [
        migrations.CreateModel(
            name="TaxRate",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "jurisdiction",
                    models.CharField(help_text="A country or a part of it: CA-ON.", max_length=6),
                ),
                (
                    "area",
                    models.CharField(help_text="Whose rules hold there: US, CA, EU.", max_length=2),
                ),
                (
                    "scheme",
                    models.CharField(
                        help_text="The registration it is charged under.", max_length=12
                    ),
                ),
                ("code", models.CharField(max_length=12)),
                (
                    "name",
                    models.CharField(help_text="As documents print it: HST ON.", max_length=24),
                ),
                (
                    "rate",
                    models.DecimalField(decimal_places=4, help_text="In percent.", max_digits=7),
                ),
                ("effective_from", models.DateField()),
                ("effective_to", models.DateField(null=True)),
                (
                    "is_within_only",
                    models.BooleanField(
                        default=False, help_text="Counts only for freight that also begins there."
                    ),
                ),
                ("source", models.CharField(max_length=160)),
                ("recorded_by", models.CharField(max_length=80)),
                ("recorded_at", models.DateTimeField()),
                ("withdrawn_by", models.CharField(blank=True, default="", max_length=80)),
                ("withdrawn_at", models.DateTimeField(null=True)),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("jurisdiction__regex", "^[A-Z]{2}(-[A-Z0-9]{1,3})?$")),
                        name="tax_rate_jurisdiction",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("rate__gte", 0), ("rate__lt", 100)),
                        name="tax_rate_is_a_percentage",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("effective_to", None),
                            ("effective_to__gte", models.F("effective_from")),
                            _connector="OR",
                        ),
                        name="tax_rate_period_forward",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("source", ""), _negated=True),
                        name="tax_rate_has_a_source",
                    ),
                    django.contrib.postgres.constraints.ExclusionConstraint(
                        condition=models.Q(("withdrawn_at", None)),
                        expressions=[
                            (
                                models.Func(
                                    models.Func(
                                        django.db.models.functions.text.Concat(
                                            models.F("jurisdiction"),
                                            models.Value(" "),
                                            models.F("code"),
                                        ),
                                        models.Value(0),
                                        function="hashtextextended",
                                    ),
                                    models.Func(
                                        django.db.models.functions.text.Concat(
                                            models.F("jurisdiction"),
                                            models.Value(" "),
                                            models.F("code"),
                                        ),
                                        models.Value(0),
                                        function="hashtextextended",
                                    ),
                                    models.Value("[]"),
                                    function="int8range",
                                    output_field=django.contrib.postgres.fields.ranges.BigIntegerRangeField(),
                                ),
                                "&&",
                            ),
                            (
                                models.Func(
                                    models.F("effective_from"),
                                    models.F("effective_to"),
                                    models.Value("[]"),
                                    function="daterange",
                                    output_field=django.contrib.postgres.fields.ranges.DateRangeField(),
                                ),
                                "&&",
                            ),
                        ],
                        name="tax_rate_periods_apart",
                    ),
                ],
            },
        ),
        migrations.RunSQL(KEEP_RATES, DROP_KEEP_RATES),
    ]
