from django.db import migrations, models


class Migration(migrations.Migration):
    """From 18 on a student says whether the family sees the record."""

    dependencies = [("profiles", "0001_initial")]

    operations = [
        migrations.AddField(
            model_name="student",
            name="family_access",
            field=models.BooleanField(db_default=False, default=False),
        ),
    ]
