from django.db import migrations, models

# Policies write the codes of tests in small letters, and so do records now: otherwise no result would ever fit.
SMALL = "UPDATE crediting_scorerecord SET instrument = lower(instrument) WHERE instrument <> lower(instrument)"


class Migration(migrations.Migration):
    """Language tests have a language, and a level for each skill."""

    dependencies = [("crediting", "0013_letters_leave_terms")]

    operations = [
        migrations.AddField("scorerecord", "language", models.CharField(blank=True, default="", max_length=40), False),
        migrations.AddField("scorerecord", "skills", models.JSONField(default=dict)),
        migrations.RemoveConstraint("scorerecord", "score_record_once"),
        migrations.AddConstraint(
            "scorerecord",
            models.UniqueConstraint(fields=("student", "instrument", "language", "taken_on"), name="score_record_once"),
        ),
        migrations.RunSQL(SMALL, migrations.RunSQL.noop),
    ]
