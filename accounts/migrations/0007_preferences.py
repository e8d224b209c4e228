"""What people prefer for themselves: locale, look, first page, single keys."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0006_membership_administrators"),
        ("auth", "0012_alter_user_first_name_max_length"),
    ]

    operations = [
        migrations.AddField(
            model_name="user",
            name="density",
            field=models.CharField(
                blank=True,
                choices=[("compact", "Compact"), ("comfortable", "Roomy")],
                default="",
                max_length=12,
            ),
        ),
        migrations.AddField(
            model_name="user",
            name="has_single_keys",
            field=models.BooleanField(default=True, verbose_name="single keys act"),
        ),
        migrations.AddField(
            model_name="user",
            name="landing",
            field=models.CharField(blank=True, default="", max_length=40),
        ),
        migrations.AddField(
            model_name="user",
            name="locale",
            field=models.CharField(blank=True, default="", max_length=10),
        ),
        migrations.AddField(
            model_name="user",
            name="theme",
            field=models.CharField(
                blank=True,
                choices=[("light", "Light"), ("dark", "Dark")],
                default="",
                max_length=12,
            ),
        ),
        migrations.AddConstraint(
            model_name="user",
            constraint=models.CheckConstraint(
                condition=models.Q(("theme__in", ["", "light", "dark"])), name="user_theme_is_known"
            ),
        ),
        migrations.AddConstraint(
            model_name="user",
            constraint=models.CheckConstraint(
                condition=models.Q(("density__in", ["", "compact", "comfortable"])),
                name="user_density_is_known",
            ),
        ),
    ]
