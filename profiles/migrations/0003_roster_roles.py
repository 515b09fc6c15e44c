import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    """What a roster says somebody is, and how people want to be spoken of."""

    dependencies = [("profiles", "0002_student_family_access")]

    operations = [
        migrations.AddField(
            model_name="person",
            name="pronouns",
            field=models.CharField(blank=True, db_default="", max_length=60),
        ),
        migrations.AddField(
            model_name="programparticipation",
            name="source",
            field=models.CharField(blank=True, db_default="", max_length=60),
        ),
        migrations.CreateModel(
            name="RosterRole",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("role", models.CharField(max_length=60)),
                ("is_primary", models.BooleanField(default=True)),
                ("starts_on", models.DateField(blank=True, null=True)),
                ("ends_on", models.DateField(blank=True, null=True)),
                ("source", models.CharField(max_length=80)),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="roster_roles", to="profiles.person"
                    ),
                ),
                (
                    "school",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="profiles.school",
                    ),
                ),
            ],
            options={"ordering": ["role", "pk"]},
        ),
    ]
