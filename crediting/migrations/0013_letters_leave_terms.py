"""The letters of a course have rows of their own now."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("crediting", "0012_letters_and_sced_codes")]
    operations = [migrations.RemoveField("courseterms", "designations")]
